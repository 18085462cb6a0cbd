"""What the command line says was approved before apply started: a plan file, or a digest."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reconciler.errors import InputError, Message, StalePlan
from reconciler.flow.world import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.approved import Approved
    from reconciler.plan.file import Bound

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

_SCOPE = ("as_of", "consultants", "clients", "teams", "tags")
"""What a plan was asked for and apply must not be asked otherwise; beside them stands --only."""


def read_approval(
    path: Path | None, expect: str | None, allowed_signers: Path | None, say: Catalogue
) -> Approved | None:
    """What the command line says was approved; None where it says nothing.

    Args:
        path: of a plan file.
        expect: a digest.
        allowed_signers: file of those one of whom must have signed the plan file; None where nobody must.
        say: for wrong usage.

    Raises:
        InputError: where the file cannot be used, or is not signed as it must be.
        StalePlan: where it is not the one whose digest was approved.
    """
    from reconciler.flow.approval import approved_by, read_content, signer_of
    from reconciler.plan.approved import Approved

    # a pipeline whose variable is empty asks for nothing to be checked, and does not know it
    if expect == "" or (expect is None and _is_empty("RECONCILER_EXPECT")):
        raise click.UsageError(say("--expect is empty: there is no digest to check"))
    if allowed_signers is None and _is_empty("RECONCILER_ALLOWED_SIGNERS"):
        raise click.UsageError(say("--allowed-signers is empty: there is no file to look into"))
    if expect is not None and not DIGEST.fullmatch(expect):
        raise click.UsageError(
            say("{digest} is not a digest such as sha256:0123…, as plan shows it", digest=expect)
        )
    if path is None:
        if allowed_signers:
            raise InputError(
                Message(
                    "only a signed plan file may be applied here: {path} says by whom", path=allowed_signers
                ),
                Message("plan --out FILE --sign-with KEY, then apply FILE"),
            )
        return Approved(expect) if expect else None
    content = read_content(path)
    signer = signer_of(content, path, allowed_signers)
    approved = approved_by(content, str(path), signer)
    if expect not in (None, approved.digest):
        raise StalePlan(
            Message("the plan in {path} is not the one that was approved, and nothing was done", path=path),
            Message(
                "its digest is {digest}, and {expect} was expected", digest=approved.digest, expect=expect
            ),
        )
    return approved


def _is_empty(variable: str) -> bool:
    return os.environ.get(variable) == ""


def wanted_again(bound: Bound, asked: Wanted, flags: Mapping[str, Any], say: Catalogue) -> Wanted:
    """What to plan again for: what the plan file was asked for.

    A plan for a day that was named is made for that day again, any other for today. Guardrails that are allowed to
    be passed are those of the command line, where it names any.

    Args:
        bound: from the plan file.
        asked: what the command line asks for.
        flags: its values by parameter.
        say: for wrong usage.
    """
    from reconciler.plan.plain import unpack

    wish = unpack(Wanted, bound.scope)
    given = {name for name in flags if _given(name)}
    for name in given & {*_SCOPE, "only"}:
        field = "half" if name == "only" else name
        if _comparable(getattr(asked, field)) != _comparable(getattr(wish, field)):
            option = next(p.opts[0] for p in click.get_current_context().command.params if p.name == name)
            raise click.UsageError(
                say(
                    "{option} is not what the plan file was made for: leave it out, or plan again",
                    option=option,
                )
            )
    others = given & {field for field in Wanted.__dataclass_fields__ if field not in _SCOPE}
    return replace(wish, **{name: getattr(asked, name) for name in others})


def _given(name: str) -> bool:
    source = click.get_current_context().get_parameter_source(name)
    return source in (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)


def _comparable(value: Any) -> Any:
    return frozenset(value) if isinstance(value, tuple) else value
