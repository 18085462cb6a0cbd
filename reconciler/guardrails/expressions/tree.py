"""The syntax tree of a compiled expression, read from what CEL implementations exchange it as.

That is `cel.expr.CheckedExpr` of the CEL specification, a protobuf message. It is small and fixed, so it
is read here field by field, without the protobuf library that nothing else needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RULE_TYPE = bytes((0x3A, 8, 10, 2, 0x18, 5, 18, 2, 0x18, 5))
"""The type of an item of `rules`: a map from text to text, as the message writes it."""


class Form(StrEnum):
    """What a node is."""

    TEXT = "text"
    """A text that is written out."""
    CONSTANT = "constant"
    NAME = "name"
    FIELD = "field"
    HAS = "has"
    """A field, asked for with has()."""
    CALL = "call"
    LIST = "list"
    MAP = "map"
    LOOP = "loop"
    """all, exists, map and the like."""


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression.

    Attributes:
        form: what it is.
        word: the text, the name, the field, the function; of a loop its variable.
        parts: what it is made of; of a call its target first; of a loop: range, start, condition, step, result.
        at: where it stands in the expression: of a field its dot, of a call its operator.
        rule: whether its value is an item of `rules`.
        overloads: of a call, which versions of the function fit the types.
    """

    form: Form
    word: str
    parts: tuple[Node, ...]
    at: int
    rule: bool = False
    overloads: tuple[str, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        ahead = [self]
        while ahead:
            node = ahead.pop()
            yield node
            ahead.extend(reversed(node.parts))


def read_tree(serialized: bytes) -> Node:
    """The tree of a CheckedExpr or a ParsedExpr inside a protobuf Any."""
    envelope = _fields(serialized)
    checked = envelope[1][0].endswith(b"CheckedExpr")
    message = _fields(envelope[2][0])
    source = _fields(message[5 if checked else 3][0])
    types = dict(_entry(entry) for entry in message.get(3, ())) if checked else {}
    references = dict(_entry(entry) for entry in message.get(2, ())) if checked else {}
    places = {_number(entry, 1): _number(entry, 2) for entry in map(_fields, source.get(4, ()))}
    return _Reader(places, types, references).node(message[4 if checked else 2][0])


def split(serialized: bytes) -> tuple[str, list[bytes]] | None:
    """What a CheckedExpr is made of by `&&`, `||` or `!`: the operator, and each part as a CheckedExpr of its own.

    None where it is made otherwise.
    """
    envelope = _fields(serialized)
    message = _fields(envelope[2][0])
    call = _fields(_fields(message[4][0]).get(6, [b""])[0])
    operator = _text(call, 2)
    if operator not in {"_&&_", "_||_", "!_"}:
        return None
    parts = [_message({**message, 4: [part]}) for part in call[3]]
    return operator, [_message({1: envelope[1], 2: [part]}) for part in parts]


class _Reader:
    """Turns messages into nodes, with what stands beside the tree."""

    def __init__(
        self, places: Mapping[int, int], types: Mapping[int, bytes], references: Mapping[int, bytes]
    ) -> None:
        self._places, self._types, self._references = places, types, references

    def node(self, data: bytes) -> Node:
        """An Expr; deep trees are refused by the parser long before Python's stack ends."""
        fields = _fields(data)
        number = _number(fields, 2)
        form, word, parts = self._form(fields)
        overloads = _fields(self._references.get(number, b"")).get(3, []) if form is Form.CALL else []
        return Node(
            form,
            word,
            tuple(map(self.node, parts)),
            self._places.get(number, 0),
            rule=self._types.get(number) == RULE_TYPE,
            overloads=tuple(name.decode() for name in overloads),
        )

    @staticmethod
    def _form(fields: Mapping[int, list[bytes]]) -> tuple[Form, str, list[bytes]]:
        kind = next((number for number in range(3, 10) if number in fields), 8)
        inner = _fields(fields[kind][0]) if kind in fields else {}
        found: tuple[Form, str, list[bytes]]
        match kind:
            case 3:
                found = (Form.TEXT, _text(inner, 6), []) if 6 in inner else (Form.CONSTANT, "", [])
            case 4:
                found = Form.NAME, _text(inner, 1), []
            case 5:
                found = Form.HAS if 3 in inner else Form.FIELD, _text(inner, 2), inner[1]
            case 6:
                found = Form.CALL, _text(inner, 2), inner.get(1, []) + inner.get(3, [])
            case 7:
                found = Form.LIST, "", inner.get(1, [])
            case 9:
                found = Form.LOOP, _text(inner, 1), [inner[number][0] for number in (2, 4, 5, 6, 7)]
            case _:
                entries = map(_fields, inner.get(2, []))
                found = (
                    Form.MAP,
                    "",
                    [part for entry in entries for key in (3, 4) for part in entry.get(key, [])],
                )
        return found


def _fields(data: bytes) -> dict[int, list[bytes]]:
    """The fields of a message by number; a number is kept as its bytes, little end first."""
    found: dict[int, list[bytes]] = {}
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                number, at = _varint(data, at)
                value = number.to_bytes(10, "little")
            case 2:
                size, at = _varint(data, at)
                value, at = data[at : at + size], at + size
            case width:
                size = 8 if width == 1 else 4
                value, at = data[at : at + size], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def _message(fields: Mapping[int, list[bytes]]) -> bytes:
    """A message all of whose fields are texts and messages."""
    written = bytearray()
    for key, values in fields.items():
        for value in values:
            written += _written(key << 3 | 2) + _written(len(value)) + value
    return bytes(written)


def _written(number: int) -> bytes:
    """A number of seven bits a byte."""
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*written, number))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _number(fields: Mapping[int, list[bytes]], key: int) -> int:
    return int.from_bytes(fields[key][0], "little") if key in fields else 0


def _text(fields: Mapping[int, list[bytes]], key: int) -> str:
    return fields[key][0].decode() if key in fields else ""


def _entry(data: bytes) -> tuple[int, bytes]:
    """An entry of a map from node numbers to messages."""
    fields = _fields(data)
    return _number(fields, 1), fields.get(2, [b""])[0]
