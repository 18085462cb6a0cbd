"""Packed rows: they come back as they were, whole or in parts, and nothing else is ever taken for them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Shape
from reconciler.grid.packed import Packed


@st.composite
def states(draw: st.DrawFn) -> Access:
    """States of any shape, narrow and wide."""
    shape = Shape(
        draw(st.sampled_from([1, 3, 300, 70_000])), draw(st.integers(1, 6)), draw(st.integers(0, 64))
    )
    keys = draw(st.sets(st.integers(0, shape.consultants * shape.clients - 1), max_size=20))
    masks = draw(st.lists(st.integers(0, (1 << shape.programs) - 1), min_size=len(keys), max_size=len(keys)))
    return Access(shape, np.array(sorted(keys), dtype=np.int64), np.array(masks, dtype=np.uint64))


@given(states(), st.integers(0, 2**62))
def test_it_comes_back(state: Access, revision: int):
    packed, of = Packed.decode(Packed.of(state).encode(revision))
    assert of == revision
    assert (packed.total, packed.before, len(packed)) == (len(state), 0, len(state))
    assert packed.access(state.shape) == state


@given(states(), st.integers(1, 7))
def test_pages_make_the_whole(state: Access, size: int):
    whole = Packed.of(state)
    pages = [Packed.decode(whole.part(at, at + size).encode(1))[0] for at in range(0, len(state) + 1, size)]
    assert [page.before for page in pages] == [min(at, len(state)) for at in range(0, len(state) + 1, size)]
    keys, masks = (
        np.concatenate(rows) for rows in zip(*(page.rows(state.shape) for page in pages), strict=True)
    )
    assert Access(state.shape, keys, masks) == state


@given(states(), st.data())
def test_what_is_damaged_is_told_or_still_a_state(state: Access, data: st.DataObject):
    body = bytearray(Packed.of(state).encode(1))
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        keys, masks = Packed.decode(bytes(body))[0].rows(state.shape)
    except ValueError:
        return
    assert np.all(keys[1:] > keys[:-1])
    assert len(keys) == 0 or 0 <= keys[0] <= keys[-1] < state.shape.consultants * state.shape.clients
    assert int(masks.max(initial=0)) < 1 << state.shape.programs


@given(states(), st.integers(1, 200))
def test_what_is_cut_off_is_told(state: Access, bytes_: int):
    body = Packed.of(state).encode(1)
    with pytest.raises(ValueError, match="rows"):
        Packed.decode(body[: max(0, len(body) - bytes_)])
    with pytest.raises(ValueError, match="missing"):
        Packed.decode(body + b"\0" * bytes_)


@pytest.mark.parametrize("shape", [Shape(2, 3, 2), Shape(3, 2, 2), Shape(3, 3, 1)])
def test_rows_of_nobody_are_told(shape: Shape):
    state = Access.from_triples(Shape(3, 3, 2), [(2, 2, 1)])
    with pytest.raises(ValueError, match=r"nobody|programs"):
        Packed.of(state).access(shape)


def test_rows_out_of_order_are_told():
    state = Access.from_triples(Shape(3, 3, 2), [(0, 0, 0), (2, 0, 1)])
    packed = Packed.of(state)
    turned = Packed(
        packed.total, 0, 0, packed.counts, packed.consultants[::-1].copy(), packed.numbers, packed.masks
    )
    with pytest.raises(ValueError, match="place"):
        turned.access(state.shape)


def test_it_is_small():
    keys = np.arange(0, 800_000, dtype=np.int64)
    state = Access(Shape(2_000, 100_000, 6), keys, keys.astype(np.uint64) % np.uint64(64))
    assert len(Packed.of(state).encode(1)) < 3.6 * len(keys)
