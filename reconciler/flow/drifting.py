"""One look for drift: compare, and ask the backend who made each difference."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reconciler.errors import Message, ReconcilerError
from reconciler.formats.metrics import Checked
from reconciler.plan import build
from reconciler.plan.drift import Told
from reconciler.plan.history import HistoryQuery
from reconciler.plan.origins import differing, find_drift

if TYPE_CHECKING:
    from reconciler.backends import Backend
    from reconciler.desired import Policy
    from reconciler.flow.world import Wanted
    from reconciler.grid import Register
    from reconciler.grid.arrays import Keys
    from reconciler.plan import Current
    from reconciler.plan.drift import Drift, Question

MOST_PAIRS = 20_000
"""Pairs that the backend is asked about one by one; where more differ, nobody reads who did each."""


@dataclass(frozen=True, slots=True)
class Found:
    """A drift, and what it was found in.

    Attributes:
        policy: the YAML.
        current: what the bureau has.
        backend: that told it.
        wish: which part was looked at.
        question: what was asked.
        drift: what differs.
    """

    policy: Policy
    current: Current
    backend: Backend
    wish: Wanted
    question: Question
    drift: Drift


def compare(policy: Policy, current: Current, backend: Backend, wish: Wanted, question: Question) -> Drift:
    """How the bureau differs from the YAML, and who made it so.

    Args:
        policy: the YAML.
        current: what the bureau has.
        backend: tells the history, if it does.
        wish: which part is looked at, on which day.
        question: what is asked about it.

    Raises:
        ReconcilerError: where a part of time is asked about, and the backend tells no history.
    """
    from reconciler.flow.world import asked_for

    asked = asked_for(policy, current.register, wish)
    plan = build(asked.desired, current, asked.date, ahead=wish.ahead, allow=asked.allow)
    query = _query(current.register, differing(asked.desired, plan), question)
    if query is None:
        return find_drift(asked.desired, plan, question, None, Told.TOO_MANY)
    deeds = backend.history(query)
    if deeds is None and question.since is not None:
        raise ReconcilerError(
            Message("the backend does not tell what was changed when"),
            Message("leave --since out, to see every difference"),
        )
    told = Told.NOT_OFFERED if deeds is None else Told.TOLD
    return find_drift(asked.desired, plan, question, deeds, told)


def _query(register: Register, keys: Keys, question: Question) -> HistoryQuery | None:
    """What to ask the backend; None where the answer would be too long for anybody."""
    import numpy as np

    since = None if question.since is None else _midnight(question.since, register.timezone)
    if len(keys) > MOST_PAIRS:
        return None if since is None else HistoryQuery(since=since)
    stride = max(register.shape.consultants, 1)
    people, companies = np.unique(keys % stride), np.unique(keys // stride)
    return HistoryQuery(
        tuple(register.consultants.names.pick(people)), tuple(register.clients.names.pick(companies)), since
    )


def _midnight(day: dt.date, timezone: str) -> str:
    """When a day begins in a time zone, as the API takes it."""
    begins = dt.datetime.combine(day, dt.time(), ZoneInfo(timezone)).astimezone(dt.UTC)
    return f"{begins:%Y-%m-%dT%H:%M:%S}Z"


def checked(drift: Drift) -> Checked:
    """What there is to measure."""
    return Checked(
        bureau=drift.plan.register.bureau,
        in_sync=drift.in_sync,
        figures={kind.value: (found.accesses, found.programs) for kind, found in drift.figures.items()},
        blocked=drift.blocked,
        violations=len(drift.plan.violations),
    )
