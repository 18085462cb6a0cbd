"""`reconciler apply`: do what the plan says, as far as the operator's rights go, and tell what became of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.apply import Pace, Results
    from reconciler.backends import Notification
    from reconciler.commands.world import Wanted, World
    from reconciler.errors import Message
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan
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
@options.option("--yes", "-y", is_flag=True, help=N_("Do not ask; needed where there is no terminal."))
@options.option(
    "--job-timeout",
    type=click.FloatRange(1),
    default=600.0,
    show_default=True,
    help=N_("Seconds after which a job that is not done is given up."),
)
@options.full
@options.output
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    file: Path | None,
    expect: str | None,
    allowed_signers: Path | None,
    yes: bool,
    job_timeout: float,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Plan, check or ask, run, verify."""
    from reconciler.apply import Pace, Results
    from reconciler.commands.approval import check_approved, read_approval, wanted_again
    from reconciler.commands.flags import wanted, where
    from reconciler.commands.settings import read_settings
    from reconciler.commands.world import open_world
    from reconciler.formats import show_applied, show_plan
    from reconciler.plan.approved import Approved

    signers = allowed_signers or read_settings(where(flags)).allowed_signers
    approved, wish = read_approval(file, expect, signers, say), wanted(flags)
    if approved and approved.bound:
        wish = wanted_again(approved.bound, wish, flags, say)
    if approved and approved.signer:
        click.echo(say("signed by {signer}", signer=approved.signer), err=True)
    with open_world(where(flags)) as world:
        plan, current = world.look(wish)
        if approved:
            _tell_happened(check_approved(approved, world, wish, plan, current), say)
        if form == "text":
            click.echo(show_plan(plan, form, say, full=full), nl=False)
        _stop_if_refused(plan)
        if not plan.operations:
            if form == "json":
                nothing = Results("", ())
                click.echo(show_applied(plan, nothing, plan, (), form=form, say=say, full=full), nl=False)
            return Exit.OK if plan.in_sync else Exit.REMAINDER
        if not (approved or yes or _asked(say)):
            click.echo(say("Nothing was done."), err=True)
            return Exit.INTERRUPTED
        plan = _still_true(world, approved or Approved.shown(plan), plan, wish)
        results = _run(world, plan, Pace(job_timeout=job_timeout), say)
        notifications = _notified(world, results)
        left = world.plan_again(wish, plan)
    click.echo(show_applied(plan, results, left, notifications, form=form, say=say, full=full), nl=False)
    return _exit_code(results, left)


def _tell_happened(happened: Sequence[Message], say: Catalogue) -> None:
    """What was approved and is so already; the rest goes on."""
    from reconciler.plan.approved import first

    for message in first(happened):
        click.echo(say.message(message), err=True)


def _stop_if_refused(plan: Plan) -> None:
    from reconciler.errors import Finding, GuardrailRefused, Message

    if plan.refusals:
        findings = [Finding(refusal.guardrail, refusal.message) for refusal in plan.refusals]
        count = Message.count(
            "{n} guardrail forbids to apply this plan",
            "{n} guardrails forbid to apply this plan",
            len(findings),
        )
        raise GuardrailRefused(count, findings=findings)


def _asked(say: Catalogue) -> bool:
    """Ask on a terminal; there is no other way to say yes but `--yes`."""
    if not sys.stdin.isatty():
        raise click.UsageError(say("there is no terminal to ask on: use --yes"))
    word = say("yes")
    question = say("Apply this plan? Only “{word}” does", word=word)
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip().lower() == word


def _still_true(world: World, approved: Approved, plan: Plan, wish: Wanted) -> Plan:
    """The plan on the revision of now; stops where it is no longer what was shown or approved (law 4)."""
    from reconciler.commands.approval import check_approved

    if world.backend.revision() == plan.revision:
        return plan
    now, current = world.look(wish)
    check_approved(approved, world, wish, now, current)
    _stop_if_refused(now)
    return now


def _run(world: World, plan: Plan, pace: Pace, say: Catalogue) -> Results:
    import secrets
    from datetime import UTC, datetime

    from reconciler.apply import run
    from reconciler.commands.progress import progress

    key = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    with progress(say) as show:
        return run(plan, world.backend, key, pace, show)


def _notified(world: World, results: Results) -> tuple[Notification, ...]:
    """The notifications of this run's jobs; they are read now."""
    jobs = {result.job for result in results.results}
    ours = tuple(n for n in world.backend.notifications() if n.job in jobs)
    for notification in ours:
        world.backend.mark_read(notification.key)
    return ours


def _exit_code(results: Results, left: Plan) -> int:
    if results.interrupted:
        return Exit.INTERRUPTED
    return Exit.OK if results.clean and left.in_sync else Exit.REMAINDER
