"""A plan that was shown and agreed to, applied from end to end: what `apply --expect DIGEST` does, for a page.

Nothing is done but what was shown, and nothing where anything else would be: see `plan/approved.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from reconciler.apply import Pace, Progress
    from reconciler.audit.entries import Approval
    from reconciler.flow.running import Finished
    from reconciler.flow.telling import Tell
    from reconciler.flow.world import Wanted, World
    from reconciler.plan import Plan
    from reconciler.plan.approved import Approved


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """What somebody has agreed to.

    Attributes:
        run: the key of the run that it becomes.
        wish: what was asked for.
        approved: what was shown.
        approval: how it was agreed to, for the audit log.
    """

    run: str
    wish: Wanted
    approved: Approved
    approval: Approval


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """What became of it.

    Attributes:
        plan: that was done.
        finished: the run; None where there was nothing to do, and so there is no run.
    """

    plan: Plan
    finished: Finished | None


def apply_agreed(
    world: World,
    agreed: Agreed,
    pace: Pace,
    progress: AbstractContextManager[Progress],
    tell: Tell,
    begun: Callable[[], None],
) -> Applied:
    """Plan again, make sure that it is what was shown, and do it, under lock and in the journal.

    Args:
        world: the YAML and the backend.
        agreed: what somebody has agreed to.
        pace: how long is waited for what.
        progress: as for `carry`.
        tell: told of what there is to know meanwhile.
        begun: called when the run is in the journal, before anything is sent.

    Raises:
        Busy: where another apply is at it.
        StalePlan: where it is not what was shown, with what moved.
        GuardrailRefused: where a guardrail forbids it.
        ReconcilerError: where the run cannot be written down, or the bureau is not reached. Nothing was done then.
    """
    from reconciler.flow.approval import check_approved
    from reconciler.flow.locks import Turn, locked, who
    from reconciler.flow.running import (
        begin,
        carry,
        open_journal,
        still_true,
        stop_if_refused,
        tell_open_runs,
    )
    from reconciler.plan.approved import first

    wish, approved = agreed.wish, agreed.approved
    with open_journal() as journal:
        place, bureau = world.config.place, world.backend.bureau()
        with locked(world.backend, f"{place}\n{bureau}", Turn(agreed.run, who()), tell) as hold:
            tell_open_runs(journal, place, bureau, tell)
            plan, current = world.look(wish)
            for message in first(check_approved(approved, world, wish, plan, current)):
                tell(message)
            stop_if_refused(world, wish, plan, current)
            if not plan.operations:
                return Applied(plan, None)
            now = still_true(world, approved, plan, current, wish)
            hold.keep()
            going = begin(journal, agreed.run, world, wish, now, approved, agreed.approval)
            begun()
            return Applied(going.plan, carry(world, going, wish, hold, pace, progress, tell))
