"""Small grids for hypothesis, and the naive oracle: a state is a set of triples."""

from __future__ import annotations

from typing import TypeAlias

from hypothesis import strategies as st

from reconciler.grid import Access, Block, Shape

Triples: TypeAlias = frozenset[tuple[int, int, int | None]]
"""(consultant, client, program); program None is access to the client itself."""

shapes = st.builds(Shape, st.integers(1, 5), st.integers(1, 6), st.sampled_from([0, 1, 3, 6, 63, 64]))


def triples_of(state: Access) -> Triples:
    """A state as the oracle sees it."""
    rows = [(consultant, client, mask) for consultant, client, mask in state.rows()]
    programs = range(state.shape.programs)
    return frozenset(
        {(consultant, client, None) for consultant, client, _ in rows}
        | {(u, c, p) for u, c, mask in rows for p in programs if mask >> p & 1}
    )


def state_of(shape: Shape, triples: Triples) -> Access:
    """And back."""
    return Access.from_triples(shape, sorted(triples, key=repr))


@st.composite
def triples(draw: st.DrawFn, shape: Shape) -> Triples:
    """Any state of a shape; who holds a program has access."""
    pair = st.tuples(st.integers(0, shape.consultants - 1), st.integers(0, shape.clients - 1))
    masks = st.integers(0, (1 << shape.programs) - 1)
    rows = draw(st.dictionaries(pair, masks, max_size=12))
    cells = {(u, c, p) for (u, c), mask in rows.items() for p in range(shape.programs) if mask >> p & 1}
    return frozenset(cells | {(u, c, None) for u, c in rows})


@st.composite
def blocks(draw: st.DrawFn, shape: Shape) -> Block:
    """Any block of a shape, also one without pairs."""
    consultants = draw(st.sets(st.integers(0, shape.consultants - 1)))
    clients = draw(st.sets(st.integers(0, shape.clients - 1)))
    mask = draw(st.integers(0, (1 << shape.programs) - 1))
    return Block(tuple(sorted(consultants)), tuple(sorted(clients)), mask)


@st.composite
def two_states(draw: st.DrawFn) -> tuple[Shape, Triples, Triples]:
    """Two states of one shape that have something in common."""
    shape = draw(shapes)
    one, other = draw(triples(shape)), draw(triples(shape))
    shared = draw(st.sampled_from([frozenset(), one, other]))
    return shape, one, other | shared


def block_triples(shape: Shape, block: Block) -> Triples:
    """What a block spans."""
    programs = [None, *(p for p in range(shape.programs) if block.mask >> p & 1)]
    return frozenset((u, c, p) for u in block.consultants for c in block.clients for p in programs)
