"""`reconciler drift`: what was changed without the YAML; for a schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.comments import comment
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.flow.checking import Check, Seen
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "drift",
    cls=Command,
    help=N_(
        "Tell what was changed behind the YAML's back: given or removed, by whom and when where the backend tells.\n\n"
        "Exits with 0 where the bureau is what the YAML says, and with 2 where anything differs: changes to make,"
        " blocked ones among them, and access that no rule mentions where the YAML wants it reported. Where all was"
        " so the last time, and neither the bureau nor the YAML has changed since, it says so without looking again."
    ),
)
@options.where
@options.filters
@options.as_of
@options.allow
@options.option(
    "--since",
    type=options.Day(),
    help=N_("Only what was changed on this day or later; the exit code is of that alone."),
)
@options.option(
    "--ignore-unmanaged", is_flag=True, help=N_("Leave out access that no rule mentions and that may stay.")
)
@options.option(
    "--metrics",
    type=click.Path(path_type=Path),
    help=N_("Write figures to this file too, as Prometheus reads them; one that is there is replaced."),
)
@options.option(
    "--adopt",
    is_flag=True,
    help=N_(
        "Edit the YAML so that it says what the bureau has: rules for what was given, exceptions for what was taken."
        " Shows the edit and asks."
    ),
)
@options.option("--reason", help=N_("Reason that --adopt puts on what it writes."))
@options.option("--yes", "-y", is_flag=True, help=N_("Do not ask; needed where there is no terminal."))
@options.option(
    "--watch",
    is_flag=True,
    help=N_(
        "Check again and again until it is stopped, and print only what has changed; notifies as configured."
    ),
)
@options.option(
    "--every",
    type=options.Pause(),
    default="15m",
    show_default=True,
    help=N_("How long --watch waits from one check to the next, such as 90s, 15m or 2h."),
)
@options.option(
    "--notify",
    is_flag=True,
    help=N_("Where there is drift, tell the channels under “notify” in reconciler.yaml."),
)
@options.option("--fresh", is_flag=True, help=N_("Look again, whatever was seen the last time."))
@options.full
@options.output_plan
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    since: dt.date | None,
    ignore_unmanaged: bool,
    metrics: Path | None,
    adopt: bool,
    reason: str | None,
    yes: bool,
    watch: bool,
    every: float,
    notify: bool,
    fresh: bool,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Check once and print, or again and again; or edit the YAML."""
    from reconciler.commands.flags import wanted, where
    from reconciler.flow.checking import Check, check

    asked = Check(
        where=where(flags),
        wish=wanted(flags),
        since=since,
        unmanaged_too=not ignore_unmanaged,
        fresh=fresh,
        full=full,
        form=form,
        metrics=metrics,
        say=say,
        comment=comment(),
    )
    _refuse_odd(asked, adopt=adopt, loose=bool(reason or yes), watch=watch, notify=notify)
    if watch:
        from reconciler.commands.watching import watch as watch_drift

        return watch_drift(asked, every)
    if adopt:
        return _adopt(asked, reason or "", yes=yes)
    return _tell(check(asked), asked) if notify else _show(check(asked))


def _refuse_odd(asked: Check, *, adopt: bool, loose: bool, watch: bool, notify: bool) -> None:
    """Refuse flags that do not go together; make sure that there is somebody to notify."""
    say = asked.say
    if asked.since is not None and asked.form not in {"text", "json"}:
        raise click.UsageError(say("--since is for text and JSON"))
    if adopt and asked.form != "text":
        raise click.UsageError(say("--adopt is for text"))
    if watch and asked.form not in {"text", "json"}:
        raise click.UsageError(say("--watch is for text and JSON"))
    if loose and not adopt:
        raise click.UsageError(say("--reason and --yes go with --adopt only"))
    if adopt + watch + notify > 1:
        raise click.UsageError(say("--adopt, --watch and --notify do not go together"))
    if notify:
        from reconciler.commands.notifying import channels_of

        channels_of(asked.where, say, one=True)


def _show(seen: Seen) -> int:
    put(seen.said)
    return Exit.OK if seen.checked.in_sync else Exit.CHANGES


def _tell(seen: Seen, asked: Check) -> int:
    """Print, and notify where there is drift."""
    code = _show(seen)
    if code == Exit.CHANGES and seen.drift is not None:
        from reconciler.commands.progress import telling
        from reconciler.flow.channels import notify
        from reconciler.flow.settings import read_settings
        from reconciler.formats.notices import drift_notice

        notify(read_settings(asked.where).notify, drift_notice(seen.drift, asked.say), telling(asked.say))
    return code


def _adopt(asked: Check, reason: str, *, yes: bool) -> int:
    from reconciler.commands.adopting import adopt_drift
    from reconciler.flow.checking import found
    from reconciler.flow.settings import read_settings
    from reconciler.formats import show_drift

    with found(asked) as seen:
        if seen.drift.in_sync:
            put(show_drift(seen.drift, "text", asked.say, full=asked.full))
            return Exit.OK
        folder = read_settings(asked.where).policies
        return adopt_drift(seen, folder, reason, yes=yes, full=asked.full, say=asked.say)
