"""Limits: how much one plan may do. A faulty file must not empty a bureau.

A limit refuses the whole plan, unless exactly the figure that it shows was allowed by name. What counts is what would
really be done: what is blocked, or outside of what was asked for, counts nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.errors import Message
from reconciler.guardrails.case import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from reconciler.desired import Amount
    from reconciler.grid import Access
    from reconciler.grid.arrays import Flags, Ids
    from reconciler.guardrails.case import Case

NAMES = (
    "removals",
    "removals-per-client",
    "removals-per-consultant",
    "grants",
    "operations",
    "consultants-per-client",
    "system-administrators-per-client",
)
"""Of the limits in the YAML, and of what `--allow` takes a figure for."""

_SHOWN = 3
"""Clients or consultants that a refusal names."""


def check_limits(case: Case, operations: int, ours: Access, allow: Mapping[str, int]) -> tuple[Refusal, ...]:
    """The limits that a plan is over, and that were not allowed by name.

    Args:
        case: what will really be done.
        operations: how many that takes.
        ours: all that is managed now: percent are of this.
        allow: by name the figure that is meant.
    """
    found = (*_whole(case, operations, ours), *_by_place(case, ours), *_remaining(case))
    return tuple(refusal for refusal in found if allow.get(refusal.guardrail) != refusal.figure)


def _whole(case: Case, operations: int, ours: Access) -> Iterator[Refusal]:
    """What counts for the plan as a whole."""
    limits = case.desired.guardrails.limits
    removals = len(case.take) + case.take.cells + case.remove.cells
    grants = len(case.give) + case.give.cells + case.add.cells
    if limits.removals is not None:
        most = limits.removals.limit(len(ours) + ours.cells)
        told = Message(
            "the plan would remove {figure} accesses and programs, and at most {limit} may go at once",
            figure=removals,
            limit=most,
        )
        yield from _over("removals", removals, most, told)
    if limits.grants is not None:
        told = Message(
            "the plan would grant {figure} accesses and programs, and at most {limit} may come at once",
            figure=grants,
            limit=limits.grants,
        )
        yield from _over("grants", grants, limits.grants, told)
    if limits.operations is not None:
        told = Message(
            "the plan has {figure} operations, and at most {limit} may be done at once",
            figure=operations,
            limit=limits.operations,
        )
        yield from _over("operations", operations, limits.operations, told)


def _over(name: str, figure: int, limit: int, told: Message) -> Iterator[Refusal]:
    if figure > limit:
        yield Refusal(name, figure, limit, told)


def _by_place(case: Case, ours: Access) -> Iterator[Refusal]:
    """What counts for each client, and for each consultant; the figure is what would go at all that are over."""
    limits, register = case.desired.guardrails.limits, case.register
    if limits.removals_per_client is not None:
        clients = len(register.clients.names)
        gone = _cells(case, lambda rows: rows.clients, clients)
        most = _limits(limits.removals_per_client, gone, ours, lambda rows: rows.clients)
        over = np.flatnonzero(gone > most)
        told = Message.count(
            "more would go than may at {n} client: {names}",
            "more would go than may at {n} clients: {names}",
            len(over),
            names=_worst(register.clients.names.all, over, gone, most),
        )
        yield from _over_somewhere("removals-per-client", over, gone, most, told)
    if limits.removals_per_consultant is not None:
        people = len(register.consultants.names)
        gone = _cells(case, lambda rows: rows.consultants, people)
        # whoever has left loses everything: nobody needs to be asked
        gone[~register.consultants.active] = 0
        most = _limits(limits.removals_per_consultant, gone, ours, lambda rows: rows.consultants)
        over = np.flatnonzero(gone > most)
        told = Message.count(
            "{n} consultant would lose more than may go: {names}",
            "{n} consultants would lose more than may go: {names}",
            len(over),
            names=_worst(register.consultants.names.all, over, gone, most),
        )
        yield from _over_somewhere("removals-per-consultant", over, gone, most, told)


def _over_somewhere(name: str, over: Ids, gone: Ids, most: Ids, told: Message) -> Iterator[Refusal]:
    if len(over):
        yield Refusal(name, int(gone[over].sum()), int(most[over].sum()), told)


def _cells(case: Case, place: Callable[[Access], Ids], size: int) -> Ids:
    """By place, how many cells would be removed there."""
    return _count(case.take, place(case.take), size) + _programs(case.remove, place(case.remove), size)


def _limits(amount: Amount, gone: Ids, ours: Access, place: Callable[[Access], Ids]) -> Ids:
    """By place, how many cells may go."""
    if not amount.percent:
        return amount.limits(np.zeros(len(gone), dtype=np.int64))
    at = place(ours)
    there = (gone > 0)[at]
    return amount.limits(_count(ours.where(there), at[there], len(gone)))


def _count(rows: Access, at: Ids, size: int) -> Ids:
    """By place, how many cells rows have: access counts as one, each program as one."""
    return np.bincount(at, minlength=size) + _programs(rows, at, size)


def _programs(rows: Access, at: Ids, size: int) -> Ids:
    return np.bincount(at, np.bitwise_count(rows.masks), size).astype(np.int64)


def _worst(names: Sequence[str], over: Ids, gone: Ids, most: Ids) -> Message:
    """The places that are most over, with what would go there and what may."""
    first = over[np.argsort(most[over] - gone[over], kind="stable")][:_SHOWN].tolist()
    shown = [
        Message("{name} ({figure}, at most {limit})", name=names[i], figure=int(gone[i]), limit=int(most[i]))
        for i in first
    ]
    return _listed(shown, len(over) - len(first))


def _remaining(case: Case) -> Iterator[Refusal]:
    """How many must remain at clients where access is removed; the figure is how many clients are left with fewer."""
    limits = case.desired.guardrails.limits
    clients = np.unique(case.take.clients)
    if limits.consultants_per_client is not None:
        before, after = (
            _active(case, state.at_clients(clients), clients) for state in (case.have, case.after)
        )
        short = _short(before, after, limits.consultants_per_client)
        told = Message.count(
            "too few consultants would be left (at least {limit}) at {n} client: {names}",
            "too few consultants would be left (at least {limit}) at {n} clients: {names}",
            int(short.sum()),
            limit=limits.consultants_per_client,
            names=_left(case, clients[short], after[short]),
        )
        yield from _over_limit("consultants-per-client", short, limits.consultants_per_client, told)
    if limits.system_administrators_per_client is not None and case.others is not None:
        before, after = _administrators(case, clients)
        short = _short(before, after, limits.system_administrators_per_client)
        told = Message.count(
            "too few system administrators would be left (at least {limit}) at {n} client: {names}",
            "too few system administrators would be left (at least {limit}) at {n} clients: {names}",
            int(short.sum()),
            limit=limits.system_administrators_per_client,
            names=_left(case, clients[short], after[short]),
        )
        yield from _over_limit(
            "system-administrators-per-client", short, limits.system_administrators_per_client, told
        )


def _over_limit(name: str, short: Flags, limit: int, told: Message) -> Iterator[Refusal]:
    if short.any():
        yield Refusal(name, int(short.sum()), limit, told)


def _short(before: Ids, after: Ids, least: int) -> Flags:
    """Where the plan leaves fewer than there must be, and fewer than there are now."""
    short: Flags = (after < least) & (after < before)
    return short


def _active(case: Case, rows: Access, clients: Ids) -> Ids:
    """How many consultants who are still with the bureau have access to each of these clients."""
    active = case.register.consultants.active[rows.consultants]
    return np.bincount(np.searchsorted(clients, rows.clients[active]), minlength=len(clients))


def _administrators(case: Case, clients: Ids) -> tuple[Ids, Ids]:
    """How many operators are system administrators at each of these clients, and how many keep their access there."""
    before, after = np.zeros(len(clients), dtype=np.int64), np.zeros(len(clients), dtype=np.int64)
    for operator in (*case.operator.each, *(case.others or ())):
        system = operator.rights.system[clients]
        before += system
        own = (
            None if operator.consultant is None else case.register.consultants.names.find(operator.consultant)
        )
        if own is not None:
            lost = case.take.clients[case.take.consultants == own]
            system = system & ~np.isin(clients, lost)
        after += system
    return before, after


def _left(case: Case, clients: Ids, after: Ids) -> Message:
    """Where too few are left, the fewest first."""
    first = np.argsort(after, kind="stable")[:_SHOWN].tolist()
    names = case.register.clients.names
    shown = [Message("{name} ({left} left)", name=names[int(clients[i])], left=int(after[i])) for i in first]
    return _listed(shown, len(clients) - len(first))


def _listed(shown: list[Message], hidden: int) -> Message:
    """Several as one value of a sentence; each is said in the language of the reader."""
    if hidden:
        shown = [*shown, Message.count("{n} more", "{n} more", hidden)]
    text = ", ".join(f"{{item{i}}}" for i in range(len(shown)))
    return Message(text, **{f"item{i}": one for i, one in enumerate(shown)})
