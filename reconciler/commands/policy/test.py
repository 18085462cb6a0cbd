"""`reconciler policy test`: does each expression allow and deny what stands beside it; needs no backend."""

from __future__ import annotations

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
    "test",
    cls=Command,
    help=N_(
        "Run the examples of every expression.\n\n"
        "An example under “allows” must make its expression exactly true, one under “denies” must not. What an"
        " example does not say is neutral. Exits with 1 where one is not as it must be. Needs neither the bureau"
        " nor a token."
    ),
)
@options.where
@options.output_tests
@options.language
@click.pass_obj
def command(say: Catalogue, /, form: str, **flags: Any) -> int:
    """Run them and tell."""
    from reconciler.commands.flags import where
    from reconciler.desired import load
    from reconciler.flow.settings import read_settings
    from reconciler.formats import show_policy_tests
    from reconciler.guardrails.expressions.policy import check, run_examples

    policy = load(read_settings(where(flags)).policies)
    check(policy)
    tested = run_examples(policy)
    put(show_policy_tests(tested, form, say))
    return Exit.OK if all(one.passed for one in tested) else Exit.ERROR
