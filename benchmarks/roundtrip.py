"""The main job on access matrices: load, change 1 % of the cells in YAML, plan, apply, plan again.

    python -m benchmarks.roundtrip FILE.csv … [--programs-per-client 6] [--changed 1] [--json]
    python -m benchmarks.roundtrip --generated 2000

A file has the columns user,permission. A user is a consultant; permission p is program p mod N at client
p div N. Half of the changed cells are taken away in the YAML and half are added. The operator that plans
and applies is system administrator at about 60 % of the clients, administrator of some programs at another
20 %, and has no right at the rest. Every command runs as a process of its own and is measured whole.

Ends with 1 if the backend refused anything that the plan had said would be done, or if anything that the
operator may do is left.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Measured, reconciler, run, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = tuple[str, str, str]
"""Consultant, client, program."""

BUREAU = "matrix"


def main(arguments: Sequence[str]) -> int:
    """Measure each file, print the table, and say by the exit code whether all was as it must be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, help="CSV files, user,permission")
    parser.add_argument(
        "--generated", type=int, metavar="CELLS", help="a matrix made up here, of so many cells"
    )
    parser.add_argument("--programs-per-client", type=int, default=6)
    parser.add_argument("--changed", type=float, default=1.0, help="percent of the cells")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as place:
        files: list[Path] = list(options.files)
        if options.generated:
            files.append(_generate(Path(place) / "generated.csv", options.generated))
        for i, file in enumerate(files):
            folder = Path(place) / str(i)
            folder.mkdir()
            rows.append(_roundtrip(file.resolve(), folder, options))
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return int(any(row["refused"] or row["left"] or row["blocked"] != row["blocked after"] for row in rows))


def _roundtrip(file: Path, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    rng = random.Random(f"{options.seed} {file.name}")
    cells = _read(file, options.programs_per_client)
    _make_bureau(file, folder, cells, options.programs_per_client, rng)
    wanted = _change(cells, max(1, round(len(cells) * options.changed / 100)), rng)
    (folder / "policies").mkdir()
    (folder / "policies" / "access.yaml").write_text(_yaml(wanted), encoding="utf-8")
    planned = _run(folder, "plan")
    applied = _run(folder, "apply", "--yes")
    again = _run(folder, "plan")
    plan, result, after = (json.loads(one.output) for one in (planned, applied, again))
    figures = plan["summary"]
    allowed = sum(
        figures[k] for k in ("accesses-given", "programs-added", "programs-removed", "accesses-removed")
    )
    outcomes = result["outcomes"]
    return {
        "file": file.name,
        "cells": len(cells),
        "rules": _yaml(wanted).count("\n  "),
        "changes": allowed + figures["blocked"],
        "allowed": allowed,
        "blocked": figures["blocked"],
        "operations": figures["operations"],
        "done": outcomes.get("done", 0),
        "refused": outcomes.get("refused", 0) + outcomes.get("failed", 0),
        "left": after["summary"]["operations"],
        "blocked after": after["summary"]["blocked"],
        "plan s": round(planned.seconds, 2),
        "plan MB": round(planned.megabytes),
        "apply s": round(applied.seconds, 2),
        "apply MB": round(applied.megabytes),
    }


def _run(folder: Path, command: str, *more: str) -> Measured:
    where = ("--database", "bureau.db", "--token-file", "some.token", "--policies", "policies")
    done = run(reconciler(command, *where, "--format", "json", *more), folder)
    if done.code not in {0, 3}:
        sys.exit(f"reconciler {command} ended with {done.code}")
    return done


def _read(file: Path, programs: int) -> set[Cell]:
    with file.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines)
        return {
            (
                row["user"],
                str(int(row["permission"]) // programs),
                f"program-{int(row['permission']) % programs}",
            )
            for row in rows
        }


def _make_bureau(file: Path, folder: Path, cells: set[Cell], programs: int, rng: random.Random) -> None:
    names = [f"program-{i}" for i in range(programs)]
    create = [part for name in names for part in ("--program", name)]
    run(reconciler("bureau", "create", BUREAU, *create), folder)
    run(
        reconciler("bureau", "load", str(file), "--bureau", BUREAU, "--programs-per-client", str(programs)),
        folder,
    )
    system: list[str] = []
    some: list[str] = []
    for client in sorted({client for _, client, _ in cells}):
        lot = rng.random()
        (system if lot < 0.6 else some if lot < 0.8 else []).append(client)
    rights = ["--system-administrator", ",".join(system)] if system else []
    if some:
        rights += ["--program-administrator", f"{','.join(names[: max(1, programs // 2)])}={','.join(some)}"]
    add = ("bureau", "operators", "add", "some", "--bureau", BUREAU, "--write-token", "some.token")
    run(reconciler(*add, *rights), folder)


def _change(cells: set[Cell], count: int, rng: random.Random) -> set[Cell]:
    ordered = sorted(cells)
    gone = set(rng.sample(ordered, (count + 1) // 2))
    people, clients, programs = (sorted({cell[i] for cell in ordered}) for i in range(3))
    new: set[Cell] = set()
    room = len(people) * len(clients) * len(programs) - len(cells)
    while len(new) < min(count // 2, room):
        cell = (rng.choice(people), rng.choice(clients), rng.choice(programs))
        if cell not in cells:
            new.add(cell)
    return (cells - gone) | new


def _yaml(cells: Iterable[Cell]) -> str:
    """A rule for each consultant and set of programs, one line each."""
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for consultant, client, program in cells:
        pairs[consultant, client].add(program)
    rules: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (consultant, client), programs in pairs.items():
        rules[consultant, tuple(sorted(programs))].append(client)
    lines = [
        f'  r{number}: {{who: "{consultant}", clients: [{_quoted(clients)}], programs: [{", ".join(programs)}]}}'
        for number, ((consultant, programs), clients) in enumerate(sorted(rules.items()))
    ]
    manage = f"manage: {{unlisted: remove, taken-over: {BUREAU}}}"
    return "\n".join([f"bureau: {BUREAU}", manage, "access:", *lines]) + "\n"


def _quoted(clients: Iterable[str]) -> str:
    return ", ".join(f'"{client}"' for client in sorted(clients))


def _generate(path: Path, cells: int) -> Path:
    """A matrix of teams: each user has most of the permissions of its team, and a few others."""
    rng = random.Random(cells)
    # a tenth of the matrix is inside the teams: room enough, so that drawing cells comes to an end
    users, permissions = max(20, 2 * math.isqrt(cells)), max(40, 8 * math.isqrt(cells))
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < cells:
        user = rng.randrange(users)
        team = user % 10
        own = rng.random() < 0.9
        permission = rng.randrange(permissions // 10) * 10 + team if own else rng.randrange(permissions)
        pairs.add((user + 1, permission + 1))
    lines = [f"{user},{permission}" for user, permission in sorted(pairs)]
    path.write_text("\n".join(["user,permission", *lines]) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
