"""Difference of two states: ours, the floor under it, and Python sets of triples, in one run.

    python -m benchmarks.diff [--pairs 800000] [--json]

The data is generated: 2,000 consultants × 100,000 clients × 6 programs, three programs a pair on average
(2.4 million triples), 1 % of the pairs changed. Memory is what the work takes over its input.
"""

from __future__ import annotations

import argparse
import json
import time
import tracemalloc
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from reconciler.grid import Access, Shape, diff

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE = Shape(consultants=2_000, clients=100_000, programs=6)
Result = TypeVar("Result")


def states(pairs: int) -> tuple[Access, Access]:
    """A current and a desired state; of 1 % of the pairs, half change a program, the others come or go."""
    random = np.random.default_rng(2201)
    size = SHAPE.consultants * SHAPE.clients
    keys = np.unique(random.integers(0, size, pairs + pairs // 100))[:pairs]
    masks = random.integers(0, 1 << SHAPE.programs, len(keys), dtype=np.uint64)
    changed = random.permutation(len(keys))[: len(keys) // 100]
    edited, gone = np.split(changed, [len(changed) // 2])
    after = masks.copy()
    after[edited] ^= np.uint64(1)
    left = np.ones(len(keys), dtype=np.bool_)
    left[gone[::2]] = False
    new = np.setdiff1d(random.integers(0, size, len(gone) // 2), keys)
    kept = Access(SHAPE, keys[left], after[left])
    return Access(SHAPE, keys, masks), kept.union(Access(SHAPE, new, np.full(len(new), 7, dtype=np.uint64)))


def packed(state: Access) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Rows as one number each."""
    rows: np.ndarray[tuple[int], np.dtype[np.int64]] = state.keys << SHAPE.programs
    return rows | state.masks.view(np.int64)


def triples(state: Access) -> list[tuple[int, int, int]]:
    """(consultant, client, program) of every program cell."""
    return [
        (consultant, client, program)
        for consultant, client, mask in state.rows()
        for program in range(SHAPE.programs)
        if mask >> program & 1
    ]


def with_sets(one: list[tuple[int, int, int]], other: list[tuple[int, int, int]]) -> int:
    """What one writes in Python: build two sets, subtract both ways."""
    had, wants = set(one), set(other)
    return len(wants - had) + len(had - wants)


def merge(rows: tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]) -> int:
    """The floor: bring packed rows together in key order, and nothing more."""
    both = np.concatenate(rows)
    both.sort(kind="stable")
    return len(both)


def measure(work: Callable[[], Result], repeats: int) -> tuple[float, float, Result]:
    """The best time in seconds, the peak memory in bytes of one more run, and the result."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
        del result
    tracemalloc.start()
    result = work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return min(times), float(peak), result


def run(pairs: int) -> dict[str, object]:
    """Measure all three on the same data."""
    current, desired = states(pairs)
    ours, ours_peak, found = measure(lambda: diff(current, desired), 15)
    rows = (packed(current), packed(desired))
    floor, floor_peak, _ = measure(lambda: merge(rows), 15)
    one, other = triples(current), triples(desired)
    peer, peer_peak, cells = measure(lambda: with_sets(one, other), 2)
    program_cells = found.grants + found.removals - len(found.give) - len(found.take)
    if cells != program_cells:
        raise AssertionError(f"the sets find {cells} changed cells, we find {program_cells}")
    return {
        "pairs": len(current),
        "triples": len(one),
        "changed_cells": cells,
        "seconds": {"ours": ours, "floor": floor, "sets": peer},
        "peak_bytes": {"ours": ours_peak, "floor": floor_peak, "sets": peer_peak},
        "ours_over_floor": ours / floor,
        "sets_over_ours": peer / ours,
    }


def table(figures: dict[str, object]) -> str:
    """The figures, to read."""
    seconds, peaks = figures["seconds"], figures["peak_bytes"]
    assert isinstance(seconds, dict)
    assert isinstance(peaks, dict)
    names = {
        "ours": "reconciler.grid.diff",
        "floor": "numpy concatenate + sort",
        "sets": "Python sets of triples",
    }
    lines = [
        f"{figures['pairs']:,} pairs, {figures['triples']:,} triples, {figures['changed_cells']:,} cells changed"
    ]
    lines += [
        f"{title:26}{seconds[name] * 1000:10,.1f} ms{peaks[name] / 1e6:8,.0f} MB{seconds[name] / seconds['ours']:9,.2f} × ours"
        for name, title in names.items()
    ]
    return "\n".join(lines)


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=800_000)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = run(arguments.pairs)
    print(json.dumps(figures, indent=2) if arguments.json else table(figures))


if __name__ == "__main__":
    main()
