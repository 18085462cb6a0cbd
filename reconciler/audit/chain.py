"""The chain: each line names its number and the hash of the line before it, so that nothing can be changed unseen.

    {"entry":{…},"n":17,"previous":"<SHA-256 of line 16, in hex>"}

A line is canonical JSON (RFC 8785) in UTF-8, ended by a line feed that is hashed with it. Whoever changes, removes,
inserts or moves a line breaks a link. A tail that is cut off breaks none, and whoever can write the file can
forge all of it from some line on: against that stands the head (number and hash of the last line), which is
kept somewhere else.

Where a crash has cut a line short, the next line begins right behind what is left of it and tells how many bytes
that is (`"torn":123` at its end): it is one line with what was left, and links like any other. Where no head was
found beside a log that has lines, the next line says so (`"headless":true`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

MOST = 50
"""Breaks that are told one by one."""

_BEGINS = b'{"entry":{'
_FRAME = re.compile(
    rb'\{"entry":\{.*\}(,"headless":true)?,"n":([1-9][0-9]{0,14}),"previous":"([0-9a-f]{64})"'
    rb'(?:,"torn":[1-9][0-9]*)?\}\n',
    re.DOTALL,
)
_TORN = re.compile(rb',"torn":([1-9][0-9]{0,14})\}\n\Z')
_HEAD = re.compile(r"(?:([1-9][0-9]{0,14}):)?([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a log: what vouches for every line up to it.

    Attributes:
        lines: how many there are.
        digest: SHA-256 of the last one, in hex; zeros where there is none.
    """

    lines: int = 0
    digest: str = "0" * 64

    def __str__(self) -> str:
        """As it is printed, stored by pipelines, and given to `audit verify --head`."""
        return f"{self.lines}:{self.digest}"


EMPTY = Head()
"""The head of a log that has no lines."""


def read_head(text: str) -> Head | None:
    """From `17:HASH`, or a hash alone, whose number is then 0; None where it is neither."""
    found = _HEAD.fullmatch(text.strip().lower())
    return Head(int(found[1] or 0), found[2]) if found else None


@dataclass(frozen=True, slots=True)
class Found:
    """What stands where a line is to be written, and must be told with it.

    Attributes:
        fragment: what a crash has left of another line.
        headless: there are lines, and no head that vouches for them.
    """

    fragment: bytes = b""
    headless: bool = False


NOTHING = Found()


def line_of(entry: Mapping[str, Any], head: Head, found: Found = NOTHING) -> bytes:
    """The line that follows a head, with its line break.

    Args:
        entry: names, texts, whole numbers, lists of such; a lone surrogate in a text is written as its code.
        head: what it follows.
        found: what stands there; the line begins with a fragment.
    """
    import rfc8785

    frame = {"entry": _writable(entry), "n": head.lines + 1, "previous": head.digest}
    if found.headless:
        frame["headless"] = True
    if found.fragment:
        frame["torn"] = len(found.fragment)
    return found.fragment + rfc8785.dumps(frame) + b"\n"


def lines_of(entries: Sequence[Mapping[str, Any]], head: Head, found: Found = NOTHING) -> list[bytes]:
    """The lines of several entries after a head; the first tells of what was found there."""
    lines = []
    for entry in entries:
        lines.append(line_of(entry, head, found))
        head, found = after(lines[-1], head), NOTHING
    return lines


def after(line: bytes, head: Head) -> Head:
    """The head when this line has followed a head."""
    return Head(head.lines + 1, sha256(line).hexdigest())


@dataclass(frozen=True, slots=True)
class Frame:
    """What a line says beside its entry.

    Attributes:
        number: of the line.
        previous: the hash of the line before it.
        torn: with how many bytes of another line, which a crash has cut short, it begins.
        headless: no head was found when it was written.
    """

    number: int
    previous: str
    torn: int
    headless: bool


