"""docs/faults.md: what apply did under each fault, as the tests saw it.

FAULTS_TOLD=FILE pytest tests/faults -n auto     notes what happens instead of holding it against the table
python -m tests.faults.table FILE                writes the table from the notes
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.faults.elsewhere import ELSEWHERE
from tests.faults.faults import ALWAYS, ONCE, PARTICULAR, PLACES

TABLE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"

_HEAD = """\
# Faults that were tried

This page is written by the tests (`tests/faults/table.py`), which hold it against what happens in each run. Each fault
hits a whole `reconciler apply` between the command line and a real bureau server, over real sockets.

*Goes on* means that apply ended as if nothing had happened, with exit code 0. *Stops* means that it ended with the
reason and the exit code in brackets: 1 where nothing could be done or known, 3 where something was left. In every one of
these cases the bureau never held anything that the plan does not say, nothing that it keeps was lost, and going
on afterwards (`apply --resume`, or a new `apply`) led to the same end as an apply that nothing happened to.

What nobody thought of is looked for at random: `.venv/bin/python -m tests.machine 1000000 1` runs a million steps of bureaus
over time, of edits, meddling, lost rights, passing days and crashes, against the real server (a day and more on two
cores; the seed is the second number). CI runs about 3,000.
"""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _matrix(faults: list[str], told: dict[str, str]) -> str:
    lines = _row("fault", *PLACES) + _row(*["---"] * (len(PLACES) + 1))
    return lines + "".join(_row(fault, *(told[f"{fault} @ {place}"] for place in PLACES)) for fault in faults)


def text(told: dict[str, str]) -> str:
    """The page, from what happened."""
    once = _matrix(list(ONCE), told)
    ever = _matrix([f"{fault}, for ever" for fault in ALWAYS], told)
    particular = _row("fault", "apply") + _row("---", "---")
    particular += "".join(_row(fault.name, told[fault.name]) for fault in PARTICULAR)
    others = _row("fault", "what is shown", "test") + _row("---", "---", "---")
    others += "".join(_row(one.fault, one.shown, f"`{one.test}`") for one in ELSEWHERE)
    return (
        f"{_HEAD}\n## Once, at any place\n\n{once}\n## For ever\n\n{ever}\n## Particular ones\n\n{particular}"
        f"\n## On this machine, and at the server\n\n{others}"
    )


def hold(fault: str, place: str, outcome: str) -> None:
    """Hold an outcome against the table, or note it for a new one."""
    key = f"{fault} @ {place}" if place else fault
    notes = os.environ.get("FAULTS_TOLD")
    if notes:
        with Path(notes).open("a") as file:
            file.write(json.dumps([key, outcome]) + "\n")
        return
    assert read()[key] == outcome


def read() -> dict[str, str]:
    """What the table says."""
    found: dict[str, str] = {}
    places: list[str] = []
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.startswith("| "):
            continue
        name, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        if name == "fault":
            places = cells
        elif len(cells) == 1:
            found[name] = cells[0]
        else:
            found |= {f"{name} @ {place}": cell for place, cell in zip(places, cells, strict=True)}
    return found


if __name__ == "__main__":
    notes = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    TABLE.write_text(text(dict(notes)), encoding="utf-8")
