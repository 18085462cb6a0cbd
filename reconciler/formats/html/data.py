"""The matrix as the page's script reads it: columns of narrow integers, deflated, in Base64, under a head of names.

    parts     the name of each column, in the order in which they follow each other, its kind and its bytes
    bytes     all of them as raw deflate (RFC 1951) in Base64

A column is of unsigned integers of 1, 2, 4 or 8 bytes, the low byte first, or of texts in UTF-8, one a line. Nothing in
it can end the element that holds it, and a browser reads it without looking at single values:

    consultants, keys, clients      texts; names as everywhere else, and the keys of consultants
    counts, who, numbers            pairs by client: how many each has, of whom, and in which state
    states                          seven values of each state, see `State`
    groups, members                 how many of each group, and who: teams, then tags, then teams' clients
"""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.formats.safe import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from reconciler.formats.html.states import Matrix
    from reconciler.formats.names import Namer
    from reconciler.grid.arrays import Ids

    Groups = Mapping[str, Ids]

_WIDTHS = (1, 2, 4)


def matrix_data(found: Matrix, name: Namer) -> dict[str, Any]:
    """The matrix, plain enough for JSON.

    Args:
        found: what each pair has, and what becomes of it.
        name: writes the names of its register.
    """
    register = name.register
    shape = register.shape
    people, companies = register.consultants, register.clients
    groups: list[Groups] = [people.teams, companies.tags, companies.teams]
    members = [ids for group in groups for ids in group.values()]
    stride = max(shape.consultants, 1)
    columns: dict[str, bytes | NDArray[Any]] = {
        "consultants": _texts(name.consultant(i) for i in range(shape.consultants)),
        "keys": _texts(short(key) for key in people.names),
        "clients": _texts(name.client(i) for i in range(shape.clients)),
        "counts": np.bincount(found.keys // stride, minlength=shape.clients),
        "who": found.keys % stride,
        "numbers": found.numbers,
        "states": np.array([value for state in found.states for value in state], dtype="<u8"),
        "groups": np.array([len(ids) for ids in members], dtype=np.int64),
        "members": np.concatenate([np.empty(0, dtype=np.int64), *members]),
    }
    written = [(title, *_written(column)) for title, column in columns.items()]
    squeezer = zlib.compressobj(wbits=-15)
    body = b"".join(content for *_, content in written)
    return {
        "known": found.known,
        "teams": [short(team) for team in groups[0]],
        "tags": [short(tag) for tag in groups[1]],
        "portfolios": [short(team) for team in groups[2]],
        "programs": [name.program(i) for i in range(shape.programs)],
        "parts": [{"name": title, "kind": kind, "bytes": len(content)} for title, kind, content in written],
        "bytes": base64.b64encode(squeezer.compress(body) + squeezer.flush()).decode("ascii"),
    }


def _texts(texts: Iterable[str]) -> bytes:
    """Texts, none of which holds a line break, as they are made safe already."""
    return "\n".join(texts).encode()


def _written(column: bytes | NDArray[Any]) -> tuple[str | int, bytes]:
    """The kind of a column, and its bytes."""
    if isinstance(column, bytes):
        return "text", column
    if column.dtype.itemsize == 8 and column.dtype.kind == "u":
        return 8, column.tobytes()
    width = next(width for width in _WIDTHS if int(column.max(initial=0)) < 1 << 8 * width)
    return width, column.astype(f"<u{width}").tobytes()
