"""`Side`: the consultants or the clients of a register as selectors see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.desired.checks import texts
from reconciler.desired.selectors import Both, Either, Kind, Not, Tree, Word, parse
from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, Message, Severity
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.desired.document import Path
    from reconciler.desired.policy import Entry
    from reconciler.grid.arrays import Ids

NOBODY: Ids = np.empty(0, dtype=np.int64)


class Noun(StrEnum):
    """Which side."""

    CONSULTANT = "consultant"
    CLIENT = "client"


_NO_SUCH_KEY = {
    Noun.CONSULTANT: Message("there is no consultant “{name}”"),
    Noun.CLIENT: Message("there is no client “{name}”"),
}
_NO_SUCH_TAG = {
    Noun.CONSULTANT: Message("no consultant has the tag “{name}”"),
    Noun.CLIENT: Message("no client has the tag “{name}”"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side.

    Attributes:
        noun: which.
        keys: the id of each key, new names included.
        size: how many ids there are.
        tags: the ids of each tag, ascending.
        teams: the ids of each team, ascending; every known team is here.
        leads: the ids of who leads each team; empty for clients.
        same: by id the other one of the same person or company, while the register has an old and a new key
            of theirs, else itself; every word then selects both. None where each word selects what it says.
    """

    noun: Noun
    keys: Mapping[str, int]
    size: int
    tags: Mapping[str, Ids]
    teams: Mapping[str, Ids]
    leads: Mapping[str, Ids]
    same: Ids | None = None

    def select(self, tree: Tree, team: str | None, unknown: list[Word]) -> Ids:
        """The ids that a selector selects, ascending.

        Args:
            tree: the selector.
            team: the team that each-team and team:self stand for.
            unknown: takes the words that the register does not know; they select nothing.
        """
        match tree:
            case Word():
                found = self._word(tree, team)
                if found is None:
                    unknown.append(tree)
                return NOBODY if found is None else self._both_keys(found)
            case Not(inner):
                flags = np.ones(self.size, dtype=np.bool_)
                flags[self.select(inner, team, unknown)] = False
                return np.flatnonzero(flags)
            case Both(parts):
                return reduce(_common, (self.select(part, team, unknown) for part in parts))
            case Either(parts):
                flags = np.zeros(self.size, dtype=np.bool_)
                for part in parts:
                    flags[self.select(part, team, unknown)] = True
                return np.flatnonzero(flags)

    def _both_keys(self, ids: Ids) -> Ids:
        return ids if self.same is None else np.union1d(ids, self.same[ids])

    def _word(self, word: Word, team: str | None) -> Ids | None:
        groups = self.leads if word.kind in {Kind.LEAD, Kind.EACH_LEAD} else self.teams
        match word.kind:
            case Kind.KEY:
                found = self.keys.get(word.name)
                return None if found is None else np.array([found], dtype=np.int64)
            case Kind.ALL:
                return np.arange(self.size, dtype=np.int64)
            case Kind.TAG:
                return self.tags.get(word.name)
            case Kind.TEAM | Kind.LEAD:
                return groups.get(word.name, NOBODY) if word.name in self.teams else None
            case Kind.EACH_TEAM | Kind.EACH_LEAD | Kind.SELF:
                return groups.get(team or "", NOBODY)

    def select_all(self, entry: Entry, key: str, findings: list[Finding]) -> Ids:
        """What a text or list of texts under a key of an entry selects; "" is the entry's value itself."""
        written, path = (entry.value[key], (key,)) if key else (entry.value, ())
        return self.select_written(entry, path, written, findings)

    def select_written(self, entry: Entry, path: Path, written: Any, findings: list[Finding]) -> Ids:
        """What a text or list of texts selects, to which a path leads from the value of an entry."""
        chosen = [NOBODY]
        for place, text in texts(written, path):
            unknown: list[Word] = []
            chosen.append(self.select(parse(text), None, unknown))
            findings += [self.unknown(entry, place, text, word) for word in unknown]
        return np.unique(np.concatenate(chosen))

    def unknown(self, entry: Entry, path: Path, text: str, word: Word, *, hinted: bool = True) -> Finding:
        """What to say about a word of a selector that the register does not know.

        A tag is a warning: it may be one that nobody has yet. Without hint it costs nothing.
        """
        code, message, hint = self.no_such(word, hinted=hinted)
        found = entry.selector_finding(code, message, path, text, word.at, hint=hint)
        return replace(found, severity=Severity.WARNING) if word.kind is Kind.TAG else found

    def no_such(self, word: Word, *, hinted: bool = True) -> tuple[str, Message, Message | None]:
        """The code, the sentence and the hint for a word that the register does not know."""
        name = word.name
        if word.kind is Kind.TAG:
            message = Message(_NO_SUCH_TAG[self.noun].text, name=name)
            return "unknown-tag", message, did_you_mean(name, self.tags)
        if word.kind is Kind.KEY:
            message = Message(_NO_SUCH_KEY[self.noun].text, name=name)
            return f"unknown-{self.noun}", message, self._hint(name) if hinted else None
        message = Message("there is no team “{name}”", name=name)
        return "unknown-team", message, did_you_mean(name, self.teams)

    def _hint(self, name: str) -> Message | None:
        if name in self.teams:
            return Message("for the team write team:{name}", name=name)
        if name in self.tags:
            return Message("for the tag write tag:{name}", name=name)
        return did_you_mean(name, self.keys)


def _common(one: Ids, other: Ids) -> Ids:
    """What both have, ascending; takes time for the shorter: the clients of a team are few, those of a tag many."""
    short, long = sorted((one, other), key=len)
    return short[find(long, short)[1]]
