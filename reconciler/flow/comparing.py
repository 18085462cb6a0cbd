"""From what the user named to two policies over one register; asks no backend, reads no token, opens no connection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconciler.compare import Diff, Registers, compare, edits, judged, starting
from reconciler.desired import load, resolve
from reconciler.desired.folder import load_contents
from reconciler.desired.policy import EMPTY
from reconciler.desired.source import LIMIT
from reconciler.errors import Finding, InputError, Message
from reconciler.flow.contents import is_rules
from reconciler.flow.revision import find_revision, fork_of
from reconciler.flow.world import asked_for
from reconciler.guardrails.expressions.policy import check
from reconciler.register import FILES, read_register, register_of
from reconciler.register.files import LIMIT as REGISTER_LIMIT

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Desired, Policy
    from reconciler.flow.revision import Revision
    from reconciler.flow.settings import Settings
    from reconciler.flow.world import Wanted
    from reconciler.grid import Register


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared.

    Attributes:
        name: as the user named it.
        folder: of the YAML; where a revision is looked at, where it stands in the working tree.
        revision: None for the files that are there now.
    """

    name: str
    folder: Path
    revision: Revision | None = None

    def policy(self) -> Policy:
        """What the YAML says there.

        Raises:
            InputError: with everything that is wrong with it.
        """
        if self.revision is None:
            return load(self.folder)
        inner = self.revision.inside(self.folder)
        files = self.revision.files(inner, is_rules, LIMIT)
        if not files:
            message = Message("there is no *.yaml file in {folder}", folder=self.revision.shown(inner, ""))
            raise InputError.of([Finding("no-files", message)])
        return load_contents({self.revision.shown(inner, path): raw for path, raw in files.items()})

    def register(self, folder: Path) -> Register | None:
        """The register there; None where there is none.

        Raises:
            InputError: with everything that is wrong with it.
        """
        if self.revision is None:
            return read_register(folder) if folder.exists() else None
        place = self.revision.shown(self.revision.inside(folder), "").rstrip("/")
        files = self.contents(folder)
        return register_of(files, place) if files else None

    def contents(self, folder: Path) -> dict[str, bytes]:
        """What the files of the register hold that are there, by name.

        Raises:
            InputError: where one of them is none that is read.
        """
        if self.revision is None:
            return {name: (folder / name).read_bytes() for name in FILES if (folder / name).is_file()}
        inner = self.revision.inside(folder)
        return self.revision.files(inner, lambda path: str(path) in FILES, REGISTER_LIMIT)


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared with what.

    Attributes:
        base: what there was.
        head: what it becomes.
        register: the folder of the register.
        trusted: whether the register is read from there, whatever the sides hold.
    """

    base: Side
    head: Side
    register: Path
    trusted: bool


def find_sides(settings: Settings, base: str, head: str | None, *, fork: bool, trusted: bool) -> Sides:
    """What the user named.

    Args:
        settings: where the YAML and the register are.
        base: a revision or a folder.
        head: likewise; None for the files that are there now.
        fork: compare with where head parted from base, not with base as it is now.
        trusted: read the register from its folder, whatever the sides hold.

    Raises:
        InputError: where one of them is neither.
    """
    one = _side(settings, base)
    other = (
        Side(settings.policies.as_posix(), settings.policies)
        if head is None
        else _plain(_side(settings, head))
    )
    if fork:
        if one.revision is None or (head is not None and other.revision is None):
            raise InputError(Message("--merge-base is for two revisions"))
        tip = other.revision or _side(settings, "HEAD").revision
        assert tip is not None, "a repository with a commit has one that is checked out"
        one = Side(one.name, one.folder, fork_of(one.revision, tip))
    return Sides(one, other, settings.register, trusted)


def _plain(side: Side) -> Side:
    """The same, whose files are named as those of a pull request are: without the revision."""
    return side if side.revision is None else replace(side, revision=replace(side.revision, plain=True))


def _side(settings: Settings, name: str) -> Side:
    folder = Path(name)
    is_folder = bool(name) and folder.is_dir()
    if is_folder and (folder.is_absolute() or name.startswith(".")):
        return Side(name, folder)
    revision = find_revision(_there(settings.policies), name)
    if revision is not None and is_folder:
        raise InputError(
            Message("“{name}” is a revision and a folder", name=name),
            Message("write ./{name} for the folder, refs/heads/{name} for the branch", name=name),
        )
    if is_folder:
        return Side(name, folder)
    if revision is None:
        raise InputError(
            Message("“{name}” is no revision that git knows here, and no folder", name=name),
            Message("is it fetched? A pipeline often has the last commit alone (fetch-depth: 0 fetches all)"),
        )
    return Side(name, settings.policies, revision)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next((one for one in (folder, *folder.absolute().parents) if one.is_dir()), Path())


def make_diff(sides: Sides, wanted: Wanted) -> Diff:
    """Read both, and compare.

    What is wrong with what there is now stops. What is wrong with what there was is told, and everything counts as
    new then: there is nothing sound that it could be compared with, and a change that mends it must not be stopped.

    Raises:
        InputError: with everything that is wrong with the rules or the register of now.
    """
    now = _register_now(sides)
    policy = sides.head.policy()
    check(policy)
    registers = Registers.of(now, None if sides.trusted else _register_before(sides))
    asked = asked_for(policy, now, wanted)  # whom it names must be there now
    if registers.both is not now:
        asked = asked_for(policy, registers.both, wanted)
    after = registers.inside(asked.desired)
    was = _before(sides.base, registers, asked.date)
    plan = compare(
        was.desired,
        after,
        registers.both,
        asked.date,
        half=wanted.half,
        ahead=wanted.ahead,
        allow=asked.allow,
    )
    found = edits(was.policy, policy)
    return Diff(
        base=sides.base.name,
        head=sides.head.name,
        plan=plan,
        current=starting(was.desired, registers.both),
        edits=found if was.desired is None else judged(found, was.desired, after),
        unread=was.unread,
        register=registers.moved,
    )


def _register_now(sides: Sides) -> Register:
    if sides.trusted:
        return read_register(sides.register)
    now = sides.head.register(sides.register)
    if now is None:
        message = Message("there is no register in {name}", name=sides.head.name)
        hint = Message(
            "“reconciler register pull” writes it from the backend; --register names one that is elsewhere"
        )
        raise InputError(message, hint)
    return now


def _register_before(sides: Sides) -> Register | None:
    """The register of then, where it is another one and can be read: it only helps to understand the rules of then."""
    if sides.base.revision is None:
        return None
    try:
        if sides.base.contents(sides.register) == sides.head.contents(sides.register):
            return None
        return sides.base.register(sides.register)
    except InputError:
        return None


class _Before(NamedTuple):
    """What there was: its policy, what that desired, and what is wrong with it, if it cannot be used."""

    policy: Policy
    desired: Desired | None = None
    unread: tuple[Finding, ...] = ()


def _before(side: Side, registers: Registers, date: dt.date) -> _Before:
    try:
        policy = side.policy()
        return _Before(policy, registers.inside(resolve(policy, registers.both, date)))
    except InputError as error:
        return _Before(EMPTY, None, error.findings or (Finding("unread", error.message, hint=error.hint),))
