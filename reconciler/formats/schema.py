"""The schemas of the files that people write, in the reader's language: what an editor shows beside the text.

Their titles and descriptions are English in `schemas/`, and stand in the catalogue like every other text; the Swedish
schema is made from both, so that neither can say what the other does not.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reconciler.formats.catalogue import Catalogue

WRITTEN_BY_PEOPLE = ("policy", "config")
"""Schemas whose texts are translated, as their files are written in an editor."""

_TEXTS = ("title", "description")
_VALUES = ("const", "default", "enum", "examples")
"""Keywords that hold values of a file: what looks like a text in them is none of ours."""


def in_language(schema: Mapping[str, Any], say: Catalogue) -> dict[str, Any]:
    """A schema with its titles, descriptions and descriptions of choices in a language.

    Args:
        schema: as it stands in `schemas/`.
        say: the language; English changes nothing.
    """
    found = _each_text(schema, say.text)
    assert isinstance(found, dict)
    if say.language != "en" and "$id" in found:
        found["$id"] += f":{say.language}"
    return found


def texts(schema: Mapping[str, Any]) -> list[str]:
    """Every text of a schema that is translated, as often as it stands there."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _each_text(schema, note)
    return found


def extract(
    file: IO[bytes], _keywords: object, _comment_tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The texts of a schema file for the catalogue; called by Babel, see `tool.babel` in pyproject.toml."""
    del options
    for text in texts(json.load(file)):
        yield 1, "", text, []


def _each_text(schema: Any, change: Callable[[str], str]) -> Any:
    """A copy of a schema, with each of its texts changed."""
    if isinstance(schema, list):
        return [_each_text(part, change) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _changed(key, value, change) for key, value in schema.items()}


def _changed(key: str, value: Any, change: Callable[[str], str]) -> Any:
    if key in _TEXTS and isinstance(
        value, str
    ):  # “title” may be the name of a property, too: then it is a schema
        return change(value)
    if key == "enumDescriptions":
        return [change(text) for text in value]
    return value if key in _VALUES else _each_text(value, change)
