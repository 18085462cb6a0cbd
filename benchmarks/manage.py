"""How long the server takes for each page of *Manage access*: the list, marking all, each step, saving, the result.

    python -m benchmarks.manage [--triples 2400000] [--search WORDS] [--consultants 1] [--folder FOLDER]

Goal: each under 300 ms at 2,000 consultants × 100,000 clients. The floor beside it is the smallest page of the same
server. Each page is asked for several times, the first time beside the rest; a form is sent once. What the network
and a browser take comes on top.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.generate import Size, generate
from benchmarks.measure import table
from benchmarks.scale import served
from tests.support.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUNS = 5


class Watch:
    """Measures and remembers."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float]] = []

    def __call__(self, name: str, ask: Callable[[], object], runs: int = RUNS) -> None:
        """Do it so many times."""
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            ask()
            times.append(time.perf_counter() - start)
        self.rows.append((name, times[0] * 1000, statistics.median(times[1:] or times) * 1000))

    def shown(self) -> str:
        """As a table."""
        floor = next(median for name, _, median in self.rows if name == "bell (floor)")
        return table(
            [
                {
                    "page": name,
                    "first ms": round(first),
                    "ms": round(median),
                    "× floor": round(median / floor, 1),
                }
                for name, first, median in self.rows
            ]
        )


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triples", type=int, default=2_400_000)
    parser.add_argument("--consultants", type=int, default=1)
    parser.add_argument("--search", default="", help="mark what this finds, instead of all")
    parser.add_argument("--folder", type=Path, help="keep the bureau there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        generate(folder, Size(options.triples, options.triples // 100, options.triples // 2400))
        token = (folder / "me.token").read_text().strip()
        watch = Watch()
        with served(folder) as url, Reader(url) as reader:
            reader.get("/sign-in")
            reader.send("/sign-in", token=token)
            pages(watch, reader)
            dialog(watch, reader, options.search, options.consultants)
        print(watch.shown())
    return 0


def pages(watch: Watch, reader: Reader) -> None:
    """What one looks at."""
    watch("bell (floor)", lambda: reader.get("/notifications/bell"))
    watch("clients", lambda: reader.get("/clients"))
    watch("clients, searched", lambda: reader.get("/clients?q=99"))
    watch("consultants", lambda: reader.get("/consultants"))
    watch("jobs", lambda: reader.get("/jobs"))


def dialog(watch: Watch, reader: Reader, search: str, consultants: int) -> None:
    """From marking to the result."""
    reader.get(f"/clients?q={search}")
    form = reader.form("/clients/marks")
    watch("mark all that was found", lambda: reader.follow(reader.post(form, do="all")), 1)
    watch("begin", lambda: reader.send("/clients/marks", "/manage"), 1)
    watch("choose the operation", lambda: reader.send("/operation", operation="give-access", do="next"), 1)
    ticks = reader.form("/consultants").choices["tick"][:consultants]
    watch("choose consultants", lambda: reader.send("/consultants", tick=ticks, do="next"), 1)
    watch("choose programs", lambda: reader.send("/programs", do="next"), 1)
    watch("check", lambda: reader.get(reader.path))
    save = reader.form("/save")
    watch("save", lambda: setattr(reader, "answer", reader.post(save)), 1)
    path = reader.answer.headers["location"]
    watch("the job while it runs", lambda: reader.get(path), 3)
    while ' data-again="1000"' in reader.get(path):
        time.sleep(0.5)
    watch("clients, right after", lambda: reader.get("/clients"))
    watch("the result", lambda: reader.get(path))
    watch("what was so already", lambda: reader.get(f"{path}?outcome=already"))
    watch("searched in the result", lambda: reader.get(f"{path}?q=99"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
