"""Names ↔ dense ids."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from operator import lt
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.grid.arrays import Ids

_FEW = 100
"""So many names are looked up by halving; a dict of 300,000 takes 0.1 s, and pays for those who ask for more."""


class Names:
    """A set of names in sorted order; a name's id is its place in it.

    Args:
        names: any order; a name given twice counts once. `Texts` that are in order stay as they are.
    """

    def __init__(self, names: Iterable[str]) -> None:
        given = names if isinstance(names, Texts) else tuple(names)
        # as backends mostly send them; 20 times as fast to see as to sort
        in_order = isinstance(given, Texts) or all(map(lt, given, given[1:]))
        self.all: Sequence[str] = given if in_order else tuple(sorted(set(given)))
        self._asked = 0

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.all)}

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[str]:
        return iter(self.all)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.find(name) is not None

    def __getitem__(self, number: int) -> str:
        return self.all[number]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and (self.all is other.all or tuple(self.all) == tuple(other.all))

    def __hash__(self) -> int:
        return hash(tuple(self.all))

    def __repr__(self) -> str:
        return f"Names({list(self.all[:5])!r}{'…' if len(self) > 5 else ''})"

    def id(self, name: str) -> int:
        """The id of a name; KeyError where it is not one of these."""
        found = self.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def find(self, name: str) -> int | None:
        """The id of a name, or None where it is not one of these."""
        if self._asked >= _FEW:
            return self._ids.get(name)
        self._asked += 1
        at = bisect_left(self.all, name)
        return at if at < len(self.all) and self.all[at] == name else None

    def ids(self, names: Iterable[str]) -> Ids:
        """The ids of names, int64, in the order given; KeyError where one is not of these."""
        wanted = tuple(names)
        look_up = self.id if len(wanted) < _FEW else self._ids.__getitem__
        return np.fromiter(map(look_up, wanted), dtype=np.int64, count=len(wanted))

    def pick(self, ids: Ids) -> tuple[str, ...]:
        """The names of ids, in the order given."""
        return tuple(self.all[i] for i in ids.tolist())
