"""Names and their ids: sorted, dense, whatever the order they come in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Names

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
