"""The language of help and output: `--lang` over RECONCILER_LANG over the locale; known before anything is parsed.

Click says its own words ("Usage", "No such option") through gettext's global domain; ours is made that
domain, so that its words come from our catalogue too.
"""

from __future__ import annotations

import gettext
import os
from typing import TYPE_CHECKING

from reconciler.formats.catalogue import LANGUAGES, LOCALE, Catalogue, catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def choose_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language that the command line, the environment or the locale asks for; English otherwise."""
    for i, argument in enumerate(arguments):
        if argument == "--":
            break
        value = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and i + 1 < len(arguments):
            value = arguments[i + 1]
        if value in LANGUAGES:
            return value
    wish = environment.get("RECONCILER_LANG", "")
    if wish in LANGUAGES:
        return wish
    locale = next((environment[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(k)), "")
    return "sv" if locale.lower().startswith("sv") else "en"


def speak(language: str) -> Catalogue:
    """Make a language that of click's own words too, and return its catalogue."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("reconciler", str(LOCALE))
    gettext.textdomain("reconciler")
    return catalogue(language)


def N_(text: str) -> str:  # noqa: N802 - gettext's customary mark for "translate this later"
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text
