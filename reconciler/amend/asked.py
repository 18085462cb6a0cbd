"""A choice as ids, with everything that is wrong with it told at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.words import is_program, is_writable, key_text
from reconciler.desired.checks import CLIENTS
from reconciler.desired.findings import fail_or_warnings
from reconciler.desired.programs import Masks
from reconciler.desired.selectors import Kind, SelectorError, Tree, Word, parse, words
from reconciler.desired.side import Noun
from reconciler.desired.world import World, world_of
from reconciler.errors import Finding, Message
from reconciler.grid import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from reconciler.amend.values import Choice
    from reconciler.desired import Desired, Policy
    from reconciler.desired.side import Side
    from reconciler.grid import Register
    from reconciler.grid.arrays import Flags, Ids

MOST_PAIRS = 10_000_000
"""Pairs of one choice: 100,000 clients for 100 consultants."""

_TOLD = 20
"""Names of one kind that are told to be wrong; nobody reads more."""

_EVERY = (1 << 64) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A choice that can be looked at by id.

    Attributes:
        choice: as it was made.
        on: the day.
        register: the names.
        world: the names as the policy has them.
        masks: what programs mean.
        consultants: ids, ascending, unique.
        clients: likewise.
        mask: the programs; every one where access is removed.
        said: the selector of the clients; None where they were marked one by one.
    """

    choice: Choice
    on: date
    register: Register
    world: World
    masks: Masks
    consultants: Ids
    clients: Ids
    mask: int
    said: Tree | None

    @property
    def gives(self) -> bool:
        """Whether something is given."""
        return self.choice.kind is OperationKind.GIVE_ACCESS

    @property
    def whole(self) -> bool:
        """Whether access itself is removed."""
        return self.choice.kind is OperationKind.REMOVE_ACCESS

    def flags(self) -> tuple[Flags, Flags]:
        """A flag per consultant id and one per client id."""
        shape = self.register.shape
        return _flags(self.consultants, shape.consultants), _flags(self.clients, shape.clients)


def asked_of(choice: Choice, policy: Policy, register: Register, on: date, before: Desired) -> Asked:
    """Look up what was chosen.

    Raises:
        InputError: with everything that is wrong with it.
    """
    world = world_of(policy, register, [])
    findings: list[Finding] = []
    people = _ids(choice.consultants, world.consultants, findings)
    companies = _ids(choice.clients, world.clients, findings)
    mask = _programs(choice, register, findings)
    said = _said(choice, world.clients, companies, findings) if choice.said else None
    asked = Asked(
        choice=choice,
        on=on,
        register=register,
        world=world,
        masks=Masks(register.programs, policy.sections["bundles"], []),
        consultants=people,
        clients=companies,
        mask=mask,
        said=said,
    )
    findings += _wrong(choice, on)
    findings += _outside(asked, before)
    findings += _unwritable(asked)
    if asked.gives:
        gone = people[~register.consultants.active[people]]
        for number in gone[:_TOLD].tolist():
            message = Message("{name} has left the bureau and gets nothing", name=_label(register, number))
            findings.append(Finding("consultant-left", message))
    if len(people) * len(companies) > MOST_PAIRS:
        message = Message("so much is not edited at once: {pairs} pairs", pairs=len(people) * len(companies))
        hint = Message("at most {most}; for so many, a rule with a tag or a team is written", most=MOST_PAIRS)
        findings.append(Finding("too-many-pairs", message, hint=hint))
    fail_or_warnings(findings)
    return asked


def _flags(ids: Ids, size: int) -> Flags:
    flags = np.zeros(size, dtype=np.bool_)
    flags[ids] = True
    return flags


def _label(register: Register, number: int) -> str:
    people = register.consultants
    return people.labels[number] or people.names[number]


def _ids(keys: Sequence[str], side: Side, findings: list[Finding]) -> Ids:
    found = [side.keys.get(key) for key in keys]
    for key in islice((key for key, one in zip(keys, found, strict=True) if one is None), _TOLD):
        code, message, hint = side.no_such(Word(Kind.KEY, key, 0))
        findings.append(Finding(code, message, hint=hint))
    if not keys:
        findings.append(Finding("nothing-chosen", _NOTHING[side.noun]))
    return np.unique(np.array([one for one in found if one is not None], dtype=np.int64))


