"""`reconciler request`: a filled-in form becomes a rule; for those who ask for access without git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "request",
    cls=Command,
    help=N_(
        "Make a rule of a filled-in issue form, so that access can be asked for without git.\n\n"
        "The names in it are looked up in the register, and everything that is wrong is told at once. The rule is"
        " added to one file, in which all that stands there stays. What it prints names the rule, a branch and a"
        " title for a pull request; nothing is committed."
    ),
)
@options.option(
    "--from-issue",
    "form_file",
    required=True,
    type=click.Path(path_type=Path, allow_dash=True),
    help=N_("File with the text of the issue; - for standard input."),
)
@options.option(
    "--number", type=click.IntRange(1), help=N_("Number of the issue; the rule is named after it.")
)
@options.option("--ticket", default="", help=N_("Ticket that is put on the rule."))
@options.option(
    "--file",
    "name",
    default="requests.yaml",
    show_default=True,
    help=N_("Name of the file that gets the rule."),
)
@options.option("--check", is_flag=True, help=N_("Write nothing; tell what would be written."))
@options.config
@options.policies
@options.register
@options.as_of
@options.output
@options.language
@click.pass_obj
def command(say: Catalogue, /, form: str, check: bool, form_file: Path, **flags: Any) -> int:
    """Read, check, write."""
    from reconciler.flow.files import replace_all
    from reconciler.flow.requesting import Wish, make_rule, read_body
    from reconciler.flow.settings import Where, read_settings
    from reconciler.formats import show_request

    settings = read_settings(Where(flags["config"], flags["policies"], register=flags["register"]))
    wish = Wish(
        settings.policies, settings.register, flags["name"], flags["number"], flags["ticket"], flags["as_of"]
    )
    made = make_rule(read_body(form_file), wish, say)
    if not check:
        replace_all({made.path: made.text})
    click.echo(show_request(made.asked, form, say, written=not check), nl=False)
    return Exit.OK
