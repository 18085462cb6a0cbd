"""Where a character of a scalar stands in its file, whatever the style that it is written in."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.desired.inside import index_of
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source

LETTERS = st.sampled_from(list("ab'\"\\ \n:#åé😀|>&-\u00a0"))
WHITE = " \t\n"


def read(text: str):
    """The document, the node of its only value and the value; None where it cannot be used."""
    document, findings = read_yaml(Source("a.yaml", text))
    if document is None or findings:
        return None
    return document, document.node(("rule", "must")), document.root["rule"]["must"]


@given(
    st.text(LETTERS, min_size=1, max_size=40),
    st.sampled_from([None, "'", '"', "|", ">"]),
    st.integers(20, 60),
    st.booleans(),
)
@example("a 'b' 'c'", "'", 20, True)
@example('"\\\\" "é"', '"', 20, False)
def test_every_visible_character_is_found(value, style, width, unicode):
    text = yaml.dump({"rule": {"must": value}}, default_style=style, width=width, allow_unicode=unicode)
    found = read(text)
    if found is None:
        return
    document, node, said = found
    last = -1
    for at, character in enumerate(said):
        if character in WHITE:
            continue
        index = index_of(document, node, said, at)
        assert index > last
        assert yaml.safe_load(_one(text, index, document.places[node])) == character
        last = index


def _one(text: str, index: int, start: int) -> str:
    """The character as YAML of its own: an escape of double quotes, doubled single quotes, or itself."""
    if text[start] == '"' and text[index] == "\\":
        length = {"x": 4, "u": 6, "U": 10}.get(text[index + 1], 2)
        return f'"{text[index : index + length]}"'
    return f"'{text[index].replace(chr(39), chr(39) * 2)}'"


CASES = {
    "plain": ("must: a && bad", "bad", "a && ¦bad"),
    "plain over lines": ("must: a &&\n    bad", "bad", "    ¦bad"),
    "single quotes": ("must: 'it''s && bad'", "bad", "must: 'it''s && ¦bad'"),
    "double quotes": (r'must: "\"x\" \u00e5 && bad"', "bad", r'\u00e5 && ¦bad"'),
    "double quotes, broken line": ('must: "a \\\n    && bad"', "bad", "    && ¦bad"),
    "literal": ("must: |\n    a &&\n      bad", "bad", "      ¦bad"),
    "literal with a comment on its mark": ("must: |-  # why: b\n    bad", "bad", "    ¦bad"),
    "literal with a digit": ("must: |1\n   bad", "bad", "   ¦bad"),
    "folded": ("must: >-\n    a &&\n    bad", "bad", "    ¦bad"),
    "folded, CR LF": ("must: >-\r\n    a &&\r\n    bad", "bad", "    ¦bad"),
}


@pytest.mark.parametrize(("text", "word", "shown"), CASES.values(), ids=CASES)
def test_a_word_is_found(text, word, shown):
    text = f"rule:\n  {text}\n"
    document, node, value = read(text)
    index = index_of(document, node, value, value.index(word))
    assert shown in f"{text[:index]}¦{text[index:]}"


def test_the_end_is_after_the_last_character():
    document, node, value = read("rule:\n  must: |\n    a ==\n")
    assert value == "a ==\n"
    assert document.source.text[: index_of(document, node, value, len(value))].endswith("a ==")
