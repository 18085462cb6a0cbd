"""Rules as files: their YAML, with a comment for each that says what it covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.found import Found, Hole, Kind
from reconciler.adopt.words import is_writable, key_text
from reconciler.desired.write import Data, Note, policy_text
from reconciler.errors import Message
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.adopt.adopt import Adopted
    from reconciler.grid import Register

    Say = Callable[[Message], str]

_HEADING = Message("Written by “reconciler import” on {day} from what {bureau} has. It is yours to change.")
_SORTED = Message(
    "Rules that were found in it: teams and tags first, then groups of consultants and clients."
)
_UNSORTED = (
    Message("UNSORTED: single cases that fit no rule. Nobody decided them together; look through them,"),
    Message("delete what should not be, and give the rest a reason or a rule of its own."),
)
_EXCEPTIONS = (
    Message(
        "Rules with many exceptions: cells that nearly everybody else has. An exception that should not be"
    ),
    Message("one is deleted; the plan then gives what it took."),
)
_ADOPTED = (
    Message("Access that {bureau} had on {day} and no rule gave: it was adopted."),
    Message("Delete what should not be: then it is unlisted again."),
)
_UNLISTED = Message(
    "access that no rule gives is reported; once you trust the rules: remove, with taken-over"
)
_GONE = Message("left out: whoever has left the bureau and still has access; see the plan")

_COVERS = Message("consultants: {consultants}, clients: {clients}, programs assigned: {cells}")
_COVERS_LESS = Message(
    "consultants: {consultants}, clients: {clients}, programs assigned: {cells}, exceptions: {exceptions}"
)

_MANY = 60
"""Exceptions with which a rule goes into a file of its own."""


def _part(rule: Found) -> str:
    if rule.kind is Kind.UNSORTED:
        return "unsorted"
    return "exceptions" if len(rule.holes) > _MANY else "access"


class Words:
    """What stands in a rule for consultants, clients, programs and what is left out.

    Args:
        register: the names; those that no YAML can say are "".
    """

    def __init__(self, register: Register) -> None:
        names = (register.consultants.names, register.clients.names)
        self.keys = tuple([key_text(name) or "" for name in side] for side in names)
        self._programs = register.programs.names

    def side(self, chosen: str | tuple[int, ...], side: int) -> Data:
        """A selector or keys; one consultant stands alone, one client in a list, as people write it."""
        if isinstance(chosen, str):
            return chosen
        keys = [self.keys[side][number] for number in chosen]
        return keys[0] if side == 0 and len(keys) == 1 else keys

    def hole(self, hole: Hole) -> dict[str, Data]:
        """What a rule leaves out."""
        said: dict[str, Data] = {}
        if hole.who is not None:
            said["who"] = self.side(hole.who, 0)
        if hole.clients is not None:
            said["clients"] = self.side(hole.clients, 1)
        if hole.mask is not None:
            said["programs"] = self.programs(hole.mask)
        return said

    def programs(self, mask: int) -> Sequence[str]:
        """The names of programs."""
        return [self._programs[number] for number in bits(mask)]


class Writer:
    """Writes what was found.

    Args:
        adopted: what was found.
        say: puts a Message into the reader's language, in one line and safe to print.
        day: as it is shown.
        reason: put on every rule; "" for none.
    """

    def __init__(self, adopted: Adopted, say: Say, day: str, reason: str = "") -> None:
        self.adopted, self.say, self.day, self.reason = adopted, say, day, reason
        self.register = adopted.wish.register
        self.programs = self.register.programs
        self.words = Words(self.register)
        bundles = {**adopted.bundles, **adopted.known}
        # the largest bundle first, so that a set of programs is said in the fewest words
        self.bundles = sorted(bundles.items(), key=lambda item: (-item[1].bit_count(), item[0]))

    def folder(self) -> dict[str, str]:
        """The files of a new policy folder, by name."""
        heading = [self._said(_HEADING)]
        manage = {"unlisted": Note("report", beside=self.say(_UNLISTED))}
        bureau: dict[str, Mapping[str, Note] | Note] = {"manage": manage}
        if is_writable(self.register.bureau):
            bureau = {"bureau": Note(self.register.bureau), **bureau}
        if self.adopted.bundles:
            bureau["bundles"] = {
                name: Note(self.words.programs(mask)) for name, mask in self.adopted.bundles.items()
            }
        files = {"bureau.yaml": policy_text(heading, bureau)}
        parts = {"access": (_SORTED,), "exceptions": _EXCEPTIONS, "unsorted": _UNSORTED}
        for name, about in parts.items():
            rules = self._rules(name)
            if rules:
                lines = [*heading, "", *map(self.say, about)]
                files[f"{name}.yaml"] = policy_text(lines, {"access": rules})
        return files

    def addition(self) -> str:
        """One more file for a folder that is there; "" where there is nothing to add."""
        rules = self._rules("access") | self._rules("exceptions")
        single = self._rules("unsorted")
        if single:
            first, note = next(iter(single.items()))
            above = (*map(self.say, _UNSORTED), "", *note.above)
            single[first] = Note(note.value, above, note.beside, note.brackets)
        rules |= single
        return policy_text([self._said(line) for line in _ADOPTED], {"access": rules}) if rules else ""

    def _said(self, message: Message) -> str:
        return self.say(Message(message.text, day=self.day, bureau=self.register.label))

    def _rules(self, part: str) -> dict[str, Note]:
        return {name: self._note(rule) for name, rule in self.adopted.rules.items() if _part(rule) == part}

    def _note(self, rule: Found) -> Note:
        said: dict[str, Data] = {
            "who": self.words.side(rule.who, 0),
            "clients": self.words.side(rule.clients, 1),
            "programs": self._written(rule.mask),
        }
        if rule.holes:
            holes: list[Data] = [self.words.hole(hole) for hole in rule.holes]
            said["except"] = holes[0] if len(holes) == 1 else holes
        if self.reason:
            said["reason"] = self.reason
        if rule.kind is Kind.UNSORTED:
            return Note(said, brackets=True)
        return Note(said, above=self._covers(rule))

    def _covers(self, rule: Found) -> tuple[str, ...]:
        stride = max(self.register.shape.consultants, 1)
        figures = {
            "consultants": len(np.unique(rule.keys % stride)),
            "clients": len(np.unique(rule.keys // stride)),
            "cells": int(np.bitwise_count(rule.masks).sum(dtype=np.int64)),
            "exceptions": len(rule.holes),
        }
        covers = _COVERS_LESS if rule.holes else _COVERS
        message = Message(covers.text, **figures)
        gone = any(hole.clients is None for hole in rule.holes)
        return (self.say(message), *([self.say(_GONE)] if gone else []))

    def _written(self, mask: int) -> Data:
        """Programs as a rule says them: all, bundles as far as they go, then names."""
        whole = self.adopted.wish.desired.scope.programs == self.programs.package
        if mask.bit_count() > 1 and mask == self.programs.package and whole:
            return "all"
        words: list[str] = []
        rest = mask
        for name, inner in self.bundles:
            if inner and inner & ~mask == 0 and inner & rest == inner:
                words.append(f"+{name}")
                rest &= ~inner
        return [*words, *self.words.programs(rest)]
