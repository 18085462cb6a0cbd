"""What moved between two plans, in sentences: so that nobody approves one thing and gets another (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.grid import Change
from reconciler.plan.document import program_names

if TYPE_CHECKING:
    from reconciler.plan.values import Plan


def moved(shown: Plan, now: Plan) -> tuple[Message, ...]:
    """How what would be done now differs from what was shown; empty where it is the same.

    The revision may differ: what counts is what would be done to which pair.
    """
    from deepdiff import DeepDiff

    before, after = _by_pair(shown), _by_pair(now)
    difference = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    keys = {item.path(output_format="list")[0] for items in difference.values() for item in items}
    return tuple(_sentence(key, before.get(key), after.get(key)) for key in sorted(keys))


_Key = tuple[str, str, str]
"""Consultant, client and what is done to them."""


def _sentence(key: _Key, before: str | None, after: str | None) -> Message:
    consultant, client, change = key
    pair = Message("{consultant} at {client}", consultant=consultant, client=client)
    if before is None:
        return Message("{pair}: now also {after}", pair=pair, after=_what(Change(change), after))
    if after is None:
        return Message("{pair}: no longer {before}", pair=pair, before=_what(Change(change), before))
    return Message(
        "{pair}: {before} became {after}", pair=pair, before=_what(Change(change), before), after=after
    )


def _what(change: Change, programs: str | None) -> Message:
    match change:
        case Change.GIVE_ACCESS:
            return Message("give access, with the programs: {programs}", programs=programs or "–")
        case Change.ADD_PROGRAMS:
            return Message("add the programs: {programs}", programs=programs)
        case Change.REMOVE_PROGRAMS:
            return Message("remove the programs: {programs}", programs=programs)
        case Change.REMOVE_ACCESS:
            return Message("remove access, and with it: {programs}", programs=programs or "–")


def _by_pair(plan: Plan) -> dict[_Key, str]:
    """What would be done to each pair: the programs that change with it."""
    register = plan.register
    return {
        (register.consultants.names[consultant], register.clients.names[client], change.value): ", ".join(
            program_names(plan, mask)
        )
        for change, rows in plan.changes.allowed.items()
        for consultant, client, mask in rows.rows()
    }
