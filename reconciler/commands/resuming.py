"""`apply --resume`: go on with a run that was cut off, as the journal has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from reconciler.errors import InputError, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.flow.running import Going
    from reconciler.flow.world import Wanted, World
    from reconciler.formats.catalogue import Catalogue
    from reconciler.journal import Journal, Run
    from reconciler.plan import Current, Plan
    from reconciler.plan.file import Bound

LAST = "last"
"""What `--resume` alone means."""


class Resumed(NamedTuple):
    """A run to go on with.

    Attributes:
        plan: as it was approved when the run began.
        wish: what was asked for then.
        now: what would be done now, which is what is left of it.
        current: the state that this was made from.
        bound: all that it was made from.
    """

    plan: Plan
    wish: Wanted
    now: Plan
    current: Current
    bound: Bound


def resumable(journal: Journal, place: str, bureau: str, key: str) -> Run:
    """The run to go on with.

    Args:
        journal: of this machine.
        place: of the backend.
        bureau: its key.
        key: of the run, or LAST for the last one that was not finished.

    Raises:
        InputError: where there is none, or it cannot be gone on with.
    """
    from reconciler.journal import State

    hint = Message("“reconciler runs” lists them; a new apply plans from what there is now")
    if key == LAST:
        cut_off = journal.open_runs(bureau, place)
        if not cut_off:
            raise InputError(Message("there is no run of {bureau} to go on with", bureau=bureau), hint)
        return cut_off[0]
    run = journal.find(key)
    if run is None:
        raise InputError(Message("there is no run “{run}” in the journal", run=key), hint)
    if (run.bureau, run.backend) != (bureau, place):
        raise InputError(
            Message("run {run} is of {bureau} at {backend}", run=key, bureau=run.bureau, backend=run.backend),
            hint,
        )
    if run.state is not State.OPEN:
        raise InputError(Message("run {run} is over: there is nothing to go on with", run=key), hint)
    return run


def plan_again(
    journal: Journal, run: Run, world: World, flags: Mapping[str, Any], asked: Wanted, say: Catalogue
) -> Resumed:
    """Plan again, and make sure that what is left to do was approved and that the rest has happened (law 4).

    Args:
        journal: of this machine.
        run: which.
        world: the YAML and the backend.
        flags: of the command line; they must not ask for anything else.
        asked: the same as a wish.
        say: for wrong usage.

    Raises:
        InputError: where the run is of another operator, or its plan cannot be read.
        StalePlan: where it is not so, with what moved; nothing was sent.
    """
    from reconciler.commands.approval import wanted_again
    from reconciler.flow.approval import approved_by, bind, check_approved

    approved = approved_by(journal.plan(run.key), run.key)
    assert approved.bound is not None
    assert approved.plan is not None
    wish = wanted_again(approved.bound, asked, flags, say)
    now, current = world.look_again(wish, approved.plan)
    check_approved(approved, world, wish, now, current)
    return Resumed(approved.plan, wish, now, current, bind(world, wish, now, current))


def go_on(journal: Journal, run: Run, world: World, resumed: Resumed, say: Catalogue) -> Going:
    """Take the run up again, and say so on stderr.

    Raises:
        JournalFailed, AuditFailed: where it cannot be written.
    """
    from reconciler.audit.entries import Approval, ApprovalKind
    from reconciler.flow.running import going_on

    begun = journal.results(run.key)
    done = sum(result.ended.final for result in begun.results)
    text = say.count(
        "going on with run {run}: {done} of {n} operation has come to its end",
        "going on with run {run}: {done} of {n} operations have come to their end",
        len(begun.results),
        run=run.key,
        done=done,
    )
    click.echo(text, err=True)
    approval = Approval(ApprovalKind.RESUME, allowed=resumed.wish.allowed)
    return going_on(world, resumed.bound, resumed.plan, begun, journal.go_on(run.key), approval)
