"""The register by columns, as JSON: what travels by Accept, what is kept encoded, and where rows come from.

    {"id": […], "name": […], "status": {"values": ["active"], "at": [0, 0, …]}, "tags": {…}, …}

Ids and names are lists; what many share is a list of the values that occur, and for each row the place of its
own. It is encoded once for each revision of the register.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Mapping

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Made once: `json.dumps` with these arguments makes one for each call."""

_ACTIVE = {0: "left", 1: "active"}
_CONNECTED = {0: "disconnected", 1: "connected"}

KINDS: Mapping[str, tuple[str, Mapping[str, Callable[[Any], Any]]]] = {
    "consultants": (
        "SELECT id, name, active, tags, teams, leads FROM consultant WHERE bureau = ? ORDER BY id",
        {
            "status": _ACTIVE.__getitem__,
            "tags": json.loads,
            "teams": json.loads,
            "leads": json.loads,
        },
    ),
    "clients": (
        "SELECT id, name, connected, tags, team FROM client WHERE bureau = ? ORDER BY id",
        {"status": _CONNECTED.__getitem__, "tags": json.loads, "team": lambda team: team},
    ),
}
"""For each list how it is read, and how the shared columns after id and name are told."""


def to_json(value: object) -> bytes:
    """A value as JSON, compact."""
    return _ENCODER.encode(value).encode()


def read_columns(db: sqlite3.Connection, bureau: int, kind: str) -> bytes:
    """Read and encode a list of the register, inside a transaction."""
    query, shared = KINDS[kind]
    cursor = db.cursor()
    cursor.row_factory = None
    columns = list(zip(*cursor.execute(query, (bureau,)), strict=True)) or [()] * (2 + len(shared))
    ids, names, *others = columns
    told = zip(shared.items(), others, strict=True)
    return to_json(
        {"id": ids, "name": names, **{name: _shared(column, tell) for (name, tell), column in told}}
    )


def _shared(column: Iterable[Any], tell: Callable[[Any], Any]) -> dict[str, list[Any]]:
    places: dict[Any, int] = {}
    at = [places.setdefault(value, len(places)) for value in column]
    return {"values": [tell(value) for value in places], "at": at}


@dataclass(frozen=True)
class Columns:
    """A list of the register.

    Attributes:
        body: all of it, encoded.
        size: how many rows it has.
    """

    body: bytes
    size: int

    @cached_property
    def tag(self) -> str:
        """Its entity tag: a weak one, as a page tells the revision too, which grows without it."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Decoded; worked out when somebody asks for rows or for a part."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @cached_property
    def names(self) -> list[bytes]:
        """The id of each row as JSON."""
        return [to_json(name) for name in self.values["id"]]

    @cached_property
    def rows(self) -> list[bytes]:
        """Each row as JSON."""
        columns = [column if isinstance(column, list) else _spread(column) for column in self.values.values()]
        return [to_json(dict(zip(self.values, row, strict=True))) for row in zip(*columns, strict=True)]

    def page(self, start: int, limit: int) -> bytes:
        """The columns of some rows."""
        if start == 0 and limit >= len(self):
            return self.body
        part = slice(start, start + limit)
        return to_json(
            {
                name: column[part] if isinstance(column, list) else {**column, "at": column["at"][part]}
                for name, column in self.values.items()
            }
        )

    def __len__(self) -> int:
        return self.size


def _spread(column: Mapping[str, list[Any]]) -> Iterator[Any]:
    return map(column["values"].__getitem__, column["at"])
