"""What was chosen, and what became of the policy: plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from reconciler.desired import Desired, Policy
    from reconciler.errors import Finding, Message, Position
    from reconciler.grid import OperationKind

    Say = Callable[[Message], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the three operations over a block, as the dialog asks for it.

    Attributes:
        kind: which operation.
        consultants: keys.
        clients: keys; there may be 100,000.
        programs: keys of the bureau package; of none gives access alone. Not looked at where access is removed.
        reason: why, in one line; "" for none.
        said: a selector that means exactly these clients today; "" where they were marked one by one.
        until: the last day of what is given; None for no end, and where something is removed.
        ticket: the case that it was agreed in; "" for none.
    """

    kind: OperationKind
    consultants: tuple[str, ...]
    clients: tuple[str, ...]
    programs: tuple[str, ...] = ()
    reason: str = ""
    said: str = ""
    until: date | None = None
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """How it is said in the files.

    Attributes:
        say: puts a Message into the reader's language, in one line and safe to print.
        file: the name that findings call one more file, such as "policies/given.yaml"; used where no file has a place
            for a new rule.
        name: of a new rule; "" for one that is made of whom and what it is about.
    """

    say: Say
    file: str
    name: str = ""


class DeedKind(StrEnum):
    """What was done to a rule."""

    EXTENDED = "extended"
    """It names somebody or something more."""
    READMITTED = "readmitted"
    """It leaves out less than before."""
    NARROWED = "narrowed"
    """It names somebody or something less."""
    EXCEPTED = "excepted"
    """It leaves out more than before."""
    REMOVED = "removed"
    """Nothing was left of it."""
    WRITTEN = "written"
    """It is new."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done to one rule.

    Attributes:
        kind: what, in a word.
        rule: its name.
        message: the same for people.
        position: where its name stands afterwards; of a rule that was removed, where it stood.
    """

    kind: DeedKind
    rule: str
    message: Message
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Amended:
    """A policy in which it is so.

    Attributes:
        edited: new texts of files that are there, by the names that findings call them.
        added: the text of one more file, to be called `Wording.file`; "" where none is needed.
        policy: what they say together.
        desired: the same, resolved.
        before: what the policy said, resolved.
        how: what was done to which rule, in the order of files and lines.
        remarks: what there is to know beside it.
    """

    edited: Mapping[str, str]
    added: str
    policy: Policy
    desired: Desired
    before: Desired
    how: tuple[Deed, ...]
    remarks: tuple[Finding, ...]

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.edited or self.added)
