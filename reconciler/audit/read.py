"""From lines to entries. A log may have been tampered with: what is no entry is passed over, and counted."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.audit.chain import frame_of
from reconciler.resources import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import jsonschema_rs


def entries_in(lines: Iterable[bytes]) -> Iterator[tuple[int, Mapping[str, Any] | None]]:
    """The entries of a log with the numbers of their lines in the file.

    Args:
        lines: as they stand, from the first on; what follows the last line break is no line.

    Returns:
        The entry as `schemas/audit.schema.json` describes it, None where a line has none.
    """
    for number, line in enumerate(lines, 1):
        if line.endswith(b"\n"):
            yield number, entry_of(line)


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
