"""From lines to entries. A log may have been tampered with: what is no entry is passed over, and counted.

Reading a million lines as JSON takes half a minute. Whoever asks about certain consultants or clients has most
lines left out by their bytes: canonical JSON writes a name in one way only.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.audit.chain import frame_of
from reconciler.resources import resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    import jsonschema_rs


_OPERATION, _RESULT = b'"event":"operation"', b'"event":"result"'
_NEVER = rb"(?!)"
_PLACE = re.compile(rb'"place":(\d+),.*"run":("(?:[^"\\]|\\.)*")', re.DOTALL)


def entries_in(
    lines: Iterable[bytes], names: Sequence[Collection[str]] = ()
) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """The entries of a log with the numbers of their lines in the file.

    Args:
        lines: as they stand, from the first on; what follows the last line break is no line.
        names: of consultants or clients: orders that name none of each of these, and their results, are left out.

    Returns:
        The entry as `schemas/audit.schema.json` describes it, None where a line has none.
    """
    sieve = _Sieve(names)
    for number, line in enumerate(lines, 1):
        if line.endswith(b"\n") and sieve.lets_through(line):
            yield number, entry_of(line)


class _Sieve:
    """Which lines are worth reading; none that matters is left out, some that do not are let through."""

    def __init__(self, names: Sequence[Collection[str]]) -> None:
        import rfc8785

        written = [[rfc8785.dumps(name) for name in some if _writable(name)] for some in names if some]
        self._named = [re.compile(b"|".join(map(re.escape, some)) or _NEVER).search for some in written]
        self._places: set[tuple[bytes, bytes]] = set()
        """Places and runs of orders that were let through: their results are too, whomever they name."""

    def lets_through(self, line: bytes) -> bool:
        """Whether it may tell of what was asked for, or of a run as a whole."""
        if not self._named:
            return True
        if _OPERATION in line:
            named = all(search(line) for search in self._named)
            if named and (place := _PLACE.search(line)):
                self._places.add((place[1], place[2]))
            return named
        if _RESULT not in line or all(search(line) for search in self._named):
            return True
        place = _PLACE.search(line) if self._places else None
        return place is not None and (place[1], place[2]) in self._places


def _writable(name: str) -> bool:
    """Whether it can stand in a log at all."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def entry_of(line: bytes) -> Mapping[str, Any] | None:
    """The entry of a line, None where it has none."""
    frame = frame_of(line)
    if frame is None:
        return None
    try:
        entry = json.loads(line[frame.torn :])["entry"]
    except (ValueError, RecursionError):
        return None
    return entry if _schema().is_valid(entry) else None


@cache
def _schema() -> jsonschema_rs.Validator:
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads(resource("schemas/audit.schema.json").read_text("utf-8")))
