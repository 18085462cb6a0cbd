"""`reconciler drift`: what was changed without the YAML; for a schedule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "drift",
    cls=Command,
    help=N_(
        "Tell whether the bureau still is what the YAML says.\n\n"
        "Exits with 0 where it is, and with 2 where anything differs: changes to make, blocked ones among"
        " them, and access that no rule mentions where the YAML wants it reported. Where all was so the last"
        " time, and neither the bureau nor the YAML has changed since, it says so without looking again."
    ),
)
@options.where
@options.filters
@options.as_of
@options.allow
@options.option("--fresh", is_flag=True, help=N_("Look again, whatever was seen the last time."))
@options.full
@options.output_plan
@options.language
@click.pass_obj
def command(say: Catalogue, /, fresh: bool, full: bool, form: str, **flags: Any) -> int:
    """Compare and print, or remember."""
    from reconciler.backends import open_backend
    from reconciler.commands.flags import wanted, where
    from reconciler.commands.memory import Memory
    from reconciler.commands.settings import backend_config, read_settings

    settings, wish = read_settings(where(flags)), wanted(flags)
    config = backend_config(settings)
    printed_as = {"form": form, "full": full, "language": say.language}
    memory = Memory.of(settings.policies, config, wish, printed_as)
    with open_backend(replace(config, cache=None) if fresh else config) as backend:
        remembered = None if fresh else memory.recall(backend)
        if remembered is not None:
            put(remembered)
            return Exit.OK
        from reconciler.commands.seen import look
        from reconciler.commands.world import make_plan
        from reconciler.desired import load
        from reconciler.formats import show_plan
        from reconciler.formats.views import View

        policy, current = load(settings.policies), backend.current()
        look(config, policy, current, wish.allow)
        plan = make_plan(policy, current, wish)
        said = show_plan(plan, form, say, full=full, view=View.DRIFT, current=current)
        in_sync = plan.in_sync and not plan.unmanaged
        if in_sync and isinstance(said, str):  # a table is made anew each time
            memory.keep(backend, settings.policies, current, said)
    put(said)
    return Exit.OK if in_sync else Exit.CHANGES
