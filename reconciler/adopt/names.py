"""Names of rules and bundles, from those of teams, tags, people and programs; never one that is taken."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.blocks import shared
from reconciler.adopt.found import Kind
from reconciler.adopt.words import is_rule_name
from reconciler.desired.programs import Masks
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.adopt.found import Found
    from reconciler.adopt.gather import Wish
    from reconciler.adopt.groups import Groups
    from reconciler.desired import Policy

_UNFIT = re.compile(r"[\s@&|!+(),:\"']+")

_OFTEN = 3
"""Rules that must use a set of programs before it gets a name."""


class Namer:
    """Gives every rule a name.

    Args:
        policy: whose names are taken.
        wish: for the names of the register.
        who: selectors of consultants.
        clients: selectors of clients.
        rules: to be named, in the order in which they shall stand.
        bundles_too: whether to make up bundles.
    """

    def __init__(
        self,
        policy: Policy,
        wish: Wish,
        who: Groups,
        clients: Groups,
        rules: Sequence[Found],
        *,
        bundles_too: bool,
    ) -> None:
        self.wish, self.who, self.clients = wish, who, clients
        self.programs = wish.register.programs
        self.taken = {name for section in ("access", "never") for name in policy.sections[section]}
        # nothing may be called what something else was called previously
        for section in ("access", "never"):
            entries = policy.sections[section].values()
            self.taken |= {entry.value["previously"] for entry in entries if "previously" in entry.value}
        masks = Masks(self.programs, policy.sections["bundles"], [])
        self.known = {
            name: masks.of(entry, (), entry.value) for name, entry in policy.sections["bundles"].items()
        }
        self.bundles = self._bundles(rules) if bundles_too else {}
        self.by_mask = {mask: name for name, mask in {**self.bundles, **self.known}.items()}
        self.numbers: Counter[str] = Counter()
        self.named = {self._free(self._name(rule)): rule for rule in rules}

    def _bundles(self, rules: Iterable[Found]) -> dict[str, int]:
        uses: Counter[int] = Counter()
        cells: Counter[int] = Counter()
        for rule in rules:
            if rule.mask.bit_count() > 1 and rule.mask != self.programs.package:
                uses[rule.mask] += 1
                cells[rule.mask] += rule.cells
        often = [m for m in uses if uses[m] >= _OFTEN and m not in self.known.values()]
        often.sort(key=lambda mask: (-cells[mask], mask))
        made: dict[str, int] = {}
        for mask in often:
            base = "standard" if not made and not self.known else self._bundle(mask, made)
            made[_unused(base, {*made, *self.known})] = mask
        return made

    def _bundle(self, mask: int, made: dict[str, int]) -> str:
        """A bundle by what it adds to a smaller one, or by its programs."""
        for name, inner in made.items():
            if inner & ~mask == 0 and (mask & ~inner).bit_count() <= 2:
                return self._joined([name, *self._names(mask & ~inner)])
        names = self._names(mask)
        return self._joined(names) if len(names) <= 3 else "bundle"

    def _names(self, mask: int) -> list[str]:
        return [self.programs.names[number] for number in bits(mask)]

    def _name(self, rule: Found) -> str:
        who, clients = rule.name or ("", "")
        parts = [who or self._people(rule), clients or self._companies(rule), self._opened(rule)]
        if rule.kind is Kind.UNSORTED:
            parts = parts[:1]
        return self._joined(parts)

    def _people(self, rule: Found) -> str:
        if isinstance(rule.who, str):
            return ""
        names = self.wish.register.consultants.names
        if len(rule.who) == 1:
            return names[rule.who[0]].partition("@")[0]
        return shared(self.who.all, np.array(rule.who)) if rule.kind is Kind.BLOCK else ""

    def _companies(self, rule: Found) -> str:
        if isinstance(rule.clients, str):
            return ""
        if len(rule.clients) == 1:
            return self.wish.register.clients.names[rule.clients[0]]
        return shared(self.clients.all, np.array(rule.clients)) if rule.kind is Kind.BLOCK else ""

    def _opened(self, rule: Found) -> str:
        if not rule.mask:
            return "access"
        if rule.mask == self.programs.package:
            return "all" if rule.mask.bit_count() > 1 else self._names(rule.mask)[0]
        names = self._names(rule.mask)
        return self.by_mask.get(rule.mask) or (names[0] if len(names) == 1 else "")

    def _joined(self, parts: Iterable[str]) -> str:
        """Parts with hyphens between, none twice in a row; "group" where nothing can be said."""
        words: list[str] = []
        for part in parts:
            word = _UNFIT.sub("-", part).strip("-")
            if word and is_rule_name(word) and word not in words[-1:]:
                words.append(word)
        name = "-".join(words)
        return name if name and is_rule_name(name) else "group"

    def _free(self, name: str) -> str:
        while True:
            self.numbers[name] += 1
            number = self.numbers[name]
            free = name if number == 1 else f"{name}-{number}"
            if free not in self.taken:
                self.taken.add(free)
                return free


def _unused(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free
