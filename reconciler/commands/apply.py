"""`reconciler apply`: do what the plan says, as far as the operator's rights go, and tell what became of it."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from reconciler.commands import options
from reconciler.commands.comments import comment
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.commands.resuming import LAST
from reconciler.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.apply import Pace
    from reconciler.errors import Message
    from reconciler.flow.running import Finished
    from reconciler.flow.world import Wanted, World
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Current, Plan
    from reconciler.plan.approved import Approved


@click.command(
    "apply",
    cls=Command,
    help=N_(
        "Do what the plan says, as far as your rights go.\n\n"
        "Shows the plan, asks, runs its operations as jobs of the bureau, shows what became of every item,"
        " and looks again at what is left. Nothing is done that was not shown: where the bureau has changed"
        " in between, apply stops before the first operation and tells what moved.\n\n"
        "With the FILE of a plan, or with the digest of one, it does not ask: what was approved is done, or"
        " the part of it that has not happened yet, and where anything else would be done, nothing is."
    ),
)
@options.argument("file", required=False, type=click.Path(path_type=Path))
@options.where
@options.filters
@options.as_of
@options.only
@options.allow
@options.expect
@options.allowed_signers
@options.audit_log
@options.option("--yes", "-y", is_flag=True, help=N_("Do not ask; needed where there is no terminal."))
@options.option(
    "--resume",
    is_flag=False,
    flag_value=LAST,
    metavar="[RUN]",
    help=N_(
        "Go on with a run that was cut off, the one that is named or the last one: do to its end what was"
        " approved then, and nothing twice."
    ),
)
@options.option(
    "--notify",
    is_flag=True,
    help=N_("Tell the channels under “notify” in reconciler.yaml what became of it."),
)
@options.option(
    "--blocked-ok",
    is_flag=True,
    help=N_("Exit with 0 where nothing is left but what the plan showed as blocked; for pipelines."),
)
@options.option(
    "--wait",
    type=click.FloatRange(0),
    is_flag=False,
    flag_value=math.inf,
    default=0.0,
    metavar="[SECONDS]",
    help=N_("Wait for another apply of the bureau to end, rather than give up at once."),
)
@options.option(
    "--job-timeout",
    type=click.FloatRange(1),
    default=600.0,
    show_default=True,
    help=N_("Seconds after which a job that is not done is given up."),
)
@options.full
@options.output_applied
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    file: Path | None,
    expect: str | None,
    allowed_signers: Path | None,
    yes: bool,
    resume: str | None,
    notify: bool,
    blocked_ok: bool,
    wait: float,
    job_timeout: float,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Plan, check or ask, run, verify; or go on with what was cut off."""
    from reconciler.apply import Pace
    from reconciler.commands.flags import wanted, where
    from reconciler.commands.notifying import channels_of, tell_applied
    from reconciler.flow.settings import ALL
    from reconciler.formats import show_applied

    channels = channels_of(where(flags), say, one=flags["operator"] != ALL) if notify else {}
    wish, approved = wanted(flags), None
    if resume is None:
        approved, wish = _approval(file, expect, allowed_signers, wish, flags, say)
    elif file or expect:
        raise click.UsageError(say("--resume goes on with what was approved then: name no other plan"))
    asking, pace = Asking(form, full=full, yes=yes, blocked_ok=blocked_ok), Pace(job_timeout=job_timeout)
    if flags["operator"] == ALL:
        from reconciler.commands.apply_all import apply_all

        if resume:
            raise click.UsageError(say("a run is of one operator: use --as with its name"))
        return apply_all(where(flags), wish, approved, asking, pace, wait, say)
    ran = _run(flags, wish, approved, resume, asking, pace, wait, say)
    if isinstance(ran, int):
        return ran
    plan, done = ran
    told = show_applied(
        plan, done.results, done.left, done.notifications, form=form, say=say, full=full, comment=comment()
    )
    put(told)
    tell_applied(channels, plan, done, say)
    return done.exit_code(blocked_ok=blocked_ok)


