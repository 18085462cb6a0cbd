"""Whole commands on an orderly bureau of any size (see `generate.py`), each as a process of its own.

    python -m benchmarks.scale [--triples 2400000 …] [--folder FOLDER] [--only plan http drift apply] [--json]

plan     embedded, from the YAML and the SQLite file to the JSON document; 1 % of the cells are changed, and 1 % of
         those are noise
http     the same over HTTP on loopback, the server warm, as a ratio of the above
drift    nothing to do, where the bureau's revision and the YAML are those of the last look
apply    embedded, 100,000 cells changed (never more than 10 %), 0.1 % of them noise: plan, run, verify; requests
         beside cells

All but `drift` fetch everything: `benchmarks.cache` measures what keeping the state spares. With several sizes the
growth of `plan` is printed as an exponent: 1 is proportional. Goals on two cores: plan ≤ 3 s and 500 MB for 2.4 M triples, ≤ 30 s and 3 GB for 24 M; http ≤ 1.5 × plan; drift ≤ 0.5 s;
apply ≤ 10 s and ≥ 100 cells a request; exponent ≤ 1.1. What is generated stays in the folder, if one is named.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate import DATE, Size, generate
from benchmarks.measure import Measured, reconciler, run, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent

PARTS = ("plan", "http", "drift", "apply")


def main(arguments: Sequence[str]) -> int:
    """Measure each size and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triples", type=int, nargs="+", default=[2_400_000])
    parser.add_argument("--folder", type=Path, help="where generated bureaus are kept")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        folder = (options.folder or Path(place)).resolve()
        rows = [Bench(folder, triples, options.repeat).row(options.only) for triples in options.triples]
    print(json.dumps({"rows": rows, "growth": growth(rows)}, indent=2) if options.json else _shown(rows))
    return 0


def growth(rows: Sequence[dict[str, Any]]) -> float | None:
    """The exponent of the plan's time between the smallest and the largest size; None for one size."""
    timed = sorted((row["triples"], row["plan s"]) for row in rows if "plan s" in row)
    if len(timed) < 2 or timed[0][0] == timed[-1][0]:
        return None
    return round(math.log(timed[-1][1] / timed[0][1]) / math.log(timed[-1][0] / timed[0][0]), 3)


def _shown(rows: Sequence[dict[str, Any]]) -> str:
    exponent = growth(rows)
    more = "" if exponent is None else f"\nplan grows with the triples to the power of {exponent}"
    return table(rows) + more


class Bench:
    """One size.

    Args:
        folder: where generated bureaus are kept.
        triples: the size.
        repeat: the best of so many runs counts.
    """

    def __init__(self, folder: Path, triples: int, repeat: int) -> None:
        self.size = Size(triples, triples // 100, triples // 10_000)
        self.folder = folder / f"{triples}"
        self.repeat = repeat

    def row(self, parts: Sequence[str]) -> dict[str, Any]:
        """The figures of the parts that are asked for."""
        generate(self.folder, self.size)
        found: dict[str, Any] = {"triples": self.size.triples}
        for part in PARTS:
            if part in parts:
                found |= getattr(self, part)()
        if "plan s" in found and "http s" in found:
            found["http/plan"] = round(found["http s"] / found["plan s"], 2)
        return found

    def plan(self) -> dict[str, Any]:
        """Embedded."""
        self._run("plan", self.folder)  # the first run writes byte code, and the encoded state
        best = min((self._run("plan", self.folder) for _ in range(self.repeat)), key=_seconds)
        summary = json.loads(best.output)["summary"]
        cells = summary["programs-added"] + summary["programs-removed"]
        return {
            "plan s": round(best.seconds, 2),
            "plan MB": round(best.megabytes),
            "changed": cells,
            "operations": summary["operations"],
        }

    def http(self) -> dict[str, Any]:
        """Over HTTP, from a server that has answered once."""
        with served(self.folder) as url:
            where = ("--url", url)
            self._run("plan", self.folder, where=where)
            best = min(
                (self._run("plan", self.folder, where=where) for _ in range(self.repeat)), key=_seconds
            )
        return {"http s": round(best.seconds, 2)}

    def drift(self) -> dict[str, Any]:
        """In sync, looked at once before."""
        folder = self.folder.with_name(f"{self.size.triples}-same")
        generate(folder, Size(self.size.triples, 0, 0))
        first = self._run("drift", folder)
        if first.code:
            sys.exit("the bureau that should be in sync is not")
        best = min((self._run("drift", folder) for _ in range(self.repeat)), key=_seconds)
        return {"drift first s": round(first.seconds, 2), "drift s": round(best.seconds, 2)}

    def apply(self) -> dict[str, Any]:
        """100,000 cells, in a copy."""
        changed = min(100_000, self.size.triples // 10)
        source = self.folder.with_name(f"{self.size.triples}-{changed}")
        generate(source, Size(self.size.triples, changed, changed // 1_000))
        self._run("plan", source)  # as often happens before: the encoded state is there
        folder = self.folder.with_name(f"{self.size.triples}-apply")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        done = self._run("apply", folder, "--yes", module="benchmarks.counted")
        requests = int((folder / ".errors").read_text(encoding="utf-8").split()[-2])
        document = json.loads(done.output)
        cells, jobs = document["outcomes"]["done"], len(document["operations"])
        shutil.rmtree(folder)
        return {
            "apply s": round(done.seconds, 2),
            "apply cells": cells,
            "jobs": jobs,
            "cells/request": round(cells / requests, 1),
        }

    def _run(
        self,
        command: str,
        folder: Path,
        *more: str,
        where: Sequence[str] = ("--database", "bureau.db"),
        module: str = "reconciler",
    ) -> Measured:
        given = (*where, "--token-file", "me.token", "--policies", "policies", "--as-of", DATE.isoformat())
        more = more if command == "drift" else (*more, "--no-cache")
        line = [sys.executable, "-m", module, command, *given, "--format", "json", *more]
        done = run(line, folder, surroundings(folder))
        if done.code not in {0, 2}:
            sys.exit(f"reconciler {command} ended with {done.code}")
        return done


def _seconds(measured: Measured) -> float:
    return measured.seconds


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a command: what it keeps stays in the folder."""
    own = {"RECONCILER_CACHE_DIR": str(folder / "cache"), "RECONCILER_STATE_DIR": str(folder / "state")}
    return {"PYTHONPATH": str(ROOT), "RECONCILER_LANG": "en", **own}


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server of the folder's database on a port that is free; its address."""
    with serving(folder) as (url, _):
        yield url


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """As `served`; with the id of its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = reconciler(
        "bureau", "serve", "--database", "bureau.db", "--port", str(port), "--rate-limit", "none"
    )
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("the server does not start")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
