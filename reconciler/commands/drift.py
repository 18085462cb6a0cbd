"""`reconciler drift`: what was changed without the YAML; for a schedule."""

from __future__ import annotations

import time
from dataclasses import replace
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

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.metrics import Checked


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
    fresh: bool,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Compare and print, or remember."""
    from reconciler.backends import open_backend
    from reconciler.commands.flags import wanted, where
    from reconciler.commands.memory import Memory
    from reconciler.commands.settings import backend_config, read_settings

    if since is not None and form not in {"text", "json"}:
        raise click.UsageError(say("--since is for text and JSON"))
    if adopt and form != "text":
        raise click.UsageError(say("--adopt is for text"))
    if not adopt and (reason or yes):
        raise click.UsageError(say("--reason and --yes go with --adopt only"))
    begun = time.monotonic()
    settings, wish = read_settings(where(flags)), wanted(flags)
    config = backend_config(settings)
    printed_as = {"form": form, "full": full, "language": say.language, "comment": str(comment())}
    question = {"since": str(since), "ignore-unmanaged": ignore_unmanaged}
    memory = Memory.of(settings.policies, config, wish, printed_as | question)
    with open_backend(replace(config, cache=None) if fresh else config) as backend:
        known = None if fresh or adopt else memory.recall(backend)
        if known is not None:
            put(known.printed)
            _measure(metrics, known.checked, begun)
            return Exit.OK
        from reconciler.commands.drifting import checked, compare
        from reconciler.commands.seen import look
        from reconciler.desired import load
        from reconciler.formats import show_drift
        from reconciler.plan.drift import Question

        policy, current = load(settings.policies), backend.current()
        look(config, policy, current, wish.allow)
        asked = Question(since, unmanaged_too=not ignore_unmanaged)
        drift = compare(policy, current, backend, wish, asked)
        if adopt and not drift.in_sync:
            from reconciler.commands.adopting import Found, adopt_drift

            found = Found(policy, current, backend, wish, asked, drift)
            return adopt_drift(found, settings.policies, reason or "", yes=yes, full=full, say=say)
        said = show_drift(drift, form, say, full=full, current=current, comment=comment())
        if drift.in_sync and isinstance(said, str):  # a table is made anew each time
            memory.keep(backend, settings.policies, current, said)
    put(said)
    _measure(metrics, checked(drift), begun)
    return Exit.OK if drift.in_sync else Exit.CHANGES


def _measure(path: Path | None, found: Checked, begun: float) -> None:
    """Write the figures, where a file for them is named."""
    if path is not None:
        from reconciler.commands.files import write_over
        from reconciler.formats.metrics import metrics_text

        write_over(path, metrics_text(found, time.time(), time.monotonic() - begun))
