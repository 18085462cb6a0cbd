"""Run a command and measure it as a whole process; print figures as a table."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """A finished process.

    Attributes:
        code: its exit code.
        output: what it printed to stdout.
        seconds: from start to end, by the clock on the wall.
        busy: seconds that processors worked for it.
        megabytes: the most memory that it held.
    """

    code: int
    output: str
    seconds: float
    busy: float
    megabytes: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Measured:
    """Run a command in a folder; what it says on stderr is shown where it fails, and what it remembers stays there."""
    output, errors = folder / ".output", folder / ".errors"
    start = time.perf_counter()
    with output.open("wb") as sink, errors.open("wb") as complaints:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            stdout=sink,
            stderr=complaints,
            env={**os.environ, "RECONCILER_STATE_DIR": str(folder / "state"), **(environment or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 2, 3}:
        sys.stderr.write(errors.read_text(encoding="utf-8"))
    text, busy = output.read_text(encoding="utf-8"), usage.ru_utime + usage.ru_stime
    return Measured(process.returncode, text, seconds, busy, usage.ru_maxrss / 1024)


def reconciler(*arguments: str) -> list[str]:
    """The command line of this checkout."""
    return [sys.executable, "-m", "reconciler", *arguments]


def table(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows with the same keys as a table; figures to the right."""
    if not rows:
        return ""
    titles = list(rows[0])
    cells = [titles, *([_cell(row[title]) for title in titles] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(titles))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}" if value < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
