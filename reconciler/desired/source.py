"""One file as text: size, encoding and line table. The only module of `desired` that opens files.

It must never read more than the limit, follow a link out of the policy folder, or guess an encoding.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reconciler.errors import Finding, Message, Position, Severity
from reconciler.regular import NotRegular, TooLarge, leads_outside, read_regular, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LIMIT = 64 * 2**20
"""The largest file that is read, in bytes: some 500,000 rules."""

_WIDEST_EXCERPT = 400
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, eq=False)
class Source:
    """A file that was read.

    Attributes:
        file: its name, as findings show it.
        text: without byte order mark.
    """

    file: str
    text: str

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line starts; a line ends with LF, CR LF or CR, as editors count."""
        characters = np.frombuffer(self.text.encode("utf-32-le"), dtype=np.uint32)
        ends = characters == 10
        lone = characters == 13
        lone[:-1] &= ~ends[1:]
        return [0, *(np.flatnonzero(ends | lone) + 1).tolist()]

    def position(self, index: int) -> Position:
        """The place of a character, given its index in the text."""
        line = bisect_right(self._starts, index)
        return Position(self.file, line, index - self._starts[line - 1] + 1)

    def positions(self, indexes: Sequence[int]) -> list[Position]:
        """The places of many characters."""
        starts, at = np.array(self._starts), np.array(indexes, dtype=np.int64)
        lines = np.searchsorted(starts, at, side="right")
        columns = at - starts[lines - 1] + 1
        return [Position(self.file, *place) for place in zip(lines.tolist(), columns.tolist(), strict=True)]

    def excerpt(self, index: int) -> str:
        """The line of a character; cut where it is very long, empty where the character is beyond that."""
        line = bisect_right(self._starts, index)
        start = self._starts[line - 1]
        if index - start >= _WIDEST_EXCERPT:
            return ""
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[start : min(end, start + _WIDEST_EXCERPT)].rstrip("\r\n")

    def finding(
        self,
        code: str,
        message: Message,
        index: int = 0,
        hint: Message | None = None,
        *,
        severity: Severity = Severity.ERROR,
        also: Iterable[Position] = (),
    ) -> Finding:
        """A finding about the character at an index."""
        return Finding(code, message, self.position(index), hint, self.excerpt(index), severity, tuple(also))


def read(path: Path, folder: Path) -> tuple[Source | None, list[Finding]]:
    """Read a file of the policy folder.

    Returns:
        The source, None where it cannot be used, and what there is to tell about it.
    """
    file = shown(path)
    if leads_outside(path, folder):
        message = Message("{file} is a link that leads out of the policy folder", file=file)
        hint = Message("put the file itself into the folder, so that a review sees what it says")
        return None, [Finding("link-outside", message, Position(file), hint)]
    try:
        raw = read_regular(path, LIMIT)
    except NotRegular:
        message = Message("{file} is not a file", file=file)
        return None, [Finding("not-a-file", message, Position(file))]
    except TooLarge as large:
        return None, [_too_large(file, large.megabytes)]
    except OSError as error:
        message = Message("{file} cannot be read: {why}", file=file, why=error.strerror or str(error))
        return None, [Finding("unreadable", message, Position(file))]
    return decode(raw, file)


def _too_large(file: str, megabytes: int) -> Finding:
    message = Message(
        "{file} has {size} MB; at most {limit} MB are read", file=file, size=megabytes, limit=LIMIT // 2**20
    )
    hint = Message("split it into several files, or use a selector instead of listing clients")
    return Finding("file-too-large", message, Position(file), hint)


def decode(raw: bytes, file: str) -> tuple[Source | None, list[Finding]]:
    """The bytes of a file as text.

    Args:
        raw: at most LIMIT bytes.
        file: its name, as findings show it.

    Returns:
        The source, None where it cannot be used, and what there is to tell about it.
    """
    findings: list[Finding] = []
    if raw.startswith(_BOM):
        raw = raw[len(_BOM) :]
        message = Message("the file starts with a byte order mark, which is ignored")
        hint = Message("save it as UTF-8 without BOM")
        findings.append(Finding("byte-order-mark", message, Position(file), hint, severity=Severity.WARNING))
    try:
        return Source(file, raw.decode("utf-8")), findings
    except UnicodeDecodeError as error:
        return None, [*findings, _not_utf8(raw, error.start, file)]


def _not_utf8(raw: bytes, at: int, file: str) -> Finding:
    """Says where, and what the byte would be in the encoding that Windows uses here."""
    if raw.startswith(_UTF16):
        message = Message("the file is saved as UTF-16")
        return Finding("not-utf-8", message, Position(file), Message("save it as UTF-8"))
    before = Source(file, raw[:at].decode("utf-8"))
    meant = raw[at : at + 1].decode("cp1252", errors="replace")
    message = Message("the byte {byte} is not UTF-8", byte=f"0x{raw[at]:02X}")
    hint = Message("save the file as UTF-8; in Windows-1252 the byte is “{character}”", character=meant)
    end = raw.find(b"\n", at)
    rest = raw[at : end if end >= 0 else len(raw)][:_WIDEST_EXCERPT].decode("cp1252", errors="replace")
    line = before.excerpt(len(before.text)) + rest.rstrip("\r")
    return Finding("not-utf-8", message, before.position(at and len(before.text)), hint, line)
