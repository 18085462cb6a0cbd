"""The steps of a run that a new apply and one that goes on have in common: begin or go on, carry out, finish."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from reconciler.errors import (
    BackendError,
    Exit,
    Finding,
    GuardrailRefused,
    JournalFailed,
    Message,
    ReconcilerError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from reconciler.apply import Hold, Pace, Progress, Results
    from reconciler.audit.entries import Approval
    from reconciler.backends import Backend, Notification
    from reconciler.flow.audited import Audited
    from reconciler.flow.several import Several
    from reconciler.flow.telling import Tell
    from reconciler.flow.world import Wanted, World
    from reconciler.journal import Journal, Writer
    from reconciler.plan import Current, Plan
    from reconciler.plan.approved import Approved
    from reconciler.plan.file import Bound


@dataclass(frozen=True, slots=True)
class Going:
    """A run that is in the journal and about to send.

    Attributes:
        plan: as it was approved; what its orders do.
        begun: the orders, and what is known of each.
        writer: writes it down.
        audited: writes it down too, into the audit log; what is sent is told to this.
    """

    plan: Plan
    begun: Results
    writer: Writer
    audited: Audited


class Finished(NamedTuple):
    """A run that came to its end, or was stopped.

    Attributes:
        results: of all its orders.
        notifications: of its jobs.
        left: the plan of what is left, or why nobody could look.
    """

    results: Results
    notifications: tuple[Notification, ...]
    left: Plan | Message

    def exit_code(self, *, blocked_ok: bool) -> int:
        """What the command ends with; see `ending` for what `blocked_ok` lets pass."""
        if self.results.interrupted:
            return Exit.INTERRUPTED
        if self.results.stopped is not None or isinstance(self.left, Message):
            return Exit.ERROR
        return ending(self.left, clean=self.results.clean, blocked_ok=blocked_ok)


def ending(left: Plan, *, clean: bool, blocked_ok: bool) -> int:
    """What an apply ends with that was not stopped.

    Args:
        left: the plan of what is left.
        clean: whether all that was sent is so now.
        blocked_ok: whether it is no remainder that changes are blocked, as the plan has said before.
    """
    settled = left.in_sync or (blocked_ok and not left.summary.changes)
    return Exit.OK if clean and settled else Exit.REMAINDER


def new_key() -> str:
    """A name for a run that no other has; it sorts by time."""
    import secrets
    from datetime import UTC, datetime

    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"


def open_journal() -> Journal:
    """The journal of this machine.

    Raises:
        JournalFailed: where it cannot be used.
    """
    from reconciler.flow.state import journal_path
    from reconciler.journal import Journal

    return Journal(journal_path())


@contextmanager
def known_journal() -> Iterator[Journal | None]:
    """The journal of this machine, None where there is none yet: to look makes no file."""
    from reconciler.flow.state import journal_path
    from reconciler.journal import Journal

    path = journal_path()
    if not path.exists():
        yield None
        return
    with Journal(path) as journal:
        yield journal


def tell_open_runs(journal: Journal, place: str, bureau: str, tell: Tell) -> None:
    """Tell of the last run of a bureau that was cut off, and what to do about it."""
    cut_off = journal.open_runs(bureau, place)
    if cut_off:
        message = Message(
            "run {run} was not finished; “reconciler apply --resume” goes on with it, and this apply begins anew",
            run=cut_off[0].key,
        )
        tell(Message("note: {message}", message=message))


def begin(
    journal: Journal,
    key: str,
    world: World,
    wish: Wanted,
    agreed: tuple[Plan, Current],
    approved: Approved | None,
    approval: Approval,
) -> Going:
    """Write down a new run, before anything is sent.

    Args:
        journal: of this machine.
        key: names the run.
        world: the YAML and the backend.
        wish: what was asked for.
        agreed: the plan that is to be done, and the state that it was made from.
        approved: what was approved before, None where it was agreed to now.
        approval: on whose approval, for the audit log.

    Raises:
        InputError: where the plan cannot be written as a file.
        JournalFailed, AuditFailed: where the run cannot be written down.
    """
    from reconciler.apply import start
    from reconciler.flow.approval import bind
    from reconciler.flow.locks import who
    from reconciler.journal import Begun
    from reconciler.plan.file import write_plan_file

    plan, current = agreed
    begun, bound = start(plan, key), bind(world, wish, plan, current)
    run = Begun(
        key=key,
        bureau=plan.register.bureau,
        backend=world.config.place,
        operator=plan.operator.key,
        who=who(),
        source=bound.commit,
        digest=approved.digest if approved else plan.digest,
        plan=write_plan_file(plan, bound),
    )
    return going_on(world, bound, plan, begun, journal.begin(run, begun), approval)


def going_on(
    world: World, bound: Bound, plan: Plan, begun: Results, writer: Writer, approval: Approval
) -> Going:
    """A run that is in the journal, written into the audit log as well, before anything is sent.

    Raises:
        AuditFailed: where it cannot be written.
    """
    from reconciler.flow import audited
    from reconciler.flow.auditing import log_at
    from reconciler.flow.origin import source_of

    log, source = log_at(world.settings.audit), source_of(bound)
    return Going(plan, begun, writer, audited.begin(log, plan, begun, source, approval, writer))


def stop_if_refused(world: World | Several, wish: Wanted, plan: Plan, current: Current) -> None:
    """Stop where a guardrail forbids the plan as a whole; the audit log tells it first.

    Args:
        world: the YAML and the backend.
        wish: what was asked for.
        plan: what came of it.
        current: the state that it was made from.

    Raises:
        GuardrailRefused: with each of them.
        AuditFailed: where it cannot be written down.
    """
    if not plan.refusals:
        return
    from reconciler.flow import audited
    from reconciler.flow.approval import bind
    from reconciler.flow.auditing import log_at
    from reconciler.flow.origin import source_of

    audited.refused(log_at(world.settings.audit), plan, source_of(bind(world, wish, plan, current)))
    findings = [Finding(refusal.guardrail, refusal.message) for refusal in plan.refusals]
    count = Message.count(
        "{n} guardrail forbids to apply this plan",
        "{n} guardrails forbid to apply this plan",
        len(findings),
    )
    raise GuardrailRefused(count, findings=findings)


def still_true(
    world: World, approved: Approved, plan: Plan, current: Current, wish: Wanted
) -> tuple[Plan, Current]:
    """The plan on the revision of now; stops where it is no longer what was shown or approved (law 4)."""
    from reconciler.flow.approval import check_approved

    if world.backend.revision() == plan.revision:
        return plan, current
    now, current = world.look(wish)
    check_approved(approved, world, wish, now, current)
    stop_if_refused(world, wish, now, current)
    return now, current


def carry(
    world: World,
    going: Going,
    wish: Wanted,
    hold: Hold,
    pace: Pace,
    progress: AbstractContextManager[Progress],
    tell: Tell,
) -> Finished:
    """Do what is left of a run, see what became of it and what is left, and close it in the journal.

    Args:
        world: the YAML and the backend.
        going: the run.
        wish: what was asked for.
        hold: keeps other applies away.
        pace: how long is waited for what.
        progress: open while operations are sent; what it gives is called for each that has ended.
        tell: told where the audit log stands afterwards.
    """
    from reconciler.apply import carry_out

    backend = world.backend
    with progress as show:
        results = carry_out(going.begun, backend, going.audited, hold, pace=pace, progress=show)
    notifications: tuple[Notification, ...] = ()
    left: Plan | Message
    try:
        notifications = _notified(backend, results)
        left = world.plan_again(wish, going.plan)
    except ReconcilerError as error:
        left = error.message
    except KeyboardInterrupt:
        left, results = Message("it was stopped by hand"), replace(results, interrupted=True)
    # before the run is closed: what only the journal knows is told to the log where the run goes on
    head = going.audited.end(results, None if isinstance(left, Message) else left)
    if head is not None:
        tell(Message("Audit log: {n} lines, head {head}", n=head.lines, head=str(head)))
    elif going.audited.failed is not None:
        results = replace(results, stopped=results.stopped or going.audited.failed.message)
    try:
        going.writer.close(final=results.final and head is not None)
    except JournalFailed as error:
        results = replace(results, stopped=results.stopped or error.message)
    return Finished(results, notifications, left)


def _notified(backend: Backend, results: Results) -> tuple[Notification, ...]:
    """The notifications of this run's jobs; they are read now. None where the backend cannot tell."""
    jobs = {result.job for result in results.results}
    try:
        ours = tuple(one for one in backend.notifications() if one.job in jobs)
        backend.mark_read([one.key for one in ours if not one.read])
    except BackendError:
        return ()
    return ours
