"""Few blocks for many cells: access matrices covered, with a lower bound and the plain grouping beside it.

    python -m benchmarks.cover FILE.csv … [--effort 1] [--programs-per-client 1] [--json]
    python -m benchmarks.cover --generated [SHAPE:PAIRS …] [--effort 1] [--json]

A file has the columns user,permission, whole numbers. A user is a consultant; permission p is program p mod N
at client p div N, so with one program per client, as unless told otherwise, a matrix is flat and a block
is a role of the role-mining literature. Printed for each file:

    cells      program cells to be covered
    plain      blocks of the plain grouping: equal rows, or equal columns, together
    blocks     blocks of `cover`; that they cover exactly these cells is checked, outside the time
    bound      so many cells were found of which no two fit one block: no cover has fewer blocks
    seconds    of the cover and the bound, not of reading the file; processor time of this one process

Effort goes from 0 (no search for fewer) to 3 (minutes on a large matrix); 1 is what a plan uses. The
result is the same on every machine. Shapes are made up here: `orderly` is a bureau of teams × portfolios ×
bundles of six programs in which 1 % of the pairs is noise (pairs missing, pairs added, programs changed);
`sparse` has five pairs a consultant, of small overlapping roles, one program. Ends with 1 if a cover is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import table
from reconciler.grid import Access, Effort, Shape, only
from reconciler.grid.cover import cover_with_bound, plain_count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.grid.arrays import Ids

SHAPES = ["orderly:28600", "orderly:100000", "orderly:1000000", "sparse:60000"]


def main(arguments: Sequence[str]) -> int:
    """Cover each matrix, print the table, and say by the exit code whether each cover is one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path, help="CSV files, user,permission")
    parser.add_argument(
        "--generated", nargs="*", metavar="SHAPE:PAIRS", help=f"without a value: {' '.join(SHAPES)}"
    )
    parser.add_argument("--programs-per-client", type=int, default=1)
    parser.add_argument("--effort", type=lambda text: Effort(int(text)), default=Effort.NORMAL, help="0 to 3")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if not options.files and options.generated is None:
        parser.error("name files, or --generated")
    rows = [measure(name, required, options.effort) for name, required in _matrices(options)]
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return int(not all(row["exact"] for row in rows))


def _matrices(options: argparse.Namespace) -> Iterator[tuple[str, Access]]:
    for file in options.files:
        yield file.name, read(file, options.programs_per_client)
    shapes = options.generated if options.generated is None or options.generated else SHAPES
    for shape in shapes or []:
        name, _, pairs = shape.partition(":")
        yield shape, MAKERS[name](int(pairs or 100_000))


def measure(name: str, required: Access, effort: Effort) -> dict[str, object]:
    """Cover one matrix."""
    start = time.process_time()
    found = cover_with_bound(required, only(required), effort)
    seconds = time.process_time() - start
    return {
        "matrix": name,
        "consultants": len(np.unique(required.consultants)),
        "clients": len(np.unique(required.clients)),
        "programs": required.shape.programs,
        "pairs": len(required),
        "cells": required.cells,
        "plain": plain_count(required),
        "blocks": len(found.blocks),
        "bound": found.bound,
        "seconds": round(seconds, 3),
        "exact": Access.from_blocks(required.shape, found.blocks) == required,
    }


def read(file: Path, programs: int) -> Access:
    """A matrix from a file."""
    cells = np.loadtxt(file, delimiter=",", skiprows=1, dtype=np.int64, ndmin=2)
    return _access(cells[:, 0], cells[:, 1] // programs, 1 << cells[:, 1] % programs, programs)


def _access(consultants: Ids, clients: Ids, masks: Ids, programs: int) -> Access:
    """A state from numbers that need not be dense."""
    names, users = np.unique(consultants, return_inverse=True)
    companies, places = np.unique(clients, return_inverse=True)
    shape = Shape(len(names), len(companies), programs)
    return Access.from_rows(shape, shape.keys(users, places), masks.astype(np.uint64))


def orderly(pairs: int) -> Access:
    """Teams of ten, each with its own clients; roles in the team and kinds of clients decide the bundle."""
    random, team, programs, bundles = np.random.default_rng(2204), 10, 6, 4
    teams = max(1, min(100, pairs // 1_000))
    portfolio = max(1, pairs // (teams * team))
    number = np.arange(teams * team * portfolio)
    consultants = number // portfolio
    clients = number // (portfolio * team) * portfolio + number % portfolio
    masks = random.integers(1, 1 << programs, bundles)
    kind = consultants % team * 2 // team + clients % portfolio * 2 // portfolio * 2
    held = masks[kind % bundles]
    gone, edited, added = np.array_split(random.permutation(len(number))[: len(number) // 100], 3)
    held[edited] ^= 1 << random.integers(0, programs, len(edited))
    stays = np.ones(len(number), dtype=np.bool_)
    stays[gone] = False
    return _access(
        np.concatenate((consultants[stays], random.integers(0, teams * team, len(added)))),
        np.concatenate((clients[stays], random.integers(0, teams * portfolio, len(added)))),
        np.concatenate((held[stays], masks[random.integers(0, bundles, len(added))])),
        programs,
    )


def sparse(pairs: int) -> Access:
    """About five pairs a consultant, from roles of one to twenty clients that overlap, and 1 % noise."""
    random = np.random.default_rng(2205)
    people, companies = max(10, pairs // 5), max(10, pairs // 12)
    roles = [
        random.choice(companies, min(int(size), 20, companies), replace=False)
        for size in 1 + random.pareto(1.5, max(1, people // 8))
    ]
    given = [np.array([], dtype=np.int64) for _ in range(people)]
    total = 0
    while total < pairs:
        who = int(random.integers(people))
        role = roles[int(len(roles) * random.random() ** 2)]
        given[who] = np.concatenate((given[who], role))
        total += len(role)
    consultants = np.repeat(np.arange(people), [len(clients) for clients in given])
    noise = pairs // 100
    return _access(
        np.concatenate((consultants, random.integers(0, people, noise))),
        np.concatenate((*given, random.integers(0, companies, noise))),
        np.ones(len(consultants) + noise, dtype=np.int64),
        1,
    )


MAKERS: dict[str, Callable[[int], Access]] = {"orderly": orderly, "sparse": sparse}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
