"""Names ↔ dense ids."""

from __future__ import annotations

from functools import cached_property
from operator import lt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.grid.arrays import Ids


class Names:
    """A set of names in sorted order; a name's id is its place in it.

    Args:
        names: any order; a name given twice counts once.
    """

    def __init__(self, names: Iterable[str]) -> None:
        given = tuple(names)
        in_order = all(
            map(lt, given, given[1:])
        )  # as backends mostly send them; 20 times as fast to see as to sort
        self.all: tuple[str, ...] = given if in_order else tuple(sorted(set(given)))

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.all)}

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[str]:
        return iter(self.all)

    def __contains__(self, name: object) -> bool:
        return name in self._ids

    def __getitem__(self, number: int) -> str:
        return self.all[number]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and self.all == other.all

    def __hash__(self) -> int:
        return hash(self.all)

    def __repr__(self) -> str:
        return f"Names({list(self.all[:5])!r}{'…' if len(self) > 5 else ''})"

    def id(self, name: str) -> int:
        """The id of a name; KeyError where it is not one of these."""
        return self._ids[name]

    def find(self, name: str) -> int | None:
        """The id of a name, or None where it is not one of these."""
        return self._ids.get(name)

    def ids(self, names: Iterable[str]) -> Ids:
        """The ids of names, int64, in the order given; KeyError where one is not of these."""
        return np.fromiter(map(self._ids.__getitem__, names), dtype=np.int64)

    def pick(self, ids: Ids) -> tuple[str, ...]:
        """The names of ids, in the order given."""
        return tuple(self.all[i] for i in ids.tolist())
