"""Texts in one piece: a list of texts in all that can be seen of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid.texts import Texts

words = st.lists(st.text(max_size=4))


@given(words, st.integers(-9, 9), st.integers(-9, 9))
def test_it_is_the_list(texts: list[str], one: int, other: int) -> None:
    packed = Texts.of(texts)
    assert len(packed) == len(texts)
    assert [packed[i] for i in range(-len(texts), len(texts))] == texts + texts
    assert list(packed) == texts
    assert packed[one:other] == tuple(texts[one:other])
    assert packed == tuple(texts)
    assert packed == Texts(packed.piece, packed.ends)
    assert hash(packed) == hash(tuple(texts))
    assert Texts.of(packed) is packed
    with pytest.raises(IndexError):
        packed[len(texts)]


@given(words, words)
def test_other_texts_are_another_list(texts: list[str], others: list[str]) -> None:
    assert (Texts.of(texts) == Texts.of(others)) is (texts == others)
    assert (Texts.of(texts) == tuple(others)) is (texts == others)


@pytest.mark.parametrize(("piece", "ends"), [(b"ab", [1]), (b"ab", [3]), (b"ab", [2, 1, 2]), (b"a", [])])
def test_ends_of_something_else_are_told(piece: bytes, ends: list[int]) -> None:
    with pytest.raises(ValueError, match="ends"):
        Texts(piece, np.array(ends, dtype=np.uint32))
