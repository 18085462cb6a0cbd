"""How fast YAML is read with positions and checked, beside `yaml.load` alone; ratios of one run.

python -m benchmarks.yaml_read [--entries 100000] [--rounds 3] [--json]

    read      our reader and the schema, on entries of three lines, files apart
    peer      yaml.load(text, yaml.CSafeLoader) on the same text: no positions, no checks, duplicates lost
    resolve   load and resolve of half as many one-line rules, as lists made by programs have them
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from reconciler.desired import load, resolve, schema
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program

if TYPE_CHECKING:
    from collections.abc import Callable

CONSULTANTS, CLIENTS = 2_000, 10_000
MOST = 0.25
"""What reading may cost beside the peer."""


def three_lines(entries: int) -> str:
    """Rules of a name and three lines, in block style."""
    return "access:\n" + "".join(
        f"  rule-{i:06}:\n"
        f"    who: {consultant(i)}\n"
        f'    clients: ["{client(i)}"]\n'
        f"    programs: [payroll, invoicing]\n"
        for i in range(entries)
    )


def one_line(entries: int) -> str:
    """Rules of one line each."""
    return "access:\n" + "".join(
        f'  rule-{i:06}: {{who: {consultant(i)}, clients: ["{client(i)}"], programs: [payroll]}}\n'
        for i in range(entries)
    )


def consultant(i: int) -> str:
    """The key of a consultant."""
    return f"consultant{i % CONSULTANTS}@bureau.example"


def client(i: int) -> str:
    """The key of a client."""
    return f"{i % CLIENTS:05}"


def register() -> Register:
    """The register that the rules name."""
    return Register(
        bureau="bureau",
        label="Bureau",
        timezone="Europe/Stockholm",
        consultants=Consultants.build(Consultant(consultant(i), "") for i in range(CONSULTANTS)),
        clients=Clients.build(Client(client(i), "") for i in range(CLIENTS)),
        programs=Programs.build(Program(name) for name in ("bookkeeping", "invoicing", "payroll")),
    )


def read_and_check(text: str) -> None:
    """What `load` does with one file before documents are merged."""
    document, findings = read_yaml(Source("access.yaml", text))
    assert document is not None
    assert not findings
    assert not schema.check(document, document.root)[0]


def load_and_resolve(folder: Path, bureau: Register) -> None:
    """From a folder to arrays."""
    resolve(load(folder), bureau, date(2027, 1, 1))


def best_of(rounds: int, run: Callable[[], object]) -> float:
    """Seconds of the fastest run; the collector stands as Python has it, and what is left over is gone."""
    seconds = []
    for _ in range(rounds):
        gc.collect()
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def measure(entries: int, rounds: int) -> dict[str, float]:
    """All figures."""
    text, bureau = three_lines(entries), register()
    read = best_of(rounds, lambda: read_and_check(text))
    peer = best_of(1 if entries > 20_000 else rounds, lambda: yaml.load(text, yaml.CSafeLoader))
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "access.yaml").write_text(one_line(entries // 2), encoding="utf-8")
        resolved = best_of(rounds, lambda: load_and_resolve(Path(folder), bureau))
    return {"entries": entries, "read": read, "peer": peer, "ratio": read / peer, "resolve": resolved}


def main() -> int:
    """Print the table; 1 where the ratio is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure(arguments.entries, arguments.rounds)
    if arguments.json:
        print(json.dumps(figures))
    else:
        print(f"entries of three lines           {figures['entries']:10,}")
        print(f"read, places and schema          {figures['read']:10.2f} s")
        print(f"yaml.load with CSafeLoader       {figures['peer']:10.2f} s")
        print(f"ratio, at most {MOST}              {figures['ratio']:10.3f}")
        print(f"load + resolve, {int(figures['entries']) // 2:8,} one-line {figures['resolve']:9.2f} s")
    return int(figures["ratio"] > MOST)


if __name__ == "__main__":
    sys.exit(main())
