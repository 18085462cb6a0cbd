"""Messages in the reader's language, from gettext catalogues; where a value enters a sentence it is made safe."""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.safe import LONGEST_VALUE, clean, short

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "sv")
LOCALE = Path(__file__).parent / "locale"


class Said(str):
    """A sentence of ours: it may be long when it becomes a value in another one, which a name may not be."""

    __slots__ = ()


class Catalogue:
    """Says things in one language.

    Args:
        language: "en" or "sv".
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._translations: gettext.NullTranslations = (
            gettext.NullTranslations()
            if language == "en"
            else gettext.translation("reconciler", LOCALE, [language])
        )

    def __call__(self, text: str, /, **values: object) -> str:
        """A sentence with its values; the text is found by the catalogue's tools under the name `say`."""
        return self.message(Message(text, **values))

    def message(self, message: Message) -> str:
        """The sentence of a Message, in one line, with its values made safe to print."""
        return Said(
            self._sentence(message).format(
                **{name: self._value(value) for name, value in message.values.items()}
            )
        )

    def _sentence(self, message: Message) -> str:
        """The sentence in this language, its values still to be filled in."""
        if message.many:
            return self._translations.ngettext(message.text, message.many, message.number)
        return self._translations.gettext(message.text) if message.text else ""

    def text(self, text: str) -> str:
        """A text without values, such as a help text; braces in it are braces."""
        return self._translations.gettext(text)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A sentence that counts, as `Message.count`."""
        return self.message(Message.count(one, many, n, **values))

    def label(self, labels: Mapping[str, str], key: str) -> str:
        """What a program is called in this language; its key where nobody has named it."""
        return short(labels.get(self.language) or labels.get("en") or key)

    def wording(self, texts: Mapping[str, str]) -> str:
        """What somebody wrote in several languages, in this one; in one of those that there are where it lacks."""
        return next((texts[one] for one in (self.language, *texts) if one in texts), "")

    def number(self, number: int) -> str:
        """A whole number with its thousands apart, as the language writes it."""
        return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}" if self.language == "sv" else ",")

    def listing(self, words: list[str]) -> str:
        """Words as a list in a sentence: "a, b and c"; the words are safe already."""
        if len(words) < 2:
            return Said("".join(words))
        return Said(
            self._translations.gettext("{words} and {last}").format(
                words=", ".join(words[:-1]), last=words[-1]
            )
        )

    def _value(self, value: object) -> str:
        if isinstance(value, Message):
            return self.message(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value)
        # what is safe already stays as it is; this is the last place before a terminal, whoever forgot it
        return clean(value) if isinstance(value, Said) else short(str(value), LONGEST_VALUE)


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language; read once."""
    return Catalogue(language)