def _run(
    flags: Mapping[str, Any],
    wish: Wanted,
    approved: Approved | None,
    resume: str | None,
    asking: Asking,
    pace: Pace,
    wait: float,
    say: Catalogue,
) -> tuple[Plan, Finished] | int:
    """The plan of a run and what became of it, under lock; an exit code where nothing is to be done."""
    from reconciler.commands.flags import where
    from reconciler.commands.progress import progress, telling
    from reconciler.commands.resuming import go_on, plan_again, resumable
    from reconciler.commands.signals import stoppable
    from reconciler.flow.approval import approval_of
    from reconciler.flow.locks import Turn, locked, who
    from reconciler.flow.running import (
        begin,
        carry,
        new_key,
        open_journal,
        stop_if_refused,
        tell_open_runs,
    )
    from reconciler.flow.world import open_world
    from reconciler.formats import show_plan

    tell = telling(say)
    with stoppable(), open_world(where(flags)) as world, open_journal() as journal:
        place, bureau = world.config.place, world.backend.bureau()
        known = None if resume is None else resumable(journal, place, bureau, resume)
        turn = Turn(known.key if known else new_key(), who(), wait)
        with locked(world.backend, f"{place}\n{bureau}", turn, tell) as hold:
            if known:
                resumed = plan_again(journal, known, world, flags, wish, say)
                if asking.form == "text":
                    click.echo(show_plan(resumed.plan, asking.form, say, full=asking.full), nl=False)
                stop_if_refused(world, resumed.wish, resumed.now, resumed.current)
                wish, going = resumed.wish, go_on(journal, known, world, resumed, say)
            else:
                tell_open_runs(journal, place, bureau, tell)
                agreed = _agreed(world, wish, approved, asking, say)
                if isinstance(agreed, int):
                    return agreed
                hold.keep()
                approval = approval_of(approved, wish, yes=asking.yes)
                going = begin(journal, turn.run, world, wish, agreed, approved, approval)
            return going.plan, carry(world, going, wish, hold, pace, progress(say), tell)


class Asking(NamedTuple):
    """How a plan is shown and agreed to.

    Attributes:
        form: text, JSON or Markdown.
        full: fold no lists.
        yes: do not ask.
        blocked_ok: what is blocked is no remainder.
    """

    form: str
    full: bool
    yes: bool
    blocked_ok: bool


def _approval(
    file: Path | None,
    expect: str | None,
    allowed_signers: Path | None,
    wish: Wanted,
    flags: Mapping[str, Any],
    say: Catalogue,
) -> tuple[Approved | None, Wanted]:
    """What the command line says was approved, and what to plan for; tells who signed it."""
    from reconciler.commands.approval import read_approval, wanted_again
    from reconciler.commands.flags import where
    from reconciler.flow.settings import ALL, read_settings

    signers = allowed_signers or read_settings(where(flags)).allowed_signers
    approved = read_approval(file, expect, signers, say)
    if approved and approved.signer:
        click.echo(say("signed by {signer}", signer=approved.signer), err=True)
    if approved and approved.plan and bool(approved.plan.operator.members) != (flags["operator"] == ALL):
        message = (
            say("the plan file is of several operators: use --as all")
            if approved.plan.operator.members
            else say("the plan file is of one operator: use --as with its name")
        )
        raise click.UsageError(message)
    if approved and approved.bound:
        wish = wanted_again(approved.bound, wish, flags, say)
    return approved, wish


def _agreed(
    world: World, wish: Wanted, approved: Approved | None, asking: Asking, say: Catalogue
) -> tuple[Plan, Current] | int:
    """The plan that is to be done, and the state that it was made from; an exit code where nothing is to be done."""
    from reconciler.apply import Results
    from reconciler.flow.approval import check_approved
    from reconciler.flow.running import ending, still_true, stop_if_refused
    from reconciler.formats import show_applied, show_plan
    from reconciler.plan.approved import Approved

    form, full = asking.form, asking.full
    plan, current = world.look(wish)
    if approved:
        tell_happened(check_approved(approved, world, wish, plan, current), say)
    if form == "text":
        click.echo(show_plan(plan, form, say, full=full), nl=False)
    stop_if_refused(world, wish, plan, current)
    if not plan.operations:
        if form != "text":
            nothing = Results("", ())
            put(show_applied(plan, nothing, plan, (), form=form, say=say, full=full, comment=comment()))
        return ending(plan, clean=True, blocked_ok=asking.blocked_ok)
    if not (approved or asking.yes or asked(say)):
        click.echo(say("Nothing was done."), err=True)
        return Exit.INTERRUPTED
    return still_true(world, approved or Approved.shown(plan), plan, current, wish)


def tell_happened(happened: Sequence[Message], say: Catalogue) -> None:
    """What was approved and is so already; the rest goes on."""
    from reconciler.plan.approved import first

    for message in first(happened):
        click.echo(say.message(message), err=True)


def asked(say: Catalogue) -> bool:
    """Ask on a terminal; there is no other way to say yes but `--yes`."""
    if not sys.stdin.isatty():
        raise click.UsageError(say("there is no terminal to ask on: use --yes"))
    word = say("yes")
    question = say("Apply this plan? Only “{word}” does", word=word)
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip().lower() == word
