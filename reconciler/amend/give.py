"""Ways to give what was chosen: less left out, one rule extended, or a new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.amend.cells import Cells, lacking
from reconciler.amend.check import covers
from reconciler.amend.excerpt import Splice, edited
from reconciler.amend.reading import Reader, for_each_team, less
from reconciler.amend.steps import Add, Drop, Leave, value_after
from reconciler.amend.values import DeedKind
from reconciler.desired import Standing
from reconciler.desired.checks import exceptions, texts
from reconciler.desired.side import Noun
from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.amend.asked import Asked
    from reconciler.amend.steps import Step
    from reconciler.amend.wording import Words
    from reconciler.desired import Desired, Policy, Rule
    from reconciler.desired.policy import Entry
    from reconciler.grid import Access

_TRIED = 60
"""Extensions that fit and are written to see which changes the fewest lines."""


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """One rule edited.

    Attributes:
        kind: what was done.
        entry: the rule as it was.
        message: what was done, for people.
        splice: the text.
        steps: what was done, step by step; none where it was removed.
    """

    kind: DeedKind
    entry: Entry
    message: Message
    splice: Splice
    steps: tuple[Step, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines it changes."""
        return self.splice.lines(self.entry.document.source.text)


def missing_of(asked: Asked, cells: Cells) -> Access:
    """What of the chosen block rules do not give on the day, or not on every later one that was asked for."""
    until = asked.choice.until
    days = [day for day in cells.days(asked.on) if until is None or day <= until]
    parts = [lacking(cells.block, cells.at(day)) for day in days]
    return parts[0].union(*parts[1:])


_ALSO = {
    "who": Message("“{rule}” now also names {names}"),
    "clients": Message("“{rule}” now also holds at {names}"),
    "programs": Message("“{rule}” now also gives {names}"),
}


