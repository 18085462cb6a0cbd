"""A `Register` as CSV files: one line an entry, by key, the same bytes for the same register.

Only what this room can read again is written: a key, tag or team that holds a space or a character that is not seen
cannot be named in a rule either, so it is left out and told of.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.invisible import unseen
from reconciler.register.files import LONGEST_LABEL, is_label
from reconciler.register.rows import HEADERS, LANGUAGES, clients_of, consultants_of, programs_of
from reconciler.register.tables import is_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.grid import Register

_Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A register as text.

    Attributes:
        texts: by name of the file what it holds.
        left_out: keys, tags and teams that cannot be written, each once, in order.
    """

    texts: Mapping[str, str]
    left_out: tuple[str, ...]


def write_register(register: Register) -> Written:
    """A register as the texts of its files; nothing is written to disk."""
    writer = _Writer(register)
    rows = {
        "bureau": writer.bureau(),
        "programs": writer.programs(),
        "consultants": writer.consultants(),
        "clients": writer.clients(),
    }
    texts = {f"{name}.csv": _text(header, rows[name]) for name, header in HEADERS.items()}
    return Written(texts, tuple(sorted(writer.left_out)))


@dataclass(slots=True)
class _Writer:
    """Makes rows of a register, and notes what cannot be written."""

    register: Register
    left_out: set[str] = field(default_factory=set)

    def bureau(self) -> Iterator[_Row]:
        yield self.register.bureau, _label(self.register.label), self.register.timezone

    def programs(self) -> Iterator[_Row]:
        for row in programs_of(self.register):
            if self._writable(row.key):
                labels = [_label(row.labels.get(language, "")) for language in LANGUAGES]
                yield row.key, *labels, "yes" if row.in_package else "no"

    def consultants(self) -> Iterator[_Row]:
        for row in consultants_of(self.register):
            if self._writable(row.key):
                status = "active" if row.active else "left"
                yield row.key, _label(row.label), status, *map(self._words, (row.tags, row.teams, row.leads))

    def clients(self) -> Iterator[_Row]:
        for row in clients_of(self.register):
            if self._writable(row.key):
                status = "connected" if row.connected else "disconnected"
                team = (row.team,) if row.team else ()
                yield row.key, _label(row.label), status, self._words(row.tags), self._words(team)

    def _writable(self, key: str) -> bool:
        if is_key(key):
            return True
        self.left_out.add(key)
        return False

    def _words(self, words: tuple[str, ...]) -> str:
        text = " ".join(words)
        if text.isprintable() and text.count(" ") == max(len(words) - 1, 0):
            return text
        kept = [word for word in words if is_key(word) and " " not in word]
        self.left_out.update(word for word in words if word not in kept)
        return " ".join(kept)


def _label(text: str) -> str:
    """A name that can be read again."""
    if is_label(text):
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if unseen(one) else one for one in text[:LONGEST_LABEL])


def _text(header: _Row, rows: Iterable[_Row]) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()
