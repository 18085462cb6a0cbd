"""What a rule surely says, whatever the register will say tomorrow.

A name stays the same person; a team, a tag or “all” is somebody else tomorrow. So only names count as chosen, and of
selectors the one by which the clients were chosen, and those that are surely within it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.desired.checks import EACH, texts, uses
from reconciler.desired.contradictions import within
from reconciler.desired.expand import EVERYTHING, Expander
from reconciler.desired.policy import Entry
from reconciler.desired.selectors import Kind, Word, parse
from reconciler.errors import Finding, Message
from reconciler.grid import Access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.amend.asked import Asked
    from reconciler.desired.expand import Part
    from reconciler.desired.side import Side


class Reader:
    """Looks at rules with a choice in mind.

    Args:
        asked: the choice.
    """

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.people, self.companies = asked.flags()
        self._chosen: dict[str, dict[str, bool]] = {"who": {}, "clients": {}}

    def side(self, key: str) -> Side:
        """The consultants for `who`, the clients for `clients`."""
        world = self.asked.world
        return world.consultants if key == "who" else world.clients

    def number(self, key: str, text: str) -> int | None:
        """Whom or what a text names; None where it is a selector."""
        tree = parse(text)
        if isinstance(tree, Word) and tree.kind is Kind.KEY:
            return self.side(key).keys.get(tree.name)
        return None

    def chosen(self, key: str, text: str) -> bool:
        """Whether all that a text means was surely chosen."""
        known = self._chosen[key]
        if text not in known:
            known[text] = self._is_chosen(key, text)
        return known[text]

    def _is_chosen(self, key: str, text: str) -> bool:
        flags = self.people if key == "who" else self.companies
        number = self.number(key, text)
        if number is not None:
            return bool(flags[number])
        said = self.asked.said
        return key == "clients" and said is not None and within(parse(text), said)

    def all_chosen(self, key: str, written: Any) -> bool:
        """Whether all that a text or a list of texts means was surely chosen."""
        return all(self.chosen(key, text) for _, text in texts(written, ()))

    def programs(self, entry: Entry, written: Any) -> int:
        """The mask of programs."""
        return self.asked.masks.of(entry, ("programs",), written)

    def all_programs(self, entry: Entry, written: Any) -> bool:
        """Whether all programs of a list were chosen."""
        return self.programs(entry, written) & ~self.asked.mask == 0

    def rows(self, entry: Entry, value: Mapping[str, Any], *, here: bool = False) -> Access:
        """What a rule with some value covers, in the chosen block alone or everywhere."""
        part: Part = (self.people, self.companies) if here else EVERYTHING
        expander = Expander(
            self.asked.world, self.asked.masks, self.asked.register.consultants.active, [], part
        )
        expander.add(0, _Imagined(entry.name, value, entry.document, entry.node), current=False)
        keys, masks, _ = expander.rows()
        return Access(self.asked.register.shape, keys, masks)


_UNSAID = Finding("unsaid", Message("nothing is written here"))


class _Imagined(Entry):
    """A rule that stands in no file: what is wrong with it has been told of the rule that there is."""

    def finding(self, *_: object, **__: object) -> Finding:
        return _UNSAID

    selector_finding = key_finding = finding


def for_each_team(value: Mapping[str, Any]) -> bool:
    """Whether a rule is one for every team."""
    return uses(value["who"], EACH)


def less(state: Access, other: Access) -> Access:
    """What one has and another has not: pairs that it alone has, and programs."""
    masks, there = other.masks_at(state.keys)
    rest = Access(state.shape, state.keys, state.masks & ~masks)
    return rest.where(~there | (rest.masks != np.uint64(0)))