class Giver:
    """Finds out how to give it.

    Args:
        asked: the choice.
        policy: as it is.
        before: the same, resolved.
        words: what is said.
    """

    def __init__(self, asked: Asked, policy: Policy, before: Desired, words: Words) -> None:
        self.asked, self.before, self.words = asked, before, words
        self.reader = Reader(asked)
        self.block = Cells.of(asked, before).block
        pairs = zip(policy.assignments.values(), before.rules, strict=False)
        self.rules = [(entry, rule) for entry, rule in pairs if self._lasts(rule)]

    def _lasts(self, rule: Rule) -> bool:
        """Whether a rule is in force exactly as long as what is given."""
        return rule.standing is Standing.IN_FORCE and rule.until == self.asked.choice.until

    # what is left out

    def readmit(self, missing: Access) -> Iterator[tuple[Edit, Access]]:
        """Exceptions that go, or shrink, as they leave out what is missing; each with what is missing then."""
        for entry, _ in self.rules:
            if "except" not in entry.value or not len(missing):
                continue
            found = self._readmitted(entry, missing)
            if found is not None:
                missing = found[1]
                yield found

    def _readmitted(self, entry: Entry, missing: Access) -> tuple[Edit, Access] | None:
        value, message = entry.value, None
        steps: list[Step] = []
        had = self.reader.rows(entry, value, here=True)
        for path, _ in reversed(list(exceptions(entry.value))):
            for step, told in self._less_left_out(entry, value, path):
                new = value_after(value, step)
                rows = self.reader.rows(entry, new, here=True)
                more = less(rows, had)
                if not len(more) or not covers(self.block, more) or lacking(missing, more) == missing:
                    continue
                if edited(entry, [*steps, step]) is None:
                    continue
                value, had, missing, message = new, rows, lacking(missing, more), told
                steps.append(step)
                break
        if message is None:
            return None
        splice = edited(entry, steps)
        assert splice is not None
        return Edit(DeedKind.READMITTED, entry, message, splice, tuple(steps)), missing

    def _less_left_out(
        self, entry: Entry, value: dict[str, Any], path: tuple[str | int, ...]
    ) -> Iterator[tuple[Step, Message]]:
        """The exception gone, or with fewer names."""
        block: Any = value
        for step in path:
            block = block[step]
        name = entry.name
        fits = {
            "who": self.reader.all_chosen("who", block.get("who", value["who"])),
            "clients": self.reader.all_chosen("clients", block.get("clients", value["clients"])),
            "programs": self.reader.all_programs(entry, block.get("programs", value["programs"])),
        }
        wrong = [key for key, fit in fits.items() if not fit]
        if not wrong:
            alone = len(path) == 1 or len(value["except"]) == 1
            some = self._left_out(block)
            said = self.words.comment(Message("{names} again: {reason}", names=some))
            yield (
                Leave(None if alone else int(path[1]), said),
                Message("an exception of “{rule}” was dropped", rule=name),
            )
        elif len(wrong) == 1 and isinstance(block.get(wrong[0]), list):
            key = wrong[0]
            gone = [i for i, text in enumerate(block[key]) if self._chosen(entry, key, text)]
            if gone and len(gone) < len(block[key]):
                some = self.words.some([block[key][i] for i in gone])
                said = self.words.comment(Message("{names} again: {reason}", names=some))
                yield (
                    Drop((*path, key), tuple(gone), said),
                    Message("an exception of “{rule}” no longer names {names}", rule=name, names=some),
                )

    def _left_out(self, block: dict[str, Any]) -> str:
        """What an exception is about, in a word or two."""
        written = next(block[key] for key in ("who", "clients", "programs") if key in block)
        return self.words.some([text for _, text in texts(written, ())])

    def _chosen(self, entry: Entry, key: str, text: str) -> bool:
        if key == "programs":
            return self.reader.all_programs(entry, [text])
        return self.reader.chosen(key, text)

    # rules that are extended

    def extend(self, missing: Access) -> Edit | None:
        """The extension of one rule that gives all that is missing and changes the fewest lines."""
        found: list[tuple[int, int, Edit]] = []
        for order, entry, step, message in self._extensions(missing):
            new = value_after(entry.value, step)
            more = less(
                self.reader.rows(entry, new, here=True), self.reader.rows(entry, entry.value, here=True)
            )
            if not covers(more, missing) or not covers(self.block, more):
                continue
            splice = edited(entry, [step])
            if splice is not None:
                edit = Edit(DeedKind.EXTENDED, entry, message, splice, (step,))
                found.append((edit.lines, order, edit))
            if len(found) == _TRIED:
                break
        return min(found, key=lambda one: one[:2])[2] if found else None

    def _extensions(self, missing: Access) -> Iterator[tuple[int, Entry, Step, Message]]:
        """Rules of which two sides are as chosen, and the third gets what is missing."""
        people, companies, mask = sides(missing)
        who = tuple(self.words.keys(Noun.CONSULTANT, people))
        clients = self.words.clients(companies)
        where = (clients,) if isinstance(clients, str) else tuple(map(str, clients))
        programs = tuple(self.words.programs(mask))
        for entry, rule in self.rules:
            value = entry.value
            fits = self._fits(entry)
            if sum(fits) < 2 or for_each_team(value) or not self._true(entry, rule):
                continue
            mine = "" if rule.reason or rule.ticket else None
            for order, (key, new) in enumerate((("who", who), ("clients", where), ("programs", programs))):
                there = {text for _, text in texts(value[key], ())}
                more = tuple(text for text in new if text not in there)
                if not more or not all(fit for n, fit in enumerate(fits) if n != order):
                    continue
                some = self.words.some(more)
                said = (
                    mine if mine is not None else self.words.comment(Message("{names}: {reason}", names=some))
                )
                yield (
                    order,
                    entry,
                    Add((key,), more, said),
                    Message(_ALSO[key].text, rule=entry.name, names=some),
                )

    def _fits(self, entry: Entry) -> tuple[bool, bool, bool]:
        value = entry.value
        return (
            self.reader.all_chosen("who", value["who"]),
            self.reader.all_chosen("clients", value["clients"]),
            self.reader.all_programs(entry, value["programs"]),
        )

    def _true(self, entry: Entry, rule: Rule) -> bool:
        """Whether what a rule says about itself is true of what it would give then, and is enough for it."""
        choice = self.asked.choice
        if rule.reason not in {"", choice.reason} or rule.ticket not in {"", choice.ticket}:
            return False
        if rule.reason and choice.ticket and rule.ticket != choice.ticket:
            return False
        mask = self.asked.mask | self.reader.programs(entry, entry.value["programs"])
        return not any(
            (one.about_access or one.programs & mask)
            and ((one.reason and not rule.reason) or (bool(one.ticket) and not rule.ticket))
            for one in self.before.guardrails.require
        )


def sides(missing: Access) -> tuple[Any, Any, int]:
    """Whom, where and what something is about: consultant ids, client ids, a mask."""
    mask = int(np.bitwise_or.reduce(missing.masks)) if len(missing) else 0
    return np.unique(missing.consultants), np.unique(missing.clients), mask
