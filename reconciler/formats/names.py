"""How consultants, clients and programs are written in text: by name, with the key where it is needed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.formats.safe import clean
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.rights import Operator

FOLD = 8
"""Lists longer than this are folded, with the number that is hidden."""


class Namer:
    """Writes names.

    Args:
        register: who and what there is.
        say: the language.
        fold: how many names of a list are shown before the rest is folded; None for all.
    """

    def __init__(self, register: Register, say: Catalogue, fold: int | None = FOLD) -> None:
        self.register, self.say, self.fold = register, say, fold
        counts = Counter(register.consultants.labels)
        self._shared = {label for label, count in counts.items() if count > 1}

    def consultant(self, number: int) -> str:
        """The person's name; with the key where two share the name or there is no other name."""
        register = self.register.consultants
        key, label = register.names[number], register.labels[number]
        if label in ("", key):
            return clean(key)
        return f"{clean(label)} ({clean(key)})" if label in self._shared else clean(label)

    def client(self, number: int) -> str:
        """The client's number and the company's name."""
        register = self.register.clients
        key, label = register.names[number], register.labels[number]
        return clean(key) if label in ("", key) else f"{clean(key)} {clean(label)}"

    def program(self, number: int) -> str:
        """What the program is called in the reader's language."""
        register = self.register.programs
        return self.say.label(register.labels[number], register.names[number])

    def consultants(self, numbers: Sequence[int]) -> str:
        """Several persons, folded."""
        return self._folded([self.consultant(i) for i in self._shown(numbers)], len(numbers))

    def clients(self, numbers: Sequence[int]) -> str:
        """Several clients, folded."""
        return self._folded([self.client(i) for i in self._shown(numbers)], len(numbers))

    def programs(self, mask: int) -> str:
        """The programs of a mask; never folded, there are few."""
        return self.say.listing([self.program(i) for i in bits(mask)])

    def operator(self, operator: Operator) -> str:
        """An operator's name."""
        return clean(operator.label or operator.key)

    def _shown(self, numbers: Sequence[int]) -> Sequence[int]:
        # a list that is one over would be folded for nothing
        if self.fold is None or len(numbers) <= self.fold + 1:
            return numbers
        return numbers[: self.fold]

    def _folded(self, names: list[str], total: int) -> str:
        hidden = total - len(names)
        if hidden:
            names = [*names, self.say.count("{n} more", "{n} more", hidden)]
        return self.say.listing(names)
