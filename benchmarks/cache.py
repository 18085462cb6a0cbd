"""What keeping the state from one command to the next spares: time, requests, and bytes on the wire.

    python -m benchmarks.cache [--triples 2400000 …] [--noise 0] [--folder FOLDER] [--repeat 3]
                               [--only plan explain] [--json]

The bureau is that of `scale`. With noise, so many percent of the pairs have programs of their own; its state does
not compress. Each command is a process of its own, embedded or over HTTP on loopback from a server that
has answered before, in five situations:

off        the cache is switched off: all is fetched, nothing is kept
first      the cache is empty: all is fetched, and kept
same       nothing has changed since
moved      at one client in a hundred something has changed since, behind everybody's back; the server, too, sees it
           for the first time
moved off  the same with the cache switched off

The bytes are those of all bodies, both ways, as they travel. Seconds are the best of a few runs, by the clock and
of processors that worked for the command; those of the server do not count.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate import DATE, Size, disturb, generate
from benchmarks.measure import Measured, run, table
from benchmarks.scale import served, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SITUATIONS = ("off", "first", "same", "moved", "moved off")
COMMANDS: dict[str, list[str]] = {
    "plan": ["plan", "--format", "json"],
    "explain": ["explain", "c00001@bureau.example", "1000001", "payroll", "--no-blame"],
}


def main(arguments: Sequence[str]) -> int:
    """Measure each size and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triples", type=int, nargs="+", default=[2_400_000])
    parser.add_argument("--noise", type=int, default=0, help="percent of the pairs")
    parser.add_argument("--folder", type=Path, help="where generated bureaus are kept")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many")
    parser.add_argument("--only", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = (options.folder or Path(place)).resolve()
        rows = [
            row
            for triples in options.triples
            for row in Bench(folder, triples, options.noise, options.repeat).rows(options.only)
        ]
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return 0


class Bench:
    """One size.

    Args:
        folder: where generated bureaus are kept.
        triples: the size.
        noise: percent of the pairs.
        repeat: the best of so many runs counts.
    """

    def __init__(self, folder: Path, triples: int, noise: int, repeat: int) -> None:
        cells = triples // 3 * noise // 100
        self.size = Size(triples, max(triples // 100, cells), max(triples // 10_000, cells))
        self.source = folder / (f"{triples}-noise-{noise}" if noise else f"{triples}")
        self.folder = folder / f"{triples}-cache"
        self.repeat = repeat
        self._seeds = count()

    def rows(self, commands: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The figures, in a copy of the bureau."""
        generate(self.source, self.size)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.source, self.folder, ignore=shutil.ignore_patterns("cache", "state"))
        yield from self._way("embedded", ["--database", "bureau.db"], commands)
        with served(self.folder) as url:
            yield from self._way("http", ["--url", url], commands)
        shutil.rmtree(self.folder)

    def _way(self, way: str, where: Sequence[str], commands: Sequence[str]) -> Iterator[dict[str, Any]]:
        for command in commands:
            line = [*COMMANDS[command], *where, "--as-of", DATE.isoformat()]
            self._run(line)  # the first run writes byte code, and the encoded state
            for situation in SITUATIONS:
                runs = [self._measure(situation, line) for _ in range(self.repeat)]
                best = min(runs, key=lambda one: one[0].seconds)
                measured, requests, size = best
                yield {
                    "triples": self.size.triples,
                    "command": f"{command} {way}",
                    "kept": situation,
                    "s": round(measured.seconds, 2),
                    "busy s": round(measured.busy, 2),
                    "MB": round(measured.megabytes),
                    "requests": requests,
                    "kB": round(size / 1000) if way == "http" else "-",
                }

    def _measure(self, situation: str, line: list[str]) -> tuple[Measured, int, int]:
        """One run; its requests, and their bytes."""
        if situation == "first":
            shutil.rmtree(self.folder / "cache", ignore_errors=True)
        if situation.startswith("moved"):
            disturb(self.folder, self.size.clients // 100, next(self._seeds))
        return self._run([*line, "--no-cache"] if situation.endswith("off") else line)

    def _run(self, line: list[str]) -> tuple[Measured, int, int]:
        given = [*line, "--token-file", "me.token", "--policies", "policies"]
        done = run(
            [sys.executable, "-m", "benchmarks.counted", *given], self.folder, surroundings(self.folder)
        )
        if done.code:
            sys.exit(f"reconciler {' '.join(line)} ended with {done.code}")
        requests, size = (self.folder / ".errors").read_text(encoding="utf-8").split()[-2:]
        return done, int(requests), int(size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
