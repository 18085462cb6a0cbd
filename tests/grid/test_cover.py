"""Laws of covering: exactly what is required, nothing outside what is allowed, few, the same whatever the order."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.cover import orderly, sparse
from reconciler.grid import Access, Block, Effort, Region, Shape, cover, only, outside
from reconciler.grid.cover import cover_with_bound, plain_count
from tests.grid.worlds import Triples, block_triples, shapes, state_of, triples, triples_of, two_states

tiny = st.builds(Shape, st.integers(1, 4), st.integers(1, 3), st.sampled_from([0, 1, 2]))
efforts = st.sampled_from(list(Effort))


def region_triples(shape: Shape, region: Region) -> Triples:
    """Every cell of a region, one by one."""
    held = triples_of(region.cells)
    if not region.inverted:
        return held
    cells = [(u, c) for u in range(shape.consultants) for c in range(shape.clients)]
    bare = {
        (u, c) for u, c in cells if (u, c, None) in held and not any((u, c, p) in held for p in range(64))
    }
    return frozenset(
        (u, c, p)
        for u, c in cells
        if (u, c) not in bare
        for p in (None, *range(shape.programs))
        if p is None or (u, c, p) not in held
    )


@st.composite
def problems(draw: st.DrawFn, shapes: st.SearchStrategy[Shape] = shapes) -> tuple[Access, Region]:
    """Something required, and a region that holds it: nothing else, some more, or nearly everything."""
    shape = draw(shapes)
    required, other = state_of(shape, draw(triples(shape))), state_of(shape, draw(triples(shape)))
    match draw(st.sampled_from(["itself", "more", "outside"])):
        case "itself":
            return required, only(required)
        case "more":
            return required, only(required.union(other))
        case _:
            state = other.where((other.masks & ~required.masks_at(other.keys)[0]) != 0)
            state = Access(shape, state.keys, state.masks & ~required.masks_at(state.keys)[0])
            return required, outside(state)


def spans(shape: Shape, blocks: tuple[Block, ...]) -> Triples:
    return frozenset().union(*(block_triples(shape, block) for block in blocks))


def fewest(required: Access, allowed: Region) -> int:
    """The fewest blocks there can be, by trying: oracle for grids of a few lines."""
    shape, needed = required.shape, triples_of(required)
    inside = region_triples(shape, allowed)
    lines = [
        [pick for n in range(1, size + 1) for pick in itertools.combinations(range(size), n)]
        for size in (shape.consultants, shape.clients)
    ]
    boxes = {
        block_triples(shape, Block(consultants, clients, mask)) & needed
        for consultants, clients in itertools.product(*lines)
        for mask in range(1 << shape.programs)
        if block_triples(shape, Block(consultants, clients, mask)) <= inside
    }
    boxes = [box for box in boxes if not any(box < other for other in boxes)]
    states, count = {frozenset()}, 0
    while needed not in states:
        # of any cover, some box must hold the first cell that is missing
        first = {state: min(needed - state, key=repr) for state in states}
        states = {state | box for state in states for box in boxes if first[state] in box}
        count += 1
    return count


@given(st.data())
def test_what_is_covered_is_what_is_required(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    required = state_of(shape, data.draw(triples(shape)))
    blocks = cover(required, only(required))
    assert Access.from_blocks(shape, blocks) == required


@given(problems(), efforts)
def test_no_block_leaves_the_region(problem: tuple[Access, Region], effort: Effort) -> None:
    required, region = problem
    spanned = spans(required.shape, cover(required, region, effort))
    assert triples_of(required) <= spanned <= region_triples(required.shape, region)


@given(st.data())
def test_what_is_not_allowed_cannot_be_required(data: st.DataObject) -> None:
    shape, one, other = data.draw(two_states())
    state = state_of(shape, other)
    region = data.draw(st.sampled_from([only(state), outside(state)]))
    required = state_of(shape, one)
    if one <= region_triples(shape, region):
        cover(required, region)
    else:
        with pytest.raises(ValueError, match="not allowed"):
            cover(required, region)


@given(problems(tiny), st.sampled_from([Effort.NORMAL, Effort.MOST]))
@settings(deadline=None)
def test_on_tiny_grids_no_cover_has_fewer(problem: tuple[Access, Region], effort: Effort) -> None:
    found = cover_with_bound(*problem, effort)
    assert found.bound <= len(found.blocks) == fewest(*problem)


@given(problems(), efforts)
def test_never_more_than_the_plain_grouping_or_less_than_the_bound(
    problem: tuple[Access, Region], effort: Effort
) -> None:
    found = cover_with_bound(*problem, effort)
    assert found.bound <= len(found.blocks) <= plain_count(problem[0])


@given(problems(), efforts)
def test_no_line_and_no_program_could_be_left_out(problem: tuple[Access, Region], effort: Effort) -> None:
    required, region = problem
    needed, blocks = triples_of(required), cover(required, region, effort)
    for number, block in enumerate(blocks):
        others = spans(required.shape, (*blocks[:number], *blocks[number + 1 :]))
        alone = (needed & block_triples(required.shape, block)) - others
        assert {u for u, _, _ in alone} == set(block.consultants)
        assert {c for _, c, _ in alone} == set(block.clients)
        assert {p for _, _, p in alone} - {None} == {p for p in range(64) if block.mask >> p & 1}


@given(st.data())
def test_the_blocks_do_not_depend_on_the_order_of_rows(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    cells = data.draw(triples(shape))
    shuffled = Access.from_triples(shape, data.draw(st.permutations(sorted(cells, key=repr))))
    required = state_of(shape, cells)
    assert cover(shuffled, only(required)) == cover(required, only(required))


@given(problems())
def test_blocks_come_in_order(problem: tuple[Access, Region]) -> None:
    blocks = cover(*problem)
    assert list(blocks) == sorted(blocks, key=lambda block: (block.clients, block.consultants, block.mask))
    assert all(
        list(ids) == sorted(set(ids)) for block in blocks for ids in (block.consultants, block.clients)
    )


def test_the_blocks_do_not_depend_on_hash_seeds() -> None:
    script = (
        "from benchmarks.cover import orderly, cover_with_bound, only; a = orderly(3000); "
        "print(cover_with_bound(a, only(a)))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(printed) == 1


@given(st.data())
def test_a_region_contains_a_pair_only_with_all_it_is_asked_for(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    state = state_of(shape, data.draw(triples(shape)))
    region = data.draw(st.sampled_from([only(state), outside(state)]))
    mask = data.draw(st.integers(0, (1 << shape.programs) - 1))
    inside = region_triples(shape, region)
    keys = np.arange(shape.consultants * shape.clients)
    for key, held in zip(keys.tolist(), region.contains(keys, mask).tolist(), strict=True):
        client, consultant = divmod(key, shape.consultants)
        assert held == (block_triples(shape, Block((consultant,), (client,), mask)) <= inside)


@pytest.mark.parametrize(
    ("pairs", "blocks"),
    [
        ([], []),
        ([(0, 0)], [Block((0,), (0,), 1)]),
        ([(0, 0), (1, 0), (0, 1), (1, 1)], [Block((0, 1), (0, 1), 1)]),
        ([(0, 0), (1, 0), (2, 1), (3, 1)], [Block((0, 1), (0,), 1), Block((2, 3), (1,), 1)]),
        # the same two clients for one, three others for another: two blocks by consultant, five by client
        ([(0, 0), (0, 1), (1, 1), (1, 2)], [Block((0,), (0, 1), 1), Block((1,), (1, 2), 1)]),
    ],
)
def test_equal_rows_become_one_block(pairs: list[tuple[int, int]], blocks: list[Block]) -> None:
    required = Access.from_triples(Shape(4, 3, 1), [(u, c, 0) for u, c in pairs])
    assert list(cover(required, only(required))) == blocks


def test_a_cell_that_nothing_asks_for_is_used_where_it_saves_a_block() -> None:
    shape = Shape(2, 2, 1)
    required = Access.from_triples(shape, [(0, 0, 0), (1, 1, 0)])
    assert len(cover(required, only(required))) == 2
    assert cover(required, outside(Access.empty(shape))) == (Block((0, 1), (0, 1), 1),)
    row = Access.from_triples(shape, [(0, 0, 0), (0, 1, 0)])
    assert cover(row, outside(Access.empty(shape))) == (Block((0,), (0, 1), 1),)


def test_the_programs_of_a_pair_stay_together() -> None:
    required = Access.from_triples(Shape(2, 1, 2), [(0, 0, 0), (0, 0, 1), (1, 0, 0)])
    assert cover(required, only(required)) == (Block((0,), (0,), 3), Block((1,), (0,), 1))


@pytest.mark.parametrize(("size", "blocks"), [(3, 3), (6, 4), (8, 5), (15, 6)])
def test_everybody_everywhere_but_at_one_client_takes_few_blocks(size: int, blocks: int) -> None:
    """The crown graph needs the least k with k over k/2 at least its size (de Caen, Gregory and Pullman 1981)."""
    pairs = [(u, c, 0) for u, c in itertools.permutations(range(size), 2)]
    required = Access.from_triples(Shape(size, size, 1), pairs)
    assert len(cover(required, only(required))) == blocks


@pytest.mark.parametrize("required", [orderly(4_000), sparse(3_000)], ids=["orderly", "sparse"])
def test_more_effort_is_not_worse_on_what_bureaus_look_like(required: Access) -> None:
    found = [cover_with_bound(required, only(required), effort) for effort in list(Effort)[:3]]
    counts = [len(one.blocks) for one in found]
    assert counts == sorted(counts, reverse=True)
    assert max(one.bound for one in found) <= counts[-1] < plain_count(required)
    for one in found:
        assert Access.from_blocks(required.shape, one.blocks) == required


@pytest.mark.slow
def test_what_is_too_large_for_one_table_is_covered_in_parts() -> None:
    size = 20_100
    required = Access.from_triples(Shape(size, size, 1), [(i, i, 0) for i in range(size)])
    blocks = cover(required, only(required), Effort.LEAST)
    assert blocks == tuple(Block((i,), (i,), 1) for i in range(size))
