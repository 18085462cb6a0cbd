"""The command line as a whole: which commands there are, and how a failure becomes one line and an exit code.

Each command stands in the module of its name and is imported when it is called or its help is shown.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands.help import Lazy, Option
from reconciler.commands.language import N_, choose_language, speak
from reconciler.errors import Exit, ReconcilerError
from reconciler.formats.safe import LONGEST_VALUE, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue

COMMANDS = (
    "demo",
    "init",
    "import",
    "validate",
    "policy",
    "fmt",
    "plan",
    "show",
    "apply",
    "drift",
    "diff",
    "explain",
    "who",
    "rights",
    "register",
    "request",
    "runs",
    "audit",
    "review",
    "bureau",
    "web",
    "ci",
    "schema",
    "completion",
)


@click.command(
    cls=Lazy,
    package="reconciler.commands",
    names=COMMANDS,
    help=N_(
        "Access as code: who may open which program at which client, written in YAML.\n\n"
        "A plan shows what would change, apply does it as far as your rights go, and drift tells what was"
        " changed without the YAML. To see it all at work: reconciler demo"
    ),
    epilog=N_(
        "Exit codes: 0 in sync or done, 1 error, 2 there are changes, 3 done but something is left,"
        " 4 the plan is stale, 5 a guardrail refused, 64 wrong usage, 70 a bug, 75 another apply is at it,"
        " 130 interrupted."
    ),
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "RECONCILER"},
)
@click.option("--lang", type=click.Choice(["sv", "en"]), cls=Option, help=N_("Language of help and output."))
@click.version_option(package_name="reconciler", cls=Option, help=N_("Show the version and exit."))
def cli(lang: str | None) -> None:
    """The group itself does nothing; the language is known already (see `language`)."""
    del lang


def run(arguments: Sequence[str]) -> int:
    """Run a command line.

    Args:
        arguments: without the program's name.

    Returns:
        The exit code; nothing is raised.
    """
    say = speak(choose_language(arguments, os.environ))
    try:
        result: Any = cli.main(list(arguments), "reconciler", standalone_mode=False, obj=say)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the one place that turns failures into exit codes
        return _failed(error, say)
    return int(result or Exit.OK)


def _failed(error: BaseException, say: Catalogue) -> int:
    """Tell of a failure, and return its exit code."""
    if isinstance(error, click.ClickException):
        if not isinstance(
            error, click.MissingParameter
        ):  # which repeats nothing that was given, in several lines
            vars(error)["message"] = short(
                error.message, LONGEST_VALUE
            )  # declared final, and plain to Python
        error.show()
        return Exit.USAGE if isinstance(error, click.UsageError) else Exit.ERROR
    if isinstance(error, KeyboardInterrupt | click.Abort):
        click.echo(say("Interrupted."), err=True)
        return Exit.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        # whoever read our output has had enough; let Python not complain about it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.ERROR
    from reconciler.commands.failures import record, tell

    if isinstance(error, ReconcilerError):
        tell(error, say)
        return error.exit_code
    record(error, say)
    return Exit.BUG
