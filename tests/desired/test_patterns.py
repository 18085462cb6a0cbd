"""Expressions of the YAML: the whole text, in time that does not explode, and nothing that is none."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.patterns import LONGEST, fits, is_pattern


@pytest.mark.parametrize(
    ("pattern", "text", "fit"),
    [
        ("^BYR-[0-9]+$", "BYR-123", True),
        ("BYR-[0-9]+", "BYR-123", True),
        ("BYR-[0-9]+", "see BYR-123", False),
        ("BYR-[0-9]+", "BYR-123\n", False),
        ("^BYR-[0-9]+$", "BYR-123\nBYR-124", False),
        ("A|BYR-[0-9]+", "BYR-1 and more", False),
        ("", "", True),
        ("", "x", False),
        ("[åäö]+", "åäö", True),
        (".*", "a" * LONGEST, True),
        (".*", "a" * (LONGEST + 1), False),
    ],
)
def test_the_whole_text_must_fit(pattern, text, fit):
    assert fits(pattern, text) == fit


@pytest.mark.parametrize(
    "pattern", ["(", "a)(b", "x)|(?:y", "[", "(?=a)b", r"(a)\1", "a" * (LONGEST + 1), "(a{1000}){1000}"]
)
def test_what_is_no_expression_fits_nothing(pattern):
    assert not is_pattern(pattern)
    assert not fits(pattern, "a")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*a){20}b", "((a*)*)*b"])
def test_no_expression_takes_long(pattern):
    start = time.perf_counter()
    assert not fits(pattern, "a" * (LONGEST - 1))
    assert time.perf_counter() - start < 1


@given(st.text("ab(|)*+?[]^$.{}1,", max_size=8), st.text("ab", max_size=6))
def test_it_agrees_with_python_where_both_read_the_expression(pattern, text):
    try:
        expected = re.fullmatch(pattern, text) is not None
    except (re.error, FutureWarning):
        # sets inside of sets, which Python may read otherwise one day, are warned of
        return
    # the two differ in a few marks: repeats of repeats, sets inside of sets, possessive ones
    if is_pattern(pattern) and not re.search(r"[*+?}][*+?{]|\[.*\[|\[\]|[{]|\[\^\]", pattern):
        assert fits(pattern, text) == expected
