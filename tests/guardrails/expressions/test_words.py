"""What the engine says reaches nobody in its own English: it is told in our sentences, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.errors import Message
from reconciler.formats.catalogue import catalogue
from reconciler.guardrails.expressions.cel import Cel
from reconciler.guardrails.expressions.engine import Refused
from tests.guardrails.expressions.test_engine import ATTACKS, CASE, FAULTS

WRITTEN = [
    "(access", "access)", "[1, 2", "{1: 2", "access access", '"abc', "'abc", "1 +", "&& access", "access &&", "access ? true", "a.b.",
    "rules[", "has(", "has(access)", "rules.all(1, true)", "rules.exists(r, r.ticket ==)", "@access", "access # x", "if access",
    "action in", "0x", "1..2", "99999999999999999999 == 1", '"\\q" == action', '"a\nb" == action', "access, access",
    "!", "in", "let x = 1", "as == 1", "package", '"\\u12" == action', "uint(-1) == 1u", "int(1e300) == 1", 'bool("x")',
    'duration("x") > days(1)', 'programs[-1] == "x"', 'string(b"\\xff") == action', "timestamp(99999999999999) > date",
    "-(-9223372036854775807 - 1) > 0",
]  # fmt: skip
PATTERNS = [
    "[",
    "(",
    ")",
    "a**",
    "*a",
    "a{2000}",
    "[z-a]",
    "\\\\q",
    "\\\\",
    "(?<x",
    "(?=a)",
    "[[:foo:]]",
    "+",
    "\\\\pX",
    "(?i",
]
ALL = [
    *WRITTEN,
    *(f'action.matches("{pattern}")' for pattern in PATTERNS),
    *(text for text, _why in ATTACKS.values()),
    *(text for text, *_ in FAULTS if text.isprintable() and len(text) < 500),
]

LEFT_OUT = ["(a{900}){900}"]
"""What only the engine can tell of."""


def said(text: str) -> Iterator[Message]:
    """All that is told of an expression."""
    found = Cel().compile(text)
    if isinstance(found, Refused):
        for fault in found.faults:
            yield fault.message
            if fault.hint:
                yield fault.hint
    elif (why := found.judge(CASE).why) is not None:
        yield why


@pytest.mark.parametrize("text", ALL, ids=lambda text: ascii(text)[:50])
def test_what_is_wrong_is_told_in_our_words_in_both_languages(text):
    if any(part in text for part in LEFT_OUT):
        return
    swedish = catalogue("sv")
    for message in said(text):
        why = message.values.get("why", message)
        assert isinstance(why, Message), why
        assert swedish.message(why) != str(why)


def test_there_is_something_to_tell_of_each_that_is_written_wrongly():
    assert [text for text in WRITTEN if not list(said(text))] == []
    assert [text for text in PATTERNS if not list(said(f'action.matches("{text}")'))] == []
