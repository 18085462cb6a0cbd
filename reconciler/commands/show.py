"""`reconciler show`: print the plan in a plan file, as `plan` printed it; asks nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands import options
from reconciler.commands.comments import comment
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan


@click.command(
    "show",
    cls=Command,
    help=N_(
        "Print the plan in a file that “plan --out” wrote.\n\n"
        "It is what plan printed, in any format and language. Neither the YAML nor the bureau is looked at: that"
        " the plan still holds is what apply makes sure of."
    ),
)
@options.argument("file", type=click.Path(path_type=Path))
@options.option("--digest", is_flag=True, help=N_("Print nothing but the digest, for a pipeline to pass on."))
@options.allowed_signers
@options.full
@options.output_plan
@options.language
@click.pass_obj
def command(
    say: Catalogue, /, file: Path, digest: bool, allowed_signers: Path | None, full: bool, form: str
) -> int:
    """Read and print."""
    from reconciler.flow.approval import read_file, signer_of

    content, found = read_file(file)
    if signer := signer_of(content, file, allowed_signers):
        click.echo(say("signed by {signer}", signer=signer), err=True)
    put(f"{found.plan.digest}\n" if digest else _shown(found.plan, form, say, full=full))
    return Exit.OK


def _shown(plan: Plan, form: str, say: Catalogue, *, full: bool) -> str | bytes:
    """The plan; one of several operators in their parts."""
    from reconciler.formats import show_joint_plan, show_plan
    from reconciler.plan.joint import split

    if plan.operator.members:
        return show_joint_plan(split(plan), {}, form, say, full=full, comment=comment())
    return show_plan(plan, form, say, full=full, comment=comment())
