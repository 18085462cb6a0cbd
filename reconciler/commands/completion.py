"""`reconciler completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_


@click.command(
    "completion",
    cls=Command,
    help=N_(
        "Print the script that makes a shell complete commands and options.\n\n"
        'For bash, add this line to ~/.bashrc: eval "$(reconciler completion bash)"'
    ),
)
@options.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@options.language
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print it."""
    found = get_completion_class(shell)
    assert found is not None, "the choices are shells that click knows"
    root = context.find_root()
    script = found(root.command, {}, "reconciler", "_RECONCILER_COMPLETE").source()
    click.echo(script)
    return 0
