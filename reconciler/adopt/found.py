"""What the search finds: rules with what they cover, still without names and texts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reconciler.grid.arrays import Ids, Keys, Masks


class Kind(StrEnum):
    """How a rule came about."""

    SELECTORS = "selectors"
    """Both sides are selectors, or one is and the other a single consultant."""
    BLOCK = "block"
    """Consultants and clients one by one, many enough to be a rule."""
    UNSORTED = "unsorted"
    """A few cells that fit nothing."""


@dataclass(frozen=True, slots=True)
class Hole:
    """What a rule leaves out.

    Attributes:
        who: consultant ids, or a selector; None for all of the rule's.
        clients: client ids, or a selector; None for all of the rule's.
        mask: the programs; None for access itself.
    """

    who: tuple[int, ...] | str | None
    clients: tuple[int, ...] | str | None
    mask: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A rule.

    Attributes:
        kind: how it came about.
        who: a selector, or consultant ids.
        clients: a selector, or client ids.
        mask: the programs.
        keys: the pairs that it covers, ascending, unique.
        masks: beside them, the programs that it gives there.
        holes: what it leaves out.
        name: short names of what it is about, "" for what goes without saying.
    """

    kind: Kind
    who: str | tuple[int, ...]
    clients: str | tuple[int, ...]
    mask: int
    keys: Keys
    masks: Masks
    holes: tuple[Hole, ...] = ()
    name: tuple[str, ...] = ()

    @property
    def cells(self) -> int:
        """How many programs it gives, pairs without programs counted as one."""
        return int(np.maximum(np.bitwise_count(self.masks), 1).sum(dtype=np.int64))


def holes_of(consultants: Ids, clients: Ids, masks: Masks, *, whole: bool) -> list[Hole]:
    """Missing cells as few exceptions, by consultant or by client.

    Args:
        consultants: of each pair.
        clients: of each pair.
        masks: what is missing there; not looked at where access itself is missing.
        whole: whether access itself is missing.
    """
    by_who: dict[tuple[int, int], list[int]] = {}
    by_client: dict[tuple[int, int], list[int]] = {}
    for who, client, mask in zip(consultants.tolist(), clients.tolist(), masks.tolist(), strict=True):
        by_who.setdefault((who, 0 if whole else mask), []).append(client)
        by_client.setdefault((client, 0 if whole else mask), []).append(who)
    if len(by_who) <= len(by_client):
        return [
            Hole((who,), tuple(sorted(found)), None if whole else mask)
            for (who, mask), found in sorted(by_who.items())
        ]
    return [
        Hole(tuple(sorted(found)), (client,), None if whole else mask)
        for (client, mask), found in sorted(by_client.items())
    ]
