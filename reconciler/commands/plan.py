"""`reconciler plan`: what would change, what is blocked and why; changes nothing."""

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
    from collections.abc import Iterator

    from reconciler.flow.several import Several
    from reconciler.flow.world import Wanted, World
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Current, Plan


@click.command(
    "plan",
    cls=Command,
    help=N_(
        "Show what would change, and change nothing.\n\n"
        "The plan is what the YAML says less what the bureau has now. Changes that your rights do not cover"
        " are shown as blocked, with the right that is missing and who could do it.\n\n"
        "With --as all, the operators of the configuration share it: each change goes to one who may make it,"
        " with as few operators as there can be.\n\n"
        "At its end stands a digest of exactly these changes. Whoever approves the plan approves that, as a"
        " file (--out) or by name (apply --expect)."
    ),
)
@options.where
@options.filters
@options.as_of
@options.ahead
@options.only
@options.allow
@options.option(
    "--detailed-exitcode", is_flag=True, help=N_("Exit with 2 where there are changes, for pipelines.")
)
@options.option(
    "--out",
    type=click.Path(path_type=Path),
    help=N_("Write the plan to this file too, for “show” and “apply”; one that is there is replaced."),
)
@options.option(
    "--sign-with",
    type=click.Path(path_type=Path),
    help=N_("Sign the file of --out with this SSH key; the signature is written beside it, as FILE.sig."),
)
@options.full
@options.output_plan
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    detailed_exitcode: bool,
    out: Path | None,
    sign_with: Path | None,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Plan and print."""
    from reconciler.commands.flags import wanted, where
    from reconciler.flow.settings import ALL
    from reconciler.flow.several import Several
    from reconciler.flow.world import open_world
    from reconciler.formats import show_joint_plan, show_plan

    if sign_with and not out:
        raise click.UsageError(say("--sign-with signs the file of --out: name one"))
    wish = wanted(flags)
    if flags["operator"] == ALL:
        several = Several.of(where(flags))
        seen = several.see(wish)
        joint = several.plan(seen, wish)
        _keep(out, sign_with, several, wish, joint.whole, seen.current, say)
        plan, shown = (
            joint.whole,
            show_joint_plan(
                joint, several.without, form, say, full=full, current=seen.current, comment=comment()
            ),
        )
    else:
        with open_world(where(flags)) as world:
            plan, current = world.look(wish)
            _keep(out, sign_with, world, wish, plan, current, say)
        shown = show_plan(plan, form, say, full=full, current=current, comment=comment())
    put(shown)
    return Exit.CHANGES if detailed_exitcode and not plan.in_sync else Exit.OK


def _keep(
    out: Path | None,
    key: Path | None,
    world: World | Several,
    wish: Wanted,
    plan: Plan,
    current: Current,
    say: Catalogue,
) -> None:
    """Write the plan to the file that was named, if one was, and tell each file that was written."""
    if out:
        for path in _write(out, key, world, wish, plan, current):
            click.echo(say("wrote {path}", path=path), err=True)


def _write(
    out: Path, key: Path | None, world: World | Several, wish: Wanted, plan: Plan, current: Current
) -> Iterator[Path]:
    """Write the plan file, and its signature; each file as it is written."""
    from reconciler.flow.approval import bind
    from reconciler.flow.files import write_secret
    from reconciler.flow.signatures import sign, signature_of
    from reconciler.plan.file import write_plan_file

    content = write_plan_file(plan, bind(world, wish, plan, current))
    signature = sign(content, key) if key else None  # before anything is written, as it may fail
    write_secret(out, content)
    yield out
    if signature:
        write_secret(signature_of(out), signature)
        yield signature_of(out)
