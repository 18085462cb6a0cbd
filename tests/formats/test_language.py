"""The Swedish catalogue: complete, compiled, with the same placeholders; and which language is chosen."""

from __future__ import annotations

import ast
import io
import json
import re
from pathlib import Path
from string import Formatter

import click
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import dev
from reconciler.commands import click_words
from reconciler.commands.language import choose_language
from reconciler.formats.catalogue import LOCALE
from reconciler.formats.schema import WRITTEN_BY_PEOPLE, texts

ROOT = Path(dev.__file__).parent
PO = LOCALE / "sv" / "LC_MESSAGES" / "reconciler.po"
NAMES = {"Message", "say", "N_", "count", "gettext"}

LEFT_OUT = {
    # click says the kind in English whatever the language: "integer range", "File"
    "{value!r} is not a valid {number_type}.": {"number_type"},
    "{name} {filename!r} does not exist.": {"name"},
    "{name} {filename!r} is a directory.": {"name"},
    "{name} {filename!r} is a file.": {"name"},
    "{name} {filename!r} is not readable.": {"name"},
}
"""Placeholders that the Swedish does without, on purpose."""


def swedish():
    with PO.open("rb") as file:
        return read_po(file, locale="sv", domain="reconciler")


def forms(text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


MESSAGES = [message for message in swedish() if message.id]


def by_babel() -> set[tuple[str, ...]]:
    keywords = DEFAULT_KEYWORDS | parse_keywords(dev.KEYWORDS)
    found = extract_from_dir(ROOT / "reconciler", [("**.py", "python")], keywords=keywords)
    return {forms(text) for _, _, text, _, _ in found}


def of_schemas() -> set[tuple[str, ...]]:
    """The texts of the schemas of files that people write."""
    schemas = (
        json.loads((ROOT / f"schemas/{name}.schema.json").read_text("utf-8")) for name in WRITTEN_BY_PEOPLE
    )
    return {(text,) for schema in schemas for text in texts(schema)}


def of_templates() -> set[tuple[str, ...]]:
    """The texts that templates of pages say."""
    keywords = DEFAULT_KEYWORDS | parse_keywords(dev.KEYWORDS)
    found = extract_from_dir(ROOT / "reconciler/web/templates", [("**.html", "jinja2")], keywords=keywords)
    return {forms(text) for _, _, text, _, _ in found}


def by_syntax() -> set[tuple[str, ...]]:
    """The literals that messages are made from, those in f-strings too, which Babel sees on newer Pythons only."""
    calls = (
        node
        for path in (ROOT / "reconciler").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in NAMES
    )
    found = set()
    for call in calls:
        counted = (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) == "count"
        texts = [getattr(argument, "value", None) for argument in call.args[: 2 if counted else 1]]
        if texts and all(isinstance(text, str) for text in texts) and len(texts) == 1 + counted:
            found.add(tuple(texts))
    return found


def test_babel_finds_every_message_and_nothing_else():
    assert by_babel() == by_syntax()


def test_templates_say_nothing_that_cannot_be_found():
    calls = re.compile(r"\b(?:say|count)\((?!\s*\")")
    for path in sorted((ROOT / "reconciler/web/templates").rglob("*.html")):
        assert calls.findall(path.read_text(encoding="utf-8")) == [], path.name


def test_every_message_is_in_the_catalogue_and_nothing_else_is():
    wanted = by_babel() | of_schemas() | of_templates()
    known = {forms(message.id) for message in MESSAGES}
    hint = "run: python3 dev.py messages, and translate what is new"
    assert known - wanted == set(), hint
    assert wanted - known == set(), hint


def test_every_message_is_translated_and_none_by_a_guess():
    assert [message.id for message in MESSAGES if not all(forms(message.string))] == []
    assert [message.id for message in MESSAGES if message.fuzzy] == []
    assert swedish().num_plurals == 2
    assert [message.id for message in MESSAGES if len(forms(message.id)) != len(forms(message.string))] == []


def placeholders(text: str) -> list[str]:
    fields = [
        f"{name}!{how}" if how else name for _, name, _, how in Formatter().parse(text) if name is not None
    ]
    return sorted({*fields, *re.findall(r"%\(\w+\)\w", text)})


def differences(english: str, other: str) -> list[str]:
    """How a translation is not built as its text."""
    wanted = [name for name in placeholders(english) if name not in LEFT_OUT.get(english, ())]
    same = {
        "placeholders": placeholders(other) == wanted,
        "start": other[:1].isspace() == english[:1].isspace(),
        "end": other.endswith((".", ":")) == english.endswith((".", ":")),
        "lines": other.count("\n") == english.count("\n"),
        "quotes are ” on both sides": "“" not in other and other.count("”") % 2 == 0,
    }
    return [name for name, holds in same.items() if not holds]


def test_a_translation_has_the_same_placeholders_and_the_same_ends():
    found = {
        english: differences(english, other)
        for message in MESSAGES
        for english, other in zip(forms(message.id), forms(message.string), strict=True)
    }
    assert {text: what for text, what in found.items() if what} == {}


def test_the_compiled_catalogue_is_what_the_texts_compile_to():
    compiled = io.BytesIO()
    write_mo(compiled, swedish())
    assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run: python3 dev.py messages"


def literals_of_click() -> set[str]:
    return {
        node.value
        for path in Path(click.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_words_of_click_stand_in_its_source():
    ours = {*click_words.SAID, *(form for pair in click_words.COUNTED for form in pair)}
    assert ours - literals_of_click() == set()


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ("", {}, "en"),
        ("plan", {"LANG": "C.UTF-8"}, "en"),
        ("plan", {"LANG": "sv_SE.UTF-8"}, "sv"),
        ("plan", {"LANG": "sv"}, "sv"),
        ("plan", {"LANG": "de_DE.UTF-8"}, "en"),
        ("plan", {"LANG": ""}, "en"),
        ("plan", {"LANG": "sv_SE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ("plan", {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "sv_SE.UTF-8", "LC_ALL": ""}, "sv"),
        ("plan", {"LC_MESSAGES": "sv_SE.UTF-8", "LC_ALL": "C"}, "en"),
        ("plan", {"LC_ALL": "sv_SE.UTF-8", "RECONCILER_LANG": "en"}, "en"),
        ("plan", {"RECONCILER_LANG": "sv"}, "sv"),
        ("plan", {"RECONCILER_LANG": "de", "LANG": "sv_SE"}, "sv"),
        ("--lang sv plan", {}, "sv"),
        ("plan --lang sv", {}, "sv"),
        ("plan --lang=sv", {}, "sv"),
        ("plan --lang en", {"RECONCILER_LANG": "sv", "LANG": "sv_SE"}, "en"),
        ("plan --lang", {"RECONCILER_LANG": "sv"}, "sv"),
        ("plan --lang de", {"LANG": "sv_SE"}, "sv"),
        ("plan --lang=", {}, "en"),
        ("plan --language sv", {}, "en"),
        ("plan -- --lang sv", {}, "en"),
    ],
)
def test_the_language_is_that_of_the_flag_the_environment_or_the_locale(arguments, environment, language):
    assert choose_language(arguments.split(), environment) == language
