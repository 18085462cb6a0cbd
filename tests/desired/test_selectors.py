"""Selectors as trees, and what is wrong with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.selectors import (
    Both,
    Either,
    Kind,
    Not,
    SelectorError,
    Word,
    parse,
    words,
)

TREES = {
    "anna@x.se": Word(Kind.KEY, "anna@x.se", 0),
    "all": Word(Kind.ALL, "", 0),
    "@malmo": Word(Kind.TEAM, "malmo", 0),
    "@malmo.lead": Word(Kind.LEAD, "malmo", 0),
    "team:malmo": Word(Kind.TEAM, "malmo", 0),
    "team:malmo.lead": Word(Kind.LEAD, "malmo", 0),
    "team:self": Word(Kind.SELF, "", 0),
    "each-team": Word(Kind.EACH_TEAM, "", 0),
    "each-team.lead": Word(Kind.EACH_LEAD, "", 0),
    "tag:x:y": Word(Kind.TAG, "x:y", 0),
    '"tag:x"': Word(Kind.KEY, "tag:x", 1),
    "a & b": Both((Word(Kind.KEY, "a", 0), Word(Kind.KEY, "b", 4))),
    "a|b": Either((Word(Kind.KEY, "a", 0), Word(Kind.KEY, "b", 2))),
    "a | b & c": Either((Word(Kind.KEY, "a", 0), Both((Word(Kind.KEY, "b", 4), Word(Kind.KEY, "c", 8))))),
    "(a | b) & !c": Both(
        (
            Either((Word(Kind.KEY, "a", 1), Word(Kind.KEY, "b", 5))),
            Not(Word(Kind.KEY, "c", 11)),
        )
    ),
    "!!a": Not(Not(Word(Kind.KEY, "a", 2))),
    "  a ": Word(Kind.KEY, "a", 2),
}

ERRORS = {
    "": (0, "the selector ends where a word is expected", None),
    "a &": (3, "the selector ends where a word is expected", None),
    "& a": (0, "a word is expected here, not “&”", None),
    "a & | b": (4, "a word is expected here, not “|”", None),
    "(a": (0, "this “(” is never closed", None),
    "(a b": (
        3,
        "an operator is missing before “b”",
        "put “&” between for both, “|” for either; or make it a list",
    ),
    "a)": (1, "this “)” closes nothing", None),
    "a b": (
        2,
        "an operator is missing before “b”",
        "put “&” between for both, “|” for either; or make it a list",
    ),
    "a or b": (2, "an operator is missing before “or”", "write “|” instead"),
    "not a": (4, "an operator is missing before “a”", "write “!” instead"),
    'a & "b': (4, "this quote is never closed", None),
    "tag:": (0, "a name is missing after “tag:”", None),
    "@": (0, "a name is missing after “@”", None),
    "(" * 60 + "a" + ")" * 60: (51, "nested more than 50 levels deep", None),
    "!" * 10_000 + "a": (51, "nested more than 50 levels deep", None),
}


@pytest.mark.parametrize(("text", "tree"), TREES.items())
def test_trees(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=lambda value: str(value)[:20])
def test_errors(text, expected):
    with pytest.raises(SelectorError) as caught:
        parse(text)
    error = caught.value
    assert (error.at, str(error.message), error.hint and str(error.hint)) == expected


@given(st.text('ab:@.()&|! "', max_size=20))
def test_any_text_is_a_tree_or_an_error_with_a_place_in_it(text):
    try:
        tree = parse(text)
    except SelectorError as found:
        place = found.at
    else:
        place = max(word.at for word in words(tree))
    assert 0 <= place <= len(text)