_NOTHING = {
    Noun.CONSULTANT: Message("no consultant is chosen"),
    Noun.CLIENT: Message("no client is chosen"),
}


def _programs(choice: Choice, register: Register, findings: list[Finding]) -> int:
    if choice.kind is OperationKind.REMOVE_ACCESS:
        return _EVERY
    names, package, mask = register.programs.names, register.programs.package, 0
    for key in choice.programs:
        number = names.find(key)
        if number is None:
            findings.append(Finding("unknown-program", Message("there is no program “{name}”", name=key)))
        elif not package >> number & 1:
            findings.append(
                Finding("outside-package", Message("“{name}” is not in the bureau package", name=key))
            )
        else:
            mask |= 1 << number
    if not choice.programs and choice.kind is OperationKind.REMOVE_PROGRAMS:
        findings.append(Finding("nothing-chosen", Message("no program is chosen")))
    return mask


def _said(choice: Choice, side: Side, clients: Ids, findings: list[Finding]) -> Tree | None:
    """The selector, which must mean what was marked."""
    try:
        tree = parse(choice.said)
    except SelectorError as error:
        findings.append(Finding("selector", error.message, hint=error.hint, excerpt=choice.said))
        return None
    unknown: list[Word] = []
    if any(word.kind not in CLIENTS for word in words(tree)) or not is_writable(choice.said):
        message = Message("“{text}” cannot be used as a filter here", text=choice.said)
        findings.append(Finding("misplaced-selector", message, excerpt=choice.said))
        return None
    chosen = side.select(tree, None, unknown)
    if unknown:
        findings += [Finding(code, message, hint=hint) for code, message, hint in map(side.no_such, unknown)]
    elif not np.array_equal(chosen, clients):
        message = Message("“{text}” does not mean the clients that are marked", text=choice.said)
        hint = Message("the register has changed meanwhile: mark them again")
        findings.append(Finding("selector-moved", message, hint=hint))
    # one client's own number is not a selector
    return None if isinstance(tree, Word) and tree.kind is Kind.KEY else tree


def _wrong(choice: Choice, on: date) -> Iterator[Finding]:
    """What is wrong with the reason, the ticket and the last day."""
    for text in (choice.reason, choice.ticket):
        if text and not (text.isprintable() and text == text.strip() and is_writable(text)):
            message = Message("“{text}” cannot be written in one line", text=text)
            yield Finding("reason-unwritable", message)
    if choice.until is None:
        return
    if choice.kind is not OperationKind.GIVE_ACCESS:
        yield Finding("until-removal", Message("only what is given can end by itself"))
    elif choice.until < on:
        yield Finding("day-passed", Message("{date} has passed", date=choice.until.isoformat()))
    elif not choice.reason:
        yield Finding("no-reason", Message("what ends by itself needs a reason"))


def _outside(asked: Asked, before: Desired) -> Iterator[Finding]:
    """What the folder does not manage."""
    scope = before.scope
    for ids, managed, names in (
        (asked.consultants, scope.consultants, asked.register.consultants.names),
        (asked.clients, scope.clients, asked.register.clients.names),
    ):
        for number in ids[~managed[ids]][:_TOLD].tolist():
            yield _unmanaged(names[number])
    if not asked.whole:
        lost = asked.mask & ~scope.programs
        for number, name in enumerate(asked.register.programs.names):
            if lost >> number & 1:
                yield _unmanaged(name)


def _unmanaged(name: str) -> Finding:
    message = Message("this folder does not manage {name}", name=name)
    return Finding("outside-scope", message, hint=Message("see “manage:”"))


def _unwritable(asked: Asked) -> Iterator[Finding]:
    """What no YAML can say."""
    register = asked.register
    people, companies = register.consultants.names, register.clients.names
    clients = () if asked.said is not None else asked.clients.tolist()
    odd: Iterable[str] = (
        *(people[i] for i in asked.consultants.tolist() if key_text(people[i]) is None),
        *(companies[i] for i in clients if key_text(companies[i]) is None),
        *(() if asked.whole else (name for name in asked.choice.programs if not is_program(name))),
    )
    for key in islice(odd, _TOLD):
        yield Finding("unwritable", Message("{key} cannot be written in a rule", key=key))
