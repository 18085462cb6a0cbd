"""Ways to take away what was chosen from each rule that gives it: names taken out, the rule removed, else an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.amend.cells import Cells
from reconciler.amend.excerpt import comments_above, edited, removed
from reconciler.amend.give import Edit
from reconciler.amend.reading import Reader
from reconciler.amend.steps import Add, Drop, Except, value_after
from reconciler.amend.values import DeedKind
from reconciler.desired import Standing
from reconciler.desired.checks import exceptions, texts
from reconciler.desired.side import Noun
from reconciler.errors import Finding, InputError, Message
from reconciler.grid import Access
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.amend.asked import Asked
    from reconciler.amend.steps import Step
    from reconciler.amend.wording import Words
    from reconciler.desired import Desired, Policy, Rule
    from reconciler.desired.policy import Entry
    from reconciler.grid.arrays import Flags

_Way = tuple[DeedKind, "Step | None", Message]
"""What is done, by which step (None removes the rule), and what is said about it."""


class Taker:
    """Finds out how to take it away.

    Args:
        asked: the choice.
        policy: as it is.
        before: the same, resolved.
        words: what is said.
    """

    def __init__(self, asked: Asked, policy: Policy, before: Desired, words: Words) -> None:
        self.asked, self.before, self.words = asked, before, words
        self.reader = Reader(asked)
        self.cells = Cells.of(asked, before)
        self.entries = list(policy.assignments.values())
        self.gone: set[int] = set()

    def edits(self) -> Iterator[Edit]:
        """One for each rule in force that gives any of it.

        Raises:
            InputError: where a rule gives it that cannot be edited.
        """
        findings = []
        for number in np.unique(self.cells.numbers).tolist():
            rule = self.before.rules[number]
            mine = self.cells.numbers == number
            hit = self.asked.whole or bool((self.cells.masks[mine] & np.uint64(self.asked.mask)).any())
            if rule.standing is not Standing.IN_FORCE or not hit:
                continue
            edit = self._best(number, self.entries[number])
            if edit is None:
                message = Message("“{rule}” cannot be edited as it is written", rule=rule.name)
                hint = Message("“reconciler fmt” brings it into shape")
                findings.append(self.entries[number].key_finding("not-editable", message, hint))
            else:
                # what it may have lost, no other rule can count on
                self.gone |= {number} if edit.kind in {DeedKind.REMOVED, DeedKind.NARROWED} else set()
                yield edit
        if findings:
            raise InputError.of(findings)

    def _best(self, number: int, entry: Entry) -> Edit | None:
        """The edit that changes the fewest lines; of several the one that was thought of first."""
        mine = self.cells.numbers == number
        had = Access(self.cells.block.shape, self.cells.keys[mine], self.cells.masks[mine])
        kept = self._kept_by_others(number, had)
        found: list[Edit] = []
        for kind, step, message in self._ways(entry, had):
            if not self._right(entry, step, had, kept):
                continue
            if step is None:
                said = self.words.comment(Message("“{rule}” was removed: {reason}", rule=entry.name))
                splice = removed(entry, said)
            else:
                splice = edited(entry, [step])
            if splice is not None:
                found.append(Edit(kind, entry, message, splice, () if step is None else (step,)))
                if kind is DeedKind.REMOVED:
                    return found[-1]
        return min(found, key=lambda edit: edit.lines, default=None)

    def _right(self, entry: Entry, step: Step | None, had: Access, kept: Flags) -> bool:
        """Whether a rule gives nothing that was chosen any more, and all else as before."""
        if step is None:
            left = Access.empty(had.shape)
        else:
            left = self.reader.rows(entry, value_after(entry.value, step), here=True)
        if self.asked.whole:
            return not len(left)
        masks, there = left.masks_at(had.keys)
        same = bool((masks == had.masks & ~np.uint64(self.asked.mask)).all())
        return same and bool((there | kept).all()) and len(left) <= len(had)

    def _kept_by_others(self, number: int, had: Access) -> Flags:
        """For each pair of a rule whether access stays without it, as long as the rule would have given it."""
        if self.asked.whole:
            return np.zeros(len(had), dtype=np.bool_)
        until = self.before.rules[number].until

        def lasts(rule: Rule) -> bool:
            return rule.standing is Standing.IN_FORCE and (
                rule.until is None or (until is not None and rule.until >= until)
            )

        flags = self.cells.flags(lasts)
        flags[[number, *self.gone]] = False
        return find(self.cells.given(flags).keys, had.keys)[1]

    def _ways(self, entry: Entry, had: Access) -> Iterator[_Way]:
        value, reader = entry.value, self.reader
        who, clients = (reader.all_chosen(key, value[key]) for key in ("who", "clients"))
        programs = self.asked.whole or reader.all_programs(entry, value["programs"])
        if who and clients and programs:
            yield (
                DeedKind.REMOVED,
                None,
                Message("“{rule}” was removed: nothing is left of it", rule=entry.name),
            )
        fits = {"who": clients and programs, "clients": who and programs}
        fits["programs"] = who and clients and not self.asked.whole
        for key, fit in fits.items():
            if fit:
                yield from self._without(entry, (key,))
        if "except" in value:
            yield from self._more_left_out(entry, had)
        block = self._block(entry, had, who=not who, clients=not clients)
        if block:
            message = Message("an exception was put on “{rule}”", rule=entry.name)
            yield DeedKind.EXCEPTED, Except(block, self.words.comment()), message

    def _without(self, entry: Entry, path: tuple[str]) -> Iterator[_Way]:
        """Names taken out of a list."""
        key, written = path[0], entry.value[path[0]]
        named = [text for _, text in texts(written, ())]
        if key == "programs":
            gone = [i for i, text in enumerate(named) if self.reader.all_programs(entry, [text])]
        else:
            gone = [i for i, text in enumerate(named) if self.reader.chosen(key, text)]
        if not gone or (len(gone) == len(named) and key != "programs"):
            return
        some = self.words.some([named[i] for i in gone])
        said = self.words.comment(Message("without {names}: {reason}", names=some))
        yield (
            DeedKind.NARROWED,
            Drop(path, tuple(gone), said),
            Message("“{rule}” no longer names {names}", rule=entry.name, names=some),
        )

    def _more_left_out(self, entry: Entry, had: Access) -> Iterator[_Way]:
        """An exception that is there, with more names."""
        people, companies = np.unique(had.consultants), np.unique(had.clients)
        for path, block in exceptions(entry.value):
            if not self._same_programs(entry, block):
                continue
            for key, other in (("who", "clients"), ("clients", "who")):
                if key not in block or not self.reader.all_chosen(
                    other, block.get(other, entry.value[other])
                ):
                    continue
                new: Any = (
                    self.words.keys(Noun.CONSULTANT, people)
                    if key == "who"
                    else self.words.clients(companies)
                )
                there = {text for _, text in texts(block[key], ())}
                more = tuple(text for text in ([new] if isinstance(new, str) else new) if text not in there)
                above = comments_above(entry, path)
                reason = self.words.reason()
                if more and all(reason and line.endswith(reason) for line in above):
                    some = self.words.some(more)
                    said = "" if above else self.words.comment(Message("{names}: {reason}", names=some))
                    yield (
                        DeedKind.EXCEPTED,
                        Add((*path, key), more, said),
                        Message(
                            "an exception of “{rule}” now also names {names}", rule=entry.name, names=some
                        ),
                    )

    def _same_programs(self, entry: Entry, block: Mapping[str, Any]) -> bool:
        """Whether an exception takes what was chosen of what the rule gives."""
        if self.asked.whole or "programs" not in block:
            return self.asked.whole and "programs" not in block
        gives = self.reader.programs(entry, entry.value["programs"])
        return self.reader.programs(entry, block["programs"]) & gives == self.asked.mask & gives

    def _block(self, entry: Entry, had: Access, *, who: bool, clients: bool) -> dict[str, Any]:
        """What an exception says, in which a side is left out that is the rule's own."""
        block: dict[str, Any] = {}
        if not self.asked.whole:
            had = had.where(had.masks & np.uint64(self.asked.mask) != 0)
        if who:
            block["who"] = self.words.who(np.unique(had.consultants))
        if clients:
            block["clients"] = self.words.clients(np.unique(had.clients))
        if not self.asked.whole:
            gives = self.reader.programs(entry, entry.value["programs"])
            block["programs"] = self.words.programs(gives & self.asked.mask)
        return block


def not_given(asked: Asked, cells: Cells) -> list[Finding]:
    """A remark where no rule in force gives some of what is to be taken away."""
    given = cells.at(asked.on, (Standing.IN_FORCE,))
    masks, there = given.masks_at(cells.block.keys)
    if not asked.whole:
        there = masks & np.uint64(asked.mask) != 0
    lost = int(np.count_nonzero(~there))
    if not lost:
        return []
    message = Message.count(
        "at {n} pair of consultant and client no rule gives it: there is nothing to take away",
        "at {n} pairs of consultant and client no rule gives it: there is nothing to take away",
        lost,
    )
    return [Finding("not-given", message)]
