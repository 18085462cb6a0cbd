"""What there is to know beside an edit; and the denials that stand in its way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.amend.take import not_given
from reconciler.desired import Standing, Unlisted
from reconciler.errors import Finding, InputError, Message, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.amend.asked import Asked
    from reconciler.amend.cells import Cells
    from reconciler.desired import Desired, Policy, Rule
    from reconciler.desired.policy import Entry


def refuse_denied(asked: Asked, policy: Policy, before: Desired) -> list[Finding]:
    """Make sure that no denial in force forbids what is to be given.

    Returns:
        A remark for each denial that will forbid some of it later.

    Raises:
        InputError: with each denial that forbids it, and its place.
    """
    errors, remarks = list[Finding](), list[Finding]()
    for entry, rule in _denials(asked, policy, before):
        if rule.standing is Standing.IN_FORCE:
            message = Message("“{name}” forbids this, whatever a rule gives", name=rule.name)
            hint = Message("its reason: {reason}", reason=rule.reason) if rule.reason else None
            errors.append(entry.key_finding("denied", message, hint))
        else:
            message = Message("“{name}” forbids some of it from {day}", name=rule.name, day=str(rule.start))
            remarks.append(_remark("denied-later", message, entry))
    if errors:
        raise InputError.of(errors)
    return remarks


def _denials(asked: Asked, policy: Policy, before: Desired) -> Iterator[tuple[Entry, Rule]]:
    """Denials that are about any of the chosen block, and have not ended."""
    from reconciler.amend.cells import inside

    denials, first = list(policy.denials.values()), before.sources.denials
    for sources in (before.sources, before.ahead):
        mine = np.flatnonzero(sources.rules >= first)
        mine = mine[inside(asked, sources.keys[mine])]
        hit = (sources.masks[mine] == 0) | (sources.masks[mine] & np.uint64(asked.mask) != 0)
        for number in np.unique(sources.rules[mine[hit]]).tolist():
            rule = before.rules[number]
            ended = rule.standing is Standing.ENDED
            late = (
                asked.choice.until is not None and rule.start is not None and rule.start > asked.choice.until
            )
            if not ended and not late:
                yield denials[number - first], rule


def remarks_of(
    asked: Asked, policy: Policy, before: Desired, cells: Cells, missing: int
) -> Iterator[Finding]:
    """What there is to know, but for denials.

    Args:
        asked: the choice.
        policy: as it was.
        before: the same, resolved.
        cells: what its rules give at the chosen pairs.
        missing: at how many of them something is missing.
    """
    if asked.gives:
        yield from _given_already(cells, missing)
        yield from _not_connected(asked)
    else:
        yield from (replace(one, severity=Severity.WARNING) for one in not_given(asked, cells))
        yield from _stays(policy, before)
    entries = list(policy.assignments.values())
    for number in np.unique(cells.numbers).tolist():
        rule, rows = before.rules[number], cells.numbers == number
        masks = cells.masks[rows]
        about = asked.whole or not asked.mask or bool((masks & np.uint64(asked.mask)).any())
        if not about:
            continue
        if rule.standing is Standing.AHEAD:
            message = Message("“{rule}” gives some of it from {day}", rule=rule.name, day=str(rule.start))
            yield _remark("given-later", message, entries[number])
        elif rule.standing is Standing.ENDED and asked.gives:
            message = Message("“{rule}” gave some of it until {day}", rule=rule.name, day=str(rule.until))
            yield _remark("given-before", message, entries[number])


def _given_already(cells: Cells, missing: int) -> Iterator[Finding]:
    there = len(cells.block) - missing
    if there:
        message = Message.count(
            "at {n} pair of consultant and client rules give all of it already",
            "at {n} pairs of consultant and client rules give all of it already",
            there,
        )
        yield Finding("given-already", message, severity=Severity.WARNING)


def _not_connected(asked: Asked) -> Iterator[Finding]:
    companies = asked.register.clients
    lost = asked.clients[~companies.connected[asked.clients]]
    if len(lost):
        message = Message.count(
            "{n} client is not connected to the bureau: nothing can be given there",
            "{n} clients are not connected to the bureau: nothing can be given there",
            len(lost),
        )
        yield Finding("not-connected", message, severity=Severity.WARNING)


def _stays(policy: Policy, before: Desired) -> Iterator[Finding]:
    """Where what no rule gives is not removed, taking it out of the rules removes nothing."""
    if before.unlisted is Unlisted.REMOVE:
        return
    message = Message(
        "what no rule gives is not removed at the bureau: “unlisted: {mode}”", mode=before.unlisted
    )
    entry = policy.sections["manage"].get("unlisted")
    if entry is None:
        yield Finding("stays", message, severity=Severity.WARNING)
    else:
        yield _remark("stays", message, entry)


def _remark(code: str, message: Message, entry: Entry) -> Finding:
    return replace(entry.key_finding(code, message), severity=Severity.WARNING)


def same_reason(asked: Asked, rule: Rule, entry: Entry) -> Finding | None:
    """A remark where a rule that is extended says the reason already."""
    if rule.reason and rule.reason == asked.choice.reason:
        return _remark("reason-said", Message("“{rule}” says this reason already", rule=rule.name), entry)
    return None