def frame_of(line: bytes) -> Frame | None:
    """What a line says beside its entry; None where it is no whole line of a log."""
    told = _TORN.search(line, max(len(line) - 32, 0))
    torn = int(told[1]) if told else 0
    found = _FRAME.fullmatch(line, torn)
    return Frame(int(found[2]), found[3].decode(), torn, found[1] is not None) if found else None


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the log is not what was written.

    Attributes:
        line: counted from 1, in the file as it is.
        message: what is wrong there.
    """

    line: int
    message: Message


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk along the chain has found.

    Attributes:
        head: the number of lines in the file, and the hash of the last.
        breaks: where it is broken; at most MOST.
        torn: lines that begin with what a crash has left of another.
        headless: lines that no head was found for when they were written.
        last: bytes of the last line.
        fragment: bytes after the last line break: of a line that a crash, or somebody, has cut short.
        places: of the hashes that were looked for, the first line that has them.
    """

    head: Head
    breaks: tuple[Break, ...]
    torn: tuple[int, ...] = ()
    headless: tuple[int, ...] = ()
    last: int = 0
    fragment: int = 0
    places: Mapping[str, int] = field(default_factory=dict)


def walk(lines: Iterable[bytes], look_for: Collection[str] = (), start: Head | None = None) -> Walked:
    """Follow the chain from its first line to its last.

    Args:
        lines: as they stand in the file, line breaks included.
        look_for: hashes whose lines are wanted.
        start: what the first line follows; the beginning of a log if nothing is said.

    Returns:
        Where it ends, and every link that does not hold.
    """
    return _Walk(look_for, start or EMPTY).all(lines)


class _Walk:
    """One walk. The place counts lines of the file; the number is what the line should say it has."""

    def __init__(self, look_for: Collection[str], start: Head) -> None:
        self._wanted, self._places = frozenset(look_for), dict[str, int]()
        self._place, self._number, self._digest = start.lines, start.lines, start.digest
        self._breaks: list[Break] = []
        self._torn: list[int] = []
        self._headless: list[int] = []

    def all(self, lines: Iterable[bytes]) -> Walked:
        raw, fragment = b"", 0
        # a log has millions of lines: what holds is dealt with here, in as few steps as can be
        for line in lines:
            if line[-1:] != b"\n":
                fragment = len(line)
                break
            raw = line
            self._place += 1
            self._number += 1
            suffix = b'},"n":%d,"previous":"%s"}\n' % (self._number, self._digest.encode())
            if not (raw.endswith(suffix) and raw.startswith(_BEGINS)):
                self._look_at(raw)
            self._digest = sha256(raw).hexdigest()
            if self._digest in self._wanted:
                self._places.setdefault(self._digest, self._place)
        head = Head(self._place, self._digest)
        told = tuple(self._breaks), tuple(self._torn), tuple(self._headless)
        return Walked(head, *told, last=len(raw), fragment=fragment, places=self._places)

    def _look_at(self, line: bytes) -> None:
        """A line that does not simply follow."""
        frame, bad = frame_of(line), Message("this is no line of an audit log")
        if frame is None:
            self._break(self._place, bad)
        elif frame.number != self._number:
            message = Message(
                "the line says that it is number {number}, and number {expected} belongs here:"
                " lines were removed, inserted or moved",
                number=frame.number,
                expected=self._number,
            )
            self._break(self._place, message)
            self._number = frame.number
        elif frame.previous != self._digest:
            changed = Message("the line is not what it was when the next one was written")
            self._break(max(self._place - 1, 1), changed if self._place > 1 else bad)
        else:
            self._torn += [self._place] if frame.torn else []
            self._headless += [self._place] if frame.headless else []

    def _break(self, place: int, message: Message) -> None:
        # a line that is none is not what the next one was written after either: once is enough
        if len(self._breaks) < MOST and not (self._breaks and self._breaks[-1].line == place):
            self._breaks.append(Break(place, message))


def _writable(value: Any) -> Any:
    """A value without lone surrogates, which no UTF-8 can hold: names come from YAML and backends."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_writable(name): _writable(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(held) for held in value]
    return value
