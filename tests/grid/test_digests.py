"""Digests: equal where the rows are, different where they are not; they come back as they were, whole or in parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access
from reconciler.grid.digests import Digests
from reconciler.grid.packed import Packed
from tests.grid.test_packed import states


@given(states(), st.integers(0, 2**62), st.integers(1, 7))
def test_they_come_back_whole_and_in_parts(state: Access, revision: int, size: int):
    made = Digests.of(Packed.of(state), revision)
    pages = [
        Digests.decode(made.part(at, at + size).encode(revision))
        for at in range(0, state.shape.clients + 1, size)
    ]
    assert {(page.total, page.whole, of) for page, of in pages} == {
        (state.shape.clients, made.whole, revision)
    }
    assert np.concatenate([page.small for page, _ in pages]).tolist() == made.small.tolist()
    assert len(made) == state.shape.clients


@given(states(), states())
def test_they_tell_states_apart_client_by_client(one: Access, other: Access):
    clients = min(one.shape.clients, other.shape.clients)
    digests = [Digests.of(Packed.of(state), 1) for state in (one, other)]
    for client in range(clients):
        rows = [list(zip(*_rows(state, client), strict=True)) for state in (one, other)]
        assert (digests[0].small[client] == digests[1].small[client]) is np.bool_(rows[0] == rows[1])
    if one.shape == other.shape:
        assert (digests[0].whole == digests[1].whole) is (one == other)


def _rows(state: Access, client: int) -> tuple[list[int], list[int]]:
    at = state.at_clients(np.array([client]))
    return at.consultants.tolist(), at.masks.tolist()


@given(states(), st.integers(1, 50))
def test_what_is_cut_off_is_told(state: Access, bytes_: int):
    body = Digests.of(Packed.of(state), 1).encode(1)
    for wrong in (body[: max(0, len(body) - bytes_)], body + b"\0" * bytes_, b"RCD2" + body[4:]):
        with pytest.raises(ValueError, match="digests"):
            Digests.decode(wrong)


@given(states(), st.data())
def test_the_rows_of_some_clients(state: Access, data: st.DataObject):
    flags = np.array(
        data.draw(st.lists(st.booleans(), min_size=state.shape.clients, max_size=state.shape.clients))
    )
    some = Packed.of(state).at_clients(flags)
    assert (some.total, some.before, len(some)) == (len(some), 0, len(some))
    assert Packed.decode(some.encode(1))[0].access(state.shape) == state.restrict(clients=flags)
