"""Reading a JSON object field by field: the value of the right type, or an error that names the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar

from reconciler.errors import BackendError, Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum
    from typing import Self

    from reconciler.errors import ReconcilerError

Word = TypeVar("Word", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class Fields:
    """One object of a document.

    Attributes:
        place: where it stands: "/v1/clients[12]", counted from 1.
        values: what it holds; fields that nobody asks for are ignored.
        failed: the kind of error where a field is not as it should be; a subclass may have another one.
    """

    failed: ClassVar[type[ReconcilerError]] = BackendError

    place: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, place: str, value: object) -> Self:
        """An object; the error of its kind where it is something else."""
        if not isinstance(value, dict):
            raise cls.failed(
                Message("{place} should be an object, not {value}", place=place, value=_short(value))
            )
        return cls(place, value)

    def wrong(self, name: str, expected: Message) -> NoReturn:
        """Say that a field is not as the contract says.

        Raises:
            ReconcilerError: always.
        """
        raise self.failed(
            Message(
                "{place}: {field} should be {expected}, not {value}",
                place=self.place,
                field=name,
                expected=expected,
                value=_short(self.values.get(name)),
            )
        )

    def text(self, name: str) -> str:
        """A string."""
        value = self.values.get(name)
        return value if isinstance(value, str) else self.wrong(name, Message("text"))

    def key(self, name: str) -> str:
        """A string that is not empty."""
        return self.text(name) or self.wrong(name, Message("text that is not empty"))

    def maybe(self, name: str) -> str | None:
        """A string that is not empty, or null."""
        return None if self.values.get(name) is None else self.key(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings."""
        values = self.items(name)
        return (
            tuple(values)
            if all(type(value) is str for value in values)
            else self.wrong(name, Message("a list of texts"))
        )

    def number(self, name: str) -> int:
        """A whole number from 0."""
        value = self.values.get(name)
        return value if type(value) is int and value >= 0 else self.wrong(name, Message("a whole number"))

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else self.wrong(name, Message("true or false"))

    def time(self, name: str) -> str:
        """A date and time with its time zone (RFC 3339), as it is written."""
        text = self.text(name)
        try:
            zone = datetime.fromisoformat(text).tzinfo
        except ValueError:
            zone = None
        return text if zone else self.wrong(name, Message("a date and time with a time zone"))

    def word(self, name: str, words: type[Word]) -> Word:
        """One of a set of words."""
        try:
            return words(self.text(name))
        except ValueError:
            self.wrong(name, Message("one of {words}", words=", ".join(words)))

    def either(self, name: str, words: Mapping[str, bool]) -> bool:
        """What one of two words means."""
        found = words.get(self.text(name))
        return self.wrong(name, Message("one of {words}", words=", ".join(words))) if found is None else found

    def items(self, name: str) -> list[Any]:
        """A list of anything."""
        value = self.values.get(name)
        return value if isinstance(value, list) else self.wrong(name, Message("a list"))

    def sub(self, name: str) -> Self:
        """An object inside."""
        value = self.values.get(name)
        return (
            type(self)(f"{self.place}: {name}", value)
            if isinstance(value, dict)
            else self.wrong(name, Message("an object"))
        )

    def subs(self, name: str, first: int = 0) -> list[Self]:
        """A list of objects, counted from so many in their places."""
        values = self.items(name)
        return [self.of(f"{self.place}[{number}]", value) for number, value in enumerate(values, first + 1)]


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
