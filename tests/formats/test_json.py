"""JSON reads back the same, and nothing in it acts on a terminal."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reconciler.formats.json import to_json


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_reads_back_and_is_printable(document):
    text = to_json(document)
    assert json.loads(text) == document
    assert all(line.isprintable() for line in text.split("\n"))


def test_swedish_letters_stay_letters():
    assert to_json({"name": "Åsa\x9b\u202e"}) == '{\n  "name": "Åsa\\u009b\\u202e"\n}\n'
