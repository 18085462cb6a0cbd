"""Selectors as sets of ids: what teams, tags and their combinations stand for in this register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.words import is_selector
from reconciler.desired.selectors import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.desired.side import Side
    from reconciler.grid.arrays import Flags, Ids

MOST = 6_000
"""Sets of a side that are looked at; where there would be more, those of teams with a tag are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A selector, and what it selects.

    Attributes:
        text: as it is written; "" where its name cannot be written, or a shorter one says the same.
        name: a short name for it, for the names of rules.
        ids: whom or what, ascending; of consultants those that are active.
        gone: the consultants among them who have left, ascending.
        team: whose; "" where it is about no team.
        form: the same for each team, such as "each-team.lead"; "" where there is none.
    """

    text: str
    name: str
    ids: Ids
    gone: Ids
    team: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The selectors of a side.

    Attributes:
        all: those that select somebody.
        forms: for each form, such as "team:self & tag:payroll", what it selects for each team.
        names: a short name for each form.
    """

    all: tuple[Chosen, ...]
    forms: Mapping[str, Mapping[str, Chosen]]
    names: Mapping[str, str]


def consultants(side: Side, active: Flags) -> Groups:
    """What `who` may say, but for single consultants."""
    return _groups(side, active, "each-team", "everybody")


def clients(side: Side) -> Groups:
    """What `clients` may say, but for single clients."""
    return _groups(side, np.ones(side.size, dtype=np.bool_), "team:self", "everywhere")


def _groups(side: Side, active: Flags, each: str, everything: str) -> Groups:
    maker = _Maker(side, active, each)
    whole, parts = list(maker.without_team(everything)), list[Chosen]()
    for team in side.teams:
        whole += maker.of_team(team)
        parts += maker.parts_of_team(team)
    names = {each: "own-team", f"{each}.lead": "leads"}
    for tag in maker.tags:
        names |= {f"{each} & tag:{tag}": tag, f"{each} & !tag:{tag}": f"not-{tag}"}
    if len(whole) + len(parts) > MOST:
        parts = []
    forms: dict[str, dict[str, Chosen]] = {}
    for one in (*whole, *parts):
        if one.form:
            forms.setdefault(one.form, {})[one.team] = one
    return Groups(tuple(one for one in (*whole, *parts) if len(one.ids)), forms, names)


class _Maker:
    """Makes the selectors of a side."""

    def __init__(self, side: Side, active: Flags, each: str) -> None:
        self.side, self.active, self.each = side, active, each
        self.tags = {
            tag: ids
            for tag, ids in side.tags.items()
            if active[ids].any() and is_selector(f"tag:{tag}", Kind.TAG, tag)
        }

    def make(self, text: str, name: str, ids: Ids, team: str = "", form: str = "") -> Chosen:
        on = self.active[ids]
        return Chosen(text, name, ids[on], ids[~on], team, form)

    def without_team(self, everything: str) -> Iterator[Chosen]:
        yield self.make("all", everything, np.arange(self.side.size, dtype=np.int64))
        for tag, ids in self.tags.items():
            yield self.make(f"tag:{tag}", tag, ids)
            rest = np.setdiff1d(np.arange(self.side.size), ids, assume_unique=True)
            yield self.make(f"!tag:{tag}", f"not-{tag}", rest)

    def of_team(self, team: str) -> Iterator[Chosen]:
        known = is_selector(f"team:{team}", Kind.TEAM, team)
        yield self.make(f"team:{team}" if known else "", team, self.side.teams[team], team, self.each)
        if self.side.leads:
            text = f"team:{team}.lead" if known else ""
            leads = self.side.leads.get(team, self.side.teams[team][:0])
            yield self.make(text, f"{team}-lead", leads, team, f"{self.each}.lead")

    def parts_of_team(self, team: str) -> Iterator[Chosen]:
        """The part of a team with a tag, and that without."""
        known = is_selector(f"team:{team}", Kind.TEAM, team)
        ids = self.side.teams[team]
        for tag, tagged in self.tags.items():
            inside = np.isin(ids, tagged, assume_unique=True)
            for word, name, flags in ((f"tag:{tag}", tag, inside), (f"!tag:{tag}", f"not-{tag}", ~inside)):
                text = f"team:{team} & {word}" if known and not flags.all() else ""
                yield self.make(text, f"{team}-{name}", ids[flags], team, f"{self.each} & {word}")
