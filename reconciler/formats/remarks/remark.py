"""A remark as a value: what is said, how bad it is, and where; it knows none of its formats."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.errors import Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ELSEWHERE = Position("reconciler.yaml")
"""Where a remark is put that is about no line, as some formats show none without one."""


class Level(StrEnum):
    """How bad it is; the worst first."""

    ERROR = "error"
    """It stops."""
    WARNING = "warning"
    """Somebody should look at it."""
    NOTE = "note"
    """It is good to know."""


LEVELS: tuple[Level, ...] = tuple(Level)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to tell.

    Attributes:
        level: how bad it is.
        rule: what kind of thing it is: stable, kebab-case.
        message: what is said, in the reader's language, safe to print.
        identity: what makes it this remark and no other, whatever line it stands on and whatever language it is in.
        position: where; None where it is about no line.
        hint: what to do, likewise; "" where there is none.
        also: other places that belong to it.
    """

    level: Level
    rule: str
    message: str
    identity: tuple[str, ...]
    position: Position | None = None
    hint: str = ""
    also: tuple[Position, ...] = ()


def worst_first(remarks: Iterable[Remark]) -> list[Remark]:
    """The errors, then the warnings, then the notes; each in the order they were."""
    return sorted(remarks, key=lambda remark: LEVELS.index(remark.level))


def fingerprints(remarks: Sequence[Remark]) -> Iterator[str]:
    """For each remark a fingerprint of its own; the line is no part of it, so that it stays what it was when lines move."""
    seen: Counter[str] = Counter()
    for remark in remarks:
        # each part with its length, so that no two ways to cut a text into parts are one
        parts = [remark.rule, *remark.identity]
        whole = "".join(f"{len(part)}:{part}" for part in parts)
        seen[whole] += 1
        if seen[whole] > 1:
            whole += f"#{seen[whole]}"
        yield hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
