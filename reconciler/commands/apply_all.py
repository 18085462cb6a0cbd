"""`apply --as all`: a plan of several operators, agreed to once and carried out part by part.

Each part is a run of its own, with its operator's token, lock, journal and lines in the audit log. Before it begins, its
operator looks at the bureau again, and does what was approved of its part and may be done now. What has to wait for
another part is held back by the guardrail that makes it wait, and is gone back to when the others are done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from reconciler.commands.comments import comment
from reconciler.commands.printing import put
from reconciler.errors import Exit, Message, ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.apply import Notification, Pace, Results
    from reconciler.apply.parts import Carried
    from reconciler.audit.entries import Approval
    from reconciler.commands.apply import Asking
    from reconciler.flow.settings import Where
    from reconciler.flow.several import Seen, Several
    from reconciler.flow.world import Wanted
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Access, Change, Register
    from reconciler.journal import Journal
    from reconciler.plan.approved import Approved
    from reconciler.plan.joint import JointPlan, Part


@dataclass(frozen=True, slots=True)
class _Way:
    """How the parts are carried out.

    Attributes:
        several: the YAML and the backend.
        wish: what was asked for.
        pace: how many jobs at a time, and how patient.
        wait: seconds to wait for another apply.
        say: the language of progress.
        approval: on whose approval.
    """

    several: Several
    wish: Wanted
    pace: Pace
    wait: float
    say: Catalogue
    approval: Approval


def apply_all(
    where: Where,
    wish: Wanted,
    approved: Approved | None,
    asking: Asking,
    pace: Pace,
    wait: float,
    say: Catalogue,
) -> int:
    """Plan together, ask once, carry out each part, and look again.

    Args:
        where: what the flags and the environment say.
        wish: what is asked for.
        approved: the whole that was approved; None where it is agreed to now.
        asking: how it is shown and agreed to.
        pace: how many jobs at a time, and how patient.
        wait: seconds to wait for another apply of the bureau.
        say: the language.

    Returns:
        The exit code.
    """
    from reconciler.commands.signals import stoppable
    from reconciler.flow.approval import approval_of
    from reconciler.flow.running import open_journal
    from reconciler.flow.several import Several
    from reconciler.formats import show_joint_applied

    several = Several.of(where)
    with stoppable(), open_journal() as journal:
        joint = _agreed(several, wish, approved, asking, say)
        if isinstance(joint, int):
            return joint
        way = _Way(several, wish, pace, wait, say, approval_of(approved, wish, yes=asking.yes))
        parts, interrupted = _carry_out(way, journal, joint)
        left = _look_again(several, wish)
    carried = [part.carried for part in parts]
    told = show_joint_applied(
        joint,
        carried,
        left,
        several.without,
        form=asking.form,
        say=say,
        full=asking.full,
        comment=comment(),
    )
    put(told)
    return Exit.INTERRUPTED if interrupted else _exit_code(carried, left, blocked_ok=asking.blocked_ok)


def _agreed(
    several: Several, wish: Wanted, approved: Approved | None, asking: Asking, say: Catalogue
) -> JointPlan | int:
    """The plan that is to be done; an exit code where nothing is to be done."""
    from reconciler.commands.apply import asked, tell_happened
    from reconciler.flow.approval import check_approved
    from reconciler.flow.running import ending, stop_if_refused
    from reconciler.formats import show_joint_applied, show_joint_plan
    from reconciler.plan.approved import Approved

    seen = several.see(wish)
    joint = several.plan(seen, wish)
    if approved:
        tell_happened(check_approved(approved, several, wish, joint.whole, seen.current), say)
    if asking.form == "text":
        click.echo(show_joint_plan(joint, several.without, "text", say, full=asking.full), nl=False)
    stop_if_refused(several, wish, joint.whole, seen.current)
    if not joint.parts:
        if asking.form != "text":
            put(
                show_joint_applied(
                    joint, (), joint, several.without, form=asking.form, say=say, comment=comment()
                )
            )
        return ending(joint.whole, clean=True, blocked_ok=asking.blocked_ok)
    if not (approved or asking.yes or asked(say)):
        click.echo(say("Nothing was done."), err=True)
        return Exit.INTERRUPTED
    return _still_true(several, wish, approved or Approved.shown(joint.whole), joint, seen)


def _still_true(
    several: Several, wish: Wanted, approved: Approved, joint: JointPlan, seen: Seen
) -> JointPlan:
    """The plan as of now; stops where it is no longer what was shown or approved (law 4)."""
    from reconciler.flow.approval import check_approved
    from reconciler.flow.running import stop_if_refused

    with several.world(joint.parts[0].number) as world:
        if world.backend.revision() == seen.current.revision:
            return joint
    seen = several.see(wish)
    now = several.plan(seen, wish)
    check_approved(approved, several, wish, now.whole, seen.current)
    stop_if_refused(several, wish, now.whole, seen.current)
    return now


@dataclass(slots=True)
class _Doing:
    """One part, while it is carried out.

    Attributes:
        part: of the plan that was approved.
        register: in whose ids `approved` is.
        approved: by kind, what may still be tried.
        runs: what became of it so far.
        notifications: of their jobs.
        problem: why it was not begun or not ended.
    """

    part: Part
    register: Register
    approved: Mapping[Change, Access]
    runs: list[Results] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    problem: Message | None = None

    @property
    def carried(self) -> Carried:
        """What became of it."""
        from reconciler.apply.parts import Carried

        return Carried(self.part.plan, tuple(self.runs), tuple(self.notifications), self.problem)


def _carry_out(way: _Way, journal: Journal, joint: JointPlan) -> tuple[list[_Doing], bool]:
    """Carry out the parts in their order, and those again that had to wait, as long as that leads on.

    Returns:
        What became of each; and whether it was stopped by hand.
    """
    parts = [_Doing(one, joint.whole.register, one.plan.changes.allowed) for one in joint.parts]
    todo, stopped = parts, Message("another part was stopped before")
    while todo:
        waiting, led_on = [], False
        for at, doing in enumerate(todo):
            before = len(doing.runs)
            try:
                waits = _once(way, journal, doing)
            except ReconcilerError as error:
                doing.problem = error.message
                continue
            except KeyboardInterrupt:
                doing.problem = Message("it was stopped by hand")
                _not_begun(todo[at + 1 :], stopped)
                return parts, True
            if doing.runs[before:] and (doing.runs[-1].interrupted or doing.runs[-1].stopped):
                _not_begun(todo[at + 1 :], stopped)
                return parts, doing.runs[-1].interrupted
            led_on |= len(doing.runs) > before
            if waits:
                waiting.append(doing)
        todo = waiting if led_on else []
    return parts, False


def _not_begun(parts: Sequence[_Doing], why: Message) -> None:
    for doing in parts:
        if not doing.runs:
            doing.problem = why


def _once(way: _Way, journal: Journal, doing: _Doing) -> bool:
    """Do what may be done of a part now.

    Returns:
        Whether something of it is blocked, maybe only until another part is done.

    Raises:
        ReconcilerError: where it cannot be begun; nothing of it was sent then.
    """
    from reconciler.commands.progress import progress, telling
    from reconciler.flow.locks import Turn, locked, who
    from reconciler.flow.running import begin, carry, new_key
    from reconciler.plan.joint import resume_part
    from reconciler.plan.within import less, renumbered

    with way.several.world(doing.part.number) as world:
        turn = Turn(new_key(), who(), way.wait)
        place = f"{world.config.place}\n{world.backend.bureau()}"
        with locked(world.backend, place, turn, telling(way.say)) as hold:
            current = world.backend.current()
            doing.approved = {
                change: renumbered(rows, doing.register, current.register)
                for change, rows in doing.approved.items()
            }
            doing.register = current.register
            asked = way.several.asked(current, way.wish)
            plan, waiting = resume_part(asked.desired, current, asked.date, doing.approved, way.wish.half)
            if plan.operations:
                hold.keep()
                going = begin(journal, turn.run, world, way.wish, (plan, current), None, way.approval)
                done = carry(world, going, way.wish, hold, way.pace, progress(way.say), telling(way.say))
                doing.runs.append(done.results)
                doing.notifications += done.notifications
                doing.approved = less(doing.approved, plan.changes.allowed)
    return any(len(rows) for rows in waiting.values())


def _look_again(several: Several, wish: Wanted) -> JointPlan | Message:
    """The plan of what is left, or why nobody could look."""
    try:
        return several.plan(several.fetch(), wish)
    except ReconcilerError as error:
        return error.message
    except KeyboardInterrupt:
        return Message("it was stopped by hand")


def _exit_code(carried: Sequence[Carried], left: JointPlan | Message, *, blocked_ok: bool) -> int:
    from reconciler.flow.running import ending
    from reconciler.plan.joint import JointPlan

    stopped = any(results.stopped for part in carried for results in part.runs)
    if stopped or not isinstance(left, JointPlan) or any(part.problem for part in carried):
        return Exit.ERROR
    return ending(left.whole, clean=all(part.clean for part in carried), blocked_ok=blocked_ok)
