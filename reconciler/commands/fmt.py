"""`reconciler fmt`: the YAML in one canonical shape, comments included."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.errors import Finding
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "fmt",
    cls=Command,
    help=N_(
        "Bring the YAML into one shape, so that a review shows what changed and nothing else.\n\n"
        "Without FILES, every file of the policy folder. What the files say and every comment stays; only"
        " indentation, quotes, empty lines and the order of keys change. With --check nothing is written."
    ),
)
@options.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@options.config
@options.policies
@options.option(
    "--check", is_flag=True, help=N_("Write nothing; exit with 1 where a file would change, for pipelines.")
)
@options.option("--diff", is_flag=True, help=N_("Print what changes."))
@options.language
@click.pass_obj
def command(say: Catalogue, /, files: tuple[Path, ...], check: bool, diff: bool, **flags: Any) -> int:
    """Format, or tell what would change."""
    from reconciler.flow.files import replace_all
    from reconciler.formats.safe import clean

    changed = _changes(_paths(files, flags))
    if not check:
        replace_all({path: after for path, (_, after) in changed.items()})
    for path, (before, after) in changed.items():
        text = say("would change {path}", path=path) if check else say("wrote {path}", path=path)
        click.echo(text)
        if diff:
            for line in _diff(path, before, after):
                click.echo(clean(line))
    return Exit.ERROR if check and changed else Exit.OK


def _paths(files: Sequence[Path], flags: Mapping[str, Any]) -> list[Path]:
    """The files that are named, those of the folders that are named, or those of the policy folder."""
    from reconciler.desired.folder import yaml_files
    from reconciler.flow.settings import Where, read_settings

    named = files or (read_settings(Where(flags["config"], flags["policies"])).policies,)
    return [path for one in named for path in (yaml_files(one) if one.is_dir() or not files else [one])]


def _changes(paths: Sequence[Path]) -> dict[Path, tuple[str, str]]:
    """What files are and what they become, those that change.

    Raises:
        InputError: with what is wrong in any of them; then none is formatted.
    """
    from reconciler.desired.fmt import format_file
    from reconciler.errors import InputError

    findings: list[Finding] = []
    changed: dict[Path, tuple[str, str]] = {}
    for path in paths:
        try:
            before, after = format_file(path)
        except InputError as error:
            findings += error.findings
        else:
            if before != after:
                changed[path] = before, after
    if findings:
        raise InputError.of(findings)
    return changed


def _diff(path: Path, before: str, after: str) -> Iterator[str]:
    from difflib import unified_diff

    name = path.as_posix()
    return unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
