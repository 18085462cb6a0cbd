"""Names and their ids: sorted, dense, whatever the order they come in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Names
from reconciler.grid.texts import Texts

words = st.lists(st.text(max_size=4))


@given(words, st.randoms())
def test_ids_follow_the_sorted_names_whatever_the_order(names: list[str], random) -> None:
    shuffled = random.sample(names, len(names))
    assert Names(names) == Names(shuffled)
    assert list(Names(shuffled)) == sorted(set(names))


@given(words)
def test_names_and_ids_are_each_others_inverse(names: list[str]) -> None:
    known = Names(names)
    ids = known.ids(names)
    assert known.pick(ids) == tuple(names)
    assert [known.id(name) for name in names] == ids.tolist()
    assert [known[i] for i in range(len(known))] == list(known)


@given(words, st.text(max_size=4))
def test_what_is_not_a_name_has_no_id(names: list[str], word: str) -> None:
    known = Names(name for name in names if name != word)
    assert word not in known
    assert known.find(word) is None
    with pytest.raises(KeyError):
        known.id(word)
    with pytest.raises(KeyError):
        known.ids([word])


@given(words, st.lists(st.text(max_size=4), max_size=300))
def test_names_in_one_piece_are_the_same_names(names: list[str], asked: list[str]) -> None:
    """However many are asked for: a few by halving, then by a dict."""
    plain, packed = Names(names), Names(Texts.of(Names(names).all))
    assert [packed.find(name) for name in asked * 3] == [plain.find(name) for name in asked * 3]
    assert [name in packed for name in asked] == [name in names for name in asked]
    assert (packed, hash(packed), repr(packed)) == (plain, hash(plain), repr(plain))
    assert packed.ids(names).tolist() == plain.ids(names).tolist()
    assert list(packed) == list(plain) == [packed[i] for i in range(len(packed))]
