"""How consultants, clients and programs are written in text: by name, with the key where it is needed."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.formats.safe import short
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Clients, Consultants, Register
    from reconciler.rights import Operator

FOLD = 8
"""Lists longer than this are folded, with the number that is hidden."""

SHOWN = 3
"""Names of a folded list."""


class Namer:
    """Writes names.

    Args:
        register: who and what there is.
        say: the language.
        fold: lists longer than this are folded: to a team's name where they are a team, else to their
            first names and how many more; None folds nothing.
        safe: makes a name safe where it is printed; `say` does so with the names of programs and teams.
    """

    def __init__(
        self,
        register: Register,
        say: Catalogue,
        fold: int | None = FOLD,
        safe: Callable[[str], str] = short,
    ) -> None:
        self.register, self.say, self.fold, self.safe = register, say, fold, safe
        counts = Counter(register.consultants.labels)
        self._shared = {label for label, count in counts.items() if count > 1}

    def consultant(self, number: int) -> str:
        """The person's name; with the key where two share the name or there is no other name."""
        register, safe = self.register.consultants, self.safe
        key, label = register.names[number], register.labels[number]
        if label in ("", key):
            return safe(key)
        return f"{safe(label)} ({safe(key)})" if label in self._shared else safe(label)

    def client(self, number: int) -> str:
        """The client's number and the company's name."""
        register, safe = self.register.clients, self.safe
        key, label = register.names[number], register.labels[number]
        return safe(key) if label in ("", key) else f"{safe(key)} {safe(label)}"

    def program(self, number: int) -> str:
        """What the program is called in the reader's language."""
        register = self.register.programs
        return self.say.label(register.labels[number], register.names[number])

    def consultants(self, numbers: Sequence[int]) -> str:
        """Several persons, folded."""
        if team := self._team(numbers, self._teams):
            return self.say.count(
                "all {n} of the team {team}", "all {n} of the team {team}", len(numbers), team=team
            )
        return self._folded([self.consultant(i) for i in self._shown(numbers)], len(numbers))

    def clients(self, numbers: Sequence[int]) -> str:
        """Several clients, folded."""
        if team := self._team(numbers, self._portfolios):
            return self.say("all of the team {team}", team=team)
        return self._folded([self.client(i) for i in self._shown(numbers)], len(numbers))

    def at(self, clients: Sequence[int]) -> str:
        """Where something is: at one client, or at so many and which."""
        names = self.clients(clients)
        if len(clients) == 1:
            return self.say("at {client}", client=names)
        return self.say.count("at {n} client: {names}", "at {n} clients: {names}", len(clients), names=names)

    def programs(self, mask: int) -> str:
        """The programs of a mask; never folded, there are few."""
        return self.say.listing([self.program(i) for i in bits(mask)])

    def operator(self, operator: Operator) -> str:
        """An operator's name."""
        return self.safe(operator.label or operator.key)

    @cached_property
    def _teams(self) -> Mapping[tuple[int, ...], str]:
        return _whole(self.register.consultants)

    @cached_property
    def _portfolios(self) -> Mapping[tuple[int, ...], str]:
        return _whole(self.register.clients)

    def _team(self, numbers: Sequence[int], teams: Mapping[tuple[int, ...], str]) -> str | None:
        """The team that a long list is, no more and no less; nobody needs it for a short one."""
        return None if self.fold is None or len(numbers) < SHOWN else teams.get(tuple(numbers))

    def _shown(self, numbers: Sequence[int]) -> Sequence[int]:
        # a list that is one over would be folded for nothing
        if self.fold is None or len(numbers) <= self.fold + 1:
            return numbers
        return numbers[: min(self.fold, SHOWN)]

    def _folded(self, names: list[str], total: int) -> str:
        hidden = total - len(names)
        if hidden:
            names = [*names, self.say.count("{n} more", "{n} more", hidden)]
        return self.say.listing(names)


def _whole(of: Consultants | Clients) -> dict[tuple[int, ...], str]:
    """The teams that all of are known, by who they are."""
    return {tuple(ids.tolist()): team for team, ids in of.teams.items() if team not in of.cut}
