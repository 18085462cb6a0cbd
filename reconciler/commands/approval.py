"""What was approved before apply started: a plan file, or a digest; and what a plan made now is bound to.

Whoever resumes a run has the bytes of the plan file it started from, and asks the same question of them.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reconciler.commands.world import Wanted
from reconciler.errors import InputError, Message, StalePlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.audit.entries import Approval
    from reconciler.commands.several import Several
    from reconciler.commands.world import World
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Current, Plan
    from reconciler.plan.approved import Approved
    from reconciler.plan.file import Bound, PlanFile

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
    content = _content(path)
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


def approved_by(content: bytes, name: str = "", signer: str = "") -> Approved:
    """What a plan file approves.

    Args:
        content: all of the file, as it was read or kept.
        name: of the file, for what is wrong with it.
        signer: who signed it.

    Raises:
        InputError: where it cannot be used.
    """
    from reconciler.plan.approved import Approved
    from reconciler.plan.file import read_plan_file

    file = read_plan_file(content, name)
    return Approved(file.digest, file.plan, file.bound, content, signer, name)


def read_file(path: Path) -> tuple[bytes, PlanFile]:
    """Read a plan file: its bytes, and what they say.

    Raises:
        InputError: where there is none, or it cannot be used.
    """
    from reconciler.plan.file import read_plan_file

    content = _content(path)
    return content, read_plan_file(content, str(path))


def signer_of(content: bytes, path: Path, allowed_signers: Path | None) -> str:
    """Who signed a plan file, "" where nobody must have.

    Raises:
        InputError: where nobody did who may.
    """
    if allowed_signers is None:
        return ""
    from reconciler.commands.signatures import verify

    return verify(content, path, allowed_signers)


def _content(path: Path) -> bytes:
    from reconciler.plan.file import LARGEST

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(Message("{path} cannot be read: {why}", path=path, why=error.strerror)) from None


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


def bind(world: World | Several, wanted: Wanted, plan: Plan, current: Current) -> Bound:
    """What a plan is made from.

    Args:
        world: the YAML and the backend.
        wanted: what was asked for.
        plan: what came of it.
        current: the state that it was made from.
    """
    from importlib.metadata import version

    from reconciler.commands.git import commit_of
    from reconciler.plan.file import Bound, State
    from reconciler.plan.plain import pack

    commit, changed = commit_of(world.settings.policies)
    shape = current.register.shape
    return Bound(
        policies=world.policy.digest,
        commit=commit,
        changed=changed,
        backend=world.settings.kind or "",
        bureau=current.register.bureau,
        revision=current.revision,
        operator=current.operator.key,
        date=plan.date,
        scope=pack(wanted),
        state=State(shape.consultants, shape.clients, len(current.access)),
        tool_version=version("reconciler"),
    )


def check_approved(
    approved: Approved, world: World | Several, wanted: Wanted, plan: Plan, current: Current
) -> tuple[Message, ...]:
    """Make sure that a plan is what was approved, or the part of it that has not happened yet.

    Returns:
        What has happened already, in sentences.

    Raises:
        InputError: where it was approved for another bureau or another operator.
        StalePlan: where it is not what was approved, with what moved.
    """
    from reconciler.plan.approved import still_approved

    bound = bind(world, wanted, plan, current) if approved.bound else None
    return still_approved(approved, plan, current, bound)


def approval_of(approved: Approved | None, wanted: Wanted, *, yes: bool) -> Approval:
    """On whose approval something is done, for the audit log.

    Args:
        approved: what was approved before, None where it is agreed to now.
        wanted: what was asked for.
        yes: whether nobody was asked.
    """
    from reconciler.audit.entries import Approval, ApprovalKind

    if approved is None:
        return Approval(ApprovalKind.YES if yes else ApprovalKind.ASKED, allowed=wanted.allowed)
    kind = ApprovalKind.FILE if approved.content else ApprovalKind.EXPECT
    return Approval(kind, by=approved.signer, file=approved.name, allowed=wanted.allowed)
