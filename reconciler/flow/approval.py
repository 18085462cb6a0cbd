"""What was approved, as a plan file or by its digest, and what a plan made now is bound to.

Whoever resumes a run has the bytes of the plan file it started from, and asks the same question of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.audit.entries import Approval
    from reconciler.flow.several import Several
    from reconciler.flow.world import Wanted, World
    from reconciler.grid import Register
    from reconciler.plan import Current, Plan
    from reconciler.plan.approved import Approved
    from reconciler.plan.file import Bound, PlanFile


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


def register_of(content: bytes) -> Register:
    """The names in a plan file that was kept; none where another version wrote it."""
    from reconciler.grid import Clients, Consultants, Programs, Register
    from reconciler.plan.file import read_plan_file

    try:
        return read_plan_file(content).plan.register
    except InputError:
        return Register("", "", "UTC", Consultants.build([]), Clients.build([]), Programs.build([]))


def read_file(path: Path) -> tuple[bytes, PlanFile]:
    """Read a plan file: its bytes, and what they say.

    Raises:
        InputError: where there is none, or it cannot be used.
    """
    from reconciler.plan.file import read_plan_file

    content = read_content(path)
    return content, read_plan_file(content, str(path))


def signer_of(content: bytes, path: Path, allowed_signers: Path | None) -> str:
    """Who signed a plan file, "" where nobody must have.

    Raises:
        InputError: where nobody did who may.
    """
    if allowed_signers is None:
        return ""
    from reconciler.flow.signatures import verify

    return verify(content, path, allowed_signers)


def read_content(path: Path) -> bytes:
    """All of a plan file, as far as one may be long.

    Raises:
        InputError: where it cannot be read.
    """
    from reconciler.plan.file import LARGEST

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(Message("{path} cannot be read: {why}", path=path, why=error.strerror)) from None


def bind(world: World | Several, wanted: Wanted, plan: Plan, current: Current) -> Bound:
    """What a plan is made from.

    Args:
        world: the YAML and the backend.
        wanted: what was asked for.
        plan: what came of it.
        current: the state that it was made from.
    """
    from importlib.metadata import version

    from reconciler.flow.git import commit_of
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
