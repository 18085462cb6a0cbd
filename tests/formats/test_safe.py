"""Nothing that a name may hold does harm where it is printed: no character, and no brace."""

from __future__ import annotations

import datetime as dt
import re
import sys
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Finding, Message, Position
from reconciler.formats import show_plan, show_rights
from reconciler.formats.catalogue import catalogue
from reconciler.formats.safe import clean
from reconciler.formats.text import findings_text
from reconciler.formats.views import View
from reconciler.plan import build
from reconciler.rights import Operator
from tests.support.worlds import access, current, desired, register, rights

UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control, format, surrogates, line and paragraph separators: told from Unicode, not from our own list."""

ATTACKS = {
    "red text": ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
    "clear the screen": ("\x1b[2J\x1b[H", r"\x1b[2J\x1b[H"),
    "set the window's title": ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
    "a hyperlink by OSC 8": (
        "\x1b]8;;https://evil.example\x1b\\bank\x1b]8;;\x1b\\",
        r"\x1b]8;;https://evil.example\x1b\bank\x1b]8;;\x1b" + "\\",
    ),
    "C1 control sequence introducer": ("\x9b31m", r"\x9b31m"),
    "C1 operating system command": ("\x9d0;owned\x9c", r"\x9d0;owned\x9c"),
    "next line": ("a\x85b", r"a\x85b"),
    "a forged line": ("Anna\n  + Eve", r"Anna\x0a  + Eve"),
    "overwrite the line": ("Anna\rEve ", r"Anna\x0dEve "),
    "a tab": ("a\tb", r"a\x09b"),
    "backspace": ("Anna\x08\x08Eve", r"Anna\x08\x08Eve"),
    "delete": ("a\x7f", r"a\x7f"),
    "null": ("a\x00b", r"a\x00b"),
    "line separator": ("a\u2028b", r"a\u2028b"),
    "paragraph separator": ("a\u2029b", r"a\u2029b"),
    "right-to-left override": ("a\u202exe.txt", r"a\u202exe.txt"),
    "isolates": ("\u2066a\u2069", r"\u2066a\u2069"),
    "left-to-right mark": ("a\u200e", r"a\u200e"),
    "Arabic letter mark": ("a\u061c", r"a\u061c"),
    "zero width": ("an\u200bna\u200d\u2060", r"an\u200bna\u200d\u2060"),
    "soft hyphen": ("an\xadna", r"an\xadna"),
    "byte order mark": ("\ufeffanna", r"\ufeffanna"),
    "tags": ("a\U000e0041", r"a\U000e0041"),
    "annotation": ("a\ufff9b", r"a\ufff9b"),
    "a musical control": ("a\U0001d173", r"a\U0001d173"),
    "lone surrogate": ("a\ud800", r"a\ud800"),
    "half of a pair": ("\udfffa", r"\udfffa"),
    "private use": ("a\ue000", r"a\ue000"),
    "unassigned": ("a\u0378", r"a\u0378"),
    "a letter that shows nothing": ("an\u3164na", r"an\u3164na"),
    "a variation selector": ("a\ufe0f", r"a\ufe0f"),
    "a joiner that shows nothing": ("a\u034fb", r"a\u034fb"),
    "a command to GitHub's runner": ("::error::no", r"\x3a:error::no"),
    "the same behind spaces": ("a \xa0::error::no", "a \xa0" + r"\x3a:error::no"),
    "an old command to the runner": ("a ##[error]no", r"a #\x23[error]no"),
    "a command to Azure's agent": ("a##vso[task.complete]", r"a#\x23vso[task.complete]"),
    "the end of a code block": ("a ``` b", r"a \x60`` b"),
    "the end of another one": ("~~~~", r"\x7e~~~"),
}

HARMLESS = [
    "",
    "Åsa Öberg",
    "日本",
    "𝄞",
    "👩",
    "{x}",
    "{",
    "}",
    "{0.__class__}",
    "%(x)s",
    "%s",
    "\\x1b",
    "a\xa0b",
    "“”",
    "a::b",
    "C++",
    "# 1",
    "## [x]",
    "~~gone~~",
    "שלום",
    "أحمد",
]


def unsafe_in(text: str) -> list[str]:
    """The unsafe characters of a text, apart from its line breaks."""
    return [c for c in text if unicodedata.category(c) in UNSAFE and c != "\n"]


@pytest.mark.parametrize(("text", "shown"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_shown_as_its_codes(text, shown):
    assert clean(text) == shown
    assert clean(clean(text)) == shown


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_stays(text):
    assert clean(text) == text


def test_every_unsafe_character_of_unicode_is_shown_as_its_code():
    every = [chr(number) for number in range(sys.maxunicode + 1)]
    dangerous = [character for character in every if unicodedata.category(character) in UNSAFE]
    assert len(dangerous) > 2200
    assert [f"{ord(c):x}" for c in dangerous if not clean(c).isascii()] == []


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_unsafe_is_left_of_any_text(text):
    assert unsafe_in(clean(text)) == []
    assert "\n" not in clean(text)


VALUES = [text for text, _ in ATTACKS.values()] + HARMLESS


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_a_message_makes_its_values_safe_and_reads_no_braces_in_them(language, value):
    say = catalogue(language)
    told = say.message(Message("there is no team “{name}”", name=value))
    assert told == say.message(Message("there is no team “{name}”", name="@")).replace("@", clean(value))
    nested = Message("error: {message}", message=Message("there is no team “{name}”", name=value))
    assert say.message(nested).endswith(told)
    counted = say.count("{accesses} with {n} program", "{accesses} with {n} programs", 2, accesses=value)
    assert counted.startswith(clean(value))
    assert say.label({language: value}, "key") == (clean(value) or "key")


def hostile_plan(value: str):
    """A plan with a value wherever a name, a reason or a hint may stand."""
    reg = register(["anna", "bo", "left"], ["1", "2"], ["p", "q"], disconnected=["2"], left=["left"])
    reg = replace(reg, label=value)
    consultants, clients, programs = reg.consultants, reg.clients, reg.programs
    reg = replace(
        reg,
        consultants=replace(consultants, labels=(value,) * 3),
        clients=replace(clients, labels=(value,) * 2),
        programs=replace(programs, labels=({"en": value, "sv": value},) * 2),
    )
    want = access(reg, ("anna", "1", "p"), ("anna", "2", "p"), ("bo", "1", None))
    have = access(reg, ("bo", "1", "q"), ("left", "1", "p"), ("bo", "2", "p"))
    wish = desired(
        reg,
        want,
        findings=(
            Finding(
                "x", Message("“{name}” selects nothing", name=value), excerpt=value, position=Position(value)
            ),
        ),
    )
    rule = replace(wish.rules[0], name=value, reason=value, until=dt.date(2026, 11, 30))
    me = Operator(
        "me", value, None, rights(reg, ["1"])
    )  # its key is digested, and can hold no half character
    boss = Operator("boss", value, None, rights(reg, ["1", "2"]))
    now = current(reg, have, me, others=(boss,))
    return build(replace(wish, rules=(rule,)), now, dt.date(2026, 11, 24)), now


def printed(value: str, language: str) -> str:
    """Everything that text says of the plan, its findings and the rights."""
    say = catalogue(language)
    plan, now = hostile_plan(value)
    texts = [show_plan(plan, "text", say, full=True, view=view) for view in View]
    return "".join([*texts, show_rights(now, "text", say, full=True), findings_text(plan.findings, say)])


def without_layout(text: str) -> str:
    """A text without what depends on its words: line breaks, the lines under headings, and the digest."""
    return re.sub(r"[\s-]|sha256:\w{64}", "", text)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("value", [value for value in VALUES if value], ids=ascii)
def test_hostile_names_in_a_plan_are_shown_and_change_nothing_else(language, value):
    text = printed(value, language)
    assert unsafe_in(text) == []
    assert without_layout(text) == without_layout(printed("@@", language).replace("@@", clean(value)))
