"""The tests that SECURITY.md and docs/faults.md name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.faults import faults
from tests.faults.elsewhere import ELSEWHERE
from tests.faults.table import TABLE, read, text

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED = sorted({*re.findall(r"`(tests/[^`]+)`", PAGE), *(one.test for one in ELSEWHERE)})


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_is_there(name: str):
    file, _, function = name.partition("::")
    source = (ROOT / file).read_text("utf-8")
    assert f"\ndef {function}(" in source if function else "\ndef test_" in source


def test_many_are_named():
    assert len(NAMED) > 30


def test_the_table_of_faults_lists_what_is_tried():
    told = read()
    assert text(told) == TABLE.read_text("utf-8")
    assert set(told) >= {fault.name for fault in faults.PARTICULAR}
