"""Plain frozen values as JSON and back, by the types of their fields: what a plan file keeps of rules and findings.

Names, never ids: what counts in a register (blocks, masks) is written in `encode`. A value that is read back is
told from the one that was written by nothing that is printed.
"""

from __future__ import annotations

import datetime as dt
import string
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from reconciler.desired.values import Rule
from reconciler.errors import Finding, Message, Position
from reconciler.grid import Access, Block, Half, Register
from reconciler.guardrails import Refusal, Violation
from reconciler.rights import Operator, Reason

_Value = TypeVar("_Value")

_NAMES: dict[str, Any] = {
    "Access": Access,
    "Block": Block,
    "Finding": Finding,
    "Half": Half,
    "Mapping": Mapping,
    "Operator": Operator,
    "Position": Position,
    "Reason": Reason,
    "Refusal": Refusal,
    "Register": Register,
    "Rule": Rule,
    "Sequence": Sequence,
    "Violation": Violation,
    "date": dt.date,
    "dt": dt,
}
"""What annotations name that their module imports for the type checker alone."""


def pack(value: Any) -> Any:
    """A value as JSON: dataclasses and mappings as objects, tuples as lists, dates and words as texts."""
    match value:
        case None | bool() | int() | str() | dt.date():
            return _word(value)
        case Message():
            return _message(value)
        case Mapping():
            return {str(name): pack(held) for name, held in value.items()}
        case Sequence():
            return [pack(held) for held in value]
        case _:
            return {key(field.name): pack(getattr(value, field.name)) for field in fields(value)}


def _word(value: str | int | dt.date | None) -> str | int | None:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def unpack(kind: type[_Value], document: Any) -> _Value:
    """The value of a dataclass that `pack` wrote.

    Raises:
        ValueError, TypeError, KeyError: where it is not one.
    """
    value: _Value = _read(kind, document)
    return value


def unpack_field(kind: type, name: str, document: Any) -> Any:
    """The value of one field of a dataclass, as `unpack`."""
    return _read(_hints(kind)[name], document)


def key(name: str) -> str:
    """How a field is called in JSON."""
    return name.replace("_", "-")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=_NAMES)


def _read(kind: Any, value: Any) -> Any:
    if kind is Any:
        return value
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else _read(next(one for one in inner if one is not NoneType), value)
    if origin is Mapping:
        return {name: _read(inner[1], held) for name, held in _typed(dict, value).items()}
    if origin is not None:
        return tuple(_read(inner[0], held) for held in _typed(list, value))
    return _read_one(kind, value)


def _read_one(kind: type, value: Any) -> Any:
    if kind is Message:
        return _message_from(_typed(dict, value))
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if issubclass(kind, StrEnum):
        return kind(value)
    if is_dataclass(kind):
        document = _typed(dict, value)
        return kind(**{name: _read(hint, document[key(name)]) for name, hint in _hints(kind).items()})
    return _typed(kind, value)


def _typed(kind: type[_Value], value: Any) -> _Value:
    # True is an int to Python, and no number to anybody else
    if type(value) is not kind:
        raise TypeError(f"{value!r} is no {kind}")
    return value


def _message(message: Message) -> dict[str, Any]:
    """A sentence, to be said in any language later; of its values what would be printed."""
    values = {name: _said(value) for name, value in message.values.items()}
    return {"text": message.text, "many": message.many, "number": message.number, "values": values}


def _said(value: object) -> Any:
    if isinstance(value, Message):
        return _message(value)
    # a whole number is written as the reader's language writes it; beyond this JSON does not hold it exactly, and
    # none of our figures is that large
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53:
        return int(value)
    return str(value)


def _message_from(document: Mapping[str, Any]) -> Message:
    """A sentence read back; one that could do more than stand on a line of its own is refused."""
    values = {
        name: _message_from(value) if isinstance(value, dict) else value
        for name, value in _typed(dict, document["values"]).items()
    }
    one, many, number = document["text"], document["many"], _typed(int, document["number"])
    for text in (_typed(str, one), _typed(str, many)):
        for _, name, form, conversion in string.Formatter().parse(text):
            if form or conversion or not (name is None or (name in values and name.isidentifier())):
                raise ValueError(f"{text!r} is no sentence")
        if not text.isprintable():
            raise ValueError(f"{text!r} is no sentence")
    if not all(isinstance(value, Message | str | int) for value in values.values()):
        raise TypeError("a value of a sentence is neither a text nor a number")
    if not many:
        return Message(one, **values)
    return Message.count(one, many, number, **{name: value for name, value in values.items() if name != "n"})
