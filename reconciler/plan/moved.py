"""What moved between two plans, in sentences: so that nobody approves one thing and gets another (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.plan.document import program_names

if TYPE_CHECKING:
    from reconciler.plan.values import Plan


def moved(shown: Plan, now: Plan) -> tuple[Message, ...]:
    """How what would be done now differs from what was shown; empty where it is the same.

    The revision may differ: what counts is what would be done to which pair.
    """
    from deepdiff import DeepDiff

    difference = DeepDiff(_by_pair(shown), _by_pair(now), view="tree", threshold_to_diff_deeper=0)
    found = [
        (tuple(map(str, item.path(output_format="list"))), kind, item.t1, item.t2)
        for kind, items in difference.items()
        for item in items
    ]
    return tuple(_sentence(*one) for one in sorted(found, key=lambda one: one[:2]))


def _sentence(pair: tuple[str, ...], kind: str, before: object, after: object) -> Message:
    match kind:
        case "dictionary_item_added":
            return Message("{pair}: now also {after}", pair=pair[0], after=after)
        case "dictionary_item_removed":
            return Message("{pair}: no longer {before}", pair=pair[0], before=before)
        case _:
            return Message("{pair}: {before} became {after}", pair=pair[0], before=before, after=after)


def _by_pair(plan: Plan) -> dict[str, str]:
    """What would be done to each pair, in words that compare."""
    told: dict[str, list[str]] = {}
    register = plan.register
    for change, rows in plan.changes.allowed.items():
        for consultant, client, mask in rows.rows():
            pair = f"{register.consultants.names[consultant]} at {register.clients.names[client]}"
            told.setdefault(pair, []).append(" ".join([change.value, *program_names(plan, mask)]))
    return {pair: ", ".join(what) for pair, what in told.items()}
