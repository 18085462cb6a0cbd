"""The page of `plan --format html` for large bureaus: how long it takes to write, how large it is, how fluid it is to look at.

    python -m benchmarks.page [--only 2000x5000 …] [--folder FOLDER] [--json]

plan ×     the command, as a ratio of the same with `--format json`
MB         the file
load       milliseconds that the page's thread works in Chromium until the matrix is there, and as a ratio of the file without
           matrix and script
frame      the same for a frame while the matrix is scrolled by 40 pixels, by a
           page of it and sideways; beside it the same for an empty area as large. 16.7 is 60 frames a second

The matrix is scrolled whole, where it is drawn at all; of 2,000 × 100,000 only what changes. Thread time is counted, not
that of the clock, so other work on the machine does not show. Without a graphics card, as on most servers, painting is part of it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate import DATE, Size, generate
from benchmarks.measure import reconciler, run, table
from tests.support.browser import browser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FRAMES = 60
MOVES = {"40 px": (0, 40), "a page": (0, 500), "sideways": (60, 0)}

SCROLL = """async ([selector, right, down, frames]) => {
    const area = document.querySelector(selector);
    for (let i = 0; i < frames; i++) {
        area.scrollBy(right, down);
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
}"""

EMPTY = """() => {
    const grid = document.getElementById("grid"), area = document.createElement("div"), inside = document.createElement("div");
    area.id = "empty";
    area.style.cssText = `overflow: auto; width: ${grid.clientWidth}px; height: ${grid.clientHeight}px`;
    inside.style.cssText = `width: ${grid.scrollWidth}px; height: ${grid.scrollHeight}px`;
    area.append(inside);
    grid.replaceWith(area);
}"""


@dataclass(frozen=True, slots=True)
class Wide(Size):
    """A bureau with a number of consultants and clients of its own.

    Attributes:
        people: consultants.
        places: clients.
    """

    people: int = 0
    places: int = 0

    @property
    def consultants(self) -> int:
        """As told."""
        return self.people

    @property
    def clients(self) -> int:
        """As told."""
        return self.places


def _size(people: int, places: int, triples: int) -> Wide:
    return Wide(triples, triples // 100, triples // 10_000, people, places)


SIZES = {
    "200x500": _size(200, 500, 12_000),
    "2000x5000": _size(2_000, 5_000, 120_000),
    "2000x5000 dense": _size(2_000, 5_000, 2_400_000),
    "2000x100000": _size(2_000, 100_000, 2_400_000),
}


def write(folder: Path) -> dict[str, Any]:
    """Plan as JSON and as a page; the figures of both."""
    plan = ["plan", "--policies", "policies", "--backend", "embedded", "--database", "bureau.db"]
    plan += ["--token-file", "me.token", "--as-of", str(DATE), "--no-cache"]
    as_json = run(reconciler(*plan, "--format", "json", "--to", "plan.out"), folder)
    as_page = run(reconciler(*plan, "--format", "html", "--to", "plan.html"), folder)
    if as_json.code or as_page.code:
        raise SystemExit("the plan failed")
    return {
        "plan s": as_page.seconds,
        "plan ×": as_page.busy / as_json.busy,
        "MB": (folder / "plan.html").stat().st_size / 1e6,
    }


def look(chromium: Any, file: Path) -> dict[str, Any]:
    """Open the page and scroll its matrix; the figures of that."""
    bare = file.with_name("bare.html")
    # the plan alone: neither matrix nor script
    text = re.sub(r"<script.*?</script>", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    bare.write_text(text, encoding="utf-8")
    _, floor = _open(chromium, bare, "#matrix")
    page, load = _open(chromium, file, "html[data-ready]")
    page.select_option("#view", "matrix")
    page.uncheck("#only-changes")
    if page.locator("#grid").is_hidden():
        page.check("#only-changes")
    figures = {name: _frame(page, "#grid", *move) for name, move in MOVES.items()}
    page.evaluate(EMPTY)
    empty = {name: _frame(page, "#empty", *move) for name, move in MOVES.items()}
    page.close()
    frames = {f"frame, {name}": f"{ms:.1f} ({empty[name]:.1f})" for name, ms in figures.items()}
    return {"load ms": round(load), "load ×": load / floor, **frames}


def _open(chromium: Any, file: Path, sign: str) -> tuple[Any, float]:
    """A page, and the milliseconds of thread time until an element is there."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    busy = _clock(page)
    page.goto(file.resolve().as_uri(), wait_until="commit")
    page.wait_for_selector(sign, state="attached")
    return page, busy()


def _frame(page: Any, selector: str, right: int, down: int) -> float:
    """Milliseconds of thread time for a frame."""
    busy = _clock(page)
    before = busy()
    page.evaluate(SCROLL, [selector, right, down, FRAMES])
    return (busy() - before) / FRAMES


def _clock(page: Any) -> Callable[[], float]:
    """A clock of milliseconds that the thread of a page has worked."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    return busy


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--folder", type=Path, help="keep the bureaus here")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as temporary, browser() as chromium:
        for name in options.only:
            folder = (options.folder or Path(temporary)) / name.replace(" ", "-")
            generate(folder, SIZES[name])
            rows.append({"fields": name, **write(folder), **look(chromium, folder / "plan.html")})
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
