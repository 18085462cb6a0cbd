"""What moved between two plans, in sentences: so that nobody approves one thing and gets another (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.grid import PAIR_CHANGES, Change, Half
from reconciler.plan.outcome import ALONG, outcome_rows
from reconciler.plan.plain import pack

if TYPE_CHECKING:
    from collections.abc import Container

    from reconciler.plan.file import Bound
    from reconciler.plan.values import Plan

Pair = tuple[str, str]
"""Consultant and client."""


def moved(shown: Plan, now: Plan, pairs: Container[Pair] | None = None) -> tuple[Message, ...]:
    """How what would be done now differs from what was shown; empty where it is the same.

    The revision may differ: what counts is what would be done to which pair.

    Args:
        shown: the plan of then.
        now: the plan of now.
        pairs: look at these alone; None for all.
    """
    from deepdiff import DeepDiff

    before, after = _by_pair(shown, pairs), _by_pair(now, pairs)
    difference = DeepDiff(_joined(before), _joined(after), view="tree", threshold_to_diff_deeper=0)
    keys = {item.path(output_format="list")[0] for items in difference.values() for item in items}
    return tuple(_sentence(key, before.get(key), after.get(key)) for key in sorted(keys))


def happened(shown: Plan, now: Plan, pairs: Container[Pair]) -> tuple[Message, ...]:
    """What of a plan has happened already at some pairs, and so is not to be done now."""
    before, after = _by_pair(shown, pairs), _by_pair(now, pairs)
    found = []
    for key, programs in sorted(before.items()):
        change = Change(key[2])
        still = {
            p for other in Change if other.half is change.half for p in after.get((*key[:2], other.value), ())
        }
        gone = [program for program in programs if program not in still]
        whole = change in PAIR_CHANGES and key not in after
        if whole or gone:
            what = _what(change if whole else _PROGRAMS[change.half], gone)
            found.append(Message("{pair}: has happened already: {what}", pair=_pair(key), what=what))
    return tuple(found)


_PROGRAMS = {Half.GRANTS: Change.ADD_PROGRAMS, Half.REMOVALS: Change.REMOVE_PROGRAMS}


def since(then: Bound, now: Bound) -> tuple[Message, ...]:
    """What of that which a plan was made from is not as it was."""
    from deepdiff import DeepDiff

    before, after = pack(then), pack(now)
    difference = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    keys = {str(item.path(output_format="list")[0]) for items in difference.values() for item in items}
    return tuple(
        Message(sentence.text, was=_short(before[key]), now=_short(after[key]))
        for key, sentence in _SINCE.items()
        if key in keys
    )


_SINCE = {
    "policies": Message("since then, the rules have changed"),
    "commit": Message("since then, the commit of the rules has changed: from {was} to {now}"),
    "revision": Message("since then, the bureau has changed: its revision was {was} and is {now}"),
    "date": Message("since then, the day has changed: the plan was for {was}, and this is {now}"),
    "backend": Message("since then, the kind of the backend has changed: from {was} to {now}"),
    "tool-version": Message("since then, the version of reconciler has changed: from {was} to {now}"),
}
"""What is told, in this order; the rest tells of the same things or of the plan itself."""


def _short(value: object) -> str:
    return "–" if value is None else str(value)[:40]


_Key = tuple[str, str, str]
"""Consultant, client and what is done to them."""


def _pair(key: _Key) -> Message:
    return Message("{consultant} at {client}", consultant=key[0], client=key[1])


def _sentence(key: _Key, before: list[str] | None, after: list[str] | None) -> Message:
    pair, change = _pair(key), Change(key[2])
    if before is None:
        return Message("{pair}: now also {after}", pair=pair, after=_what(change, after or []))
    if after is None:
        return Message("{pair}: no longer {before}", pair=pair, before=_what(change, before))
    was, becomes = _what(change, before), _list(after)
    return Message("{pair}: {before} became {after}", pair=pair, before=was, after=becomes)


def _what(change: Change, programs: list[str]) -> Message:
    match change:
        case Change.GIVE_ACCESS:
            return Message("give access, with the programs: {programs}", programs=_list(programs))
        case Change.ADD_PROGRAMS:
            return Message("add the programs: {programs}", programs=_list(programs))
        case Change.REMOVE_PROGRAMS:
            return Message("remove the programs: {programs}", programs=_list(programs))
        case Change.REMOVE_ACCESS:
            return Message("remove access, and with it: {programs}", programs=_list(programs))


def _list(programs: list[str]) -> str:
    return ", ".join(programs) or "–"


def _by_pair(plan: Plan, pairs: Container[Pair] | None) -> dict[_Key, list[str]]:
    """What would be done to each pair: the programs that change with it."""
    found = dict[_Key, list[str]]()
    for kind, rows in outcome_rows(plan).items():
        change = Change.REMOVE_ACCESS.value if kind == ALONG else kind
        for consultant, client, programs in rows:
            if pairs is None or (consultant, client) in pairs:
                found.setdefault((consultant, client, change), []).extend(programs)
    return found


def _joined(by_pair: dict[_Key, list[str]]) -> dict[_Key, str]:
    return {key: _list(programs) for key, programs in by_pair.items()}
