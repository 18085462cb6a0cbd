"""What can go wrong, as values; imports nothing of ours and nothing heavy.

    Message                 a sentence with named values, English here, Swedish from the catalogue
    Finding                 a Message at a place in a file, with a hint: an error or a warning
    ReconcilerError         the user's kind of failure: message, hint, exit code; never a traceback
    ├── InputError          one or many Findings in YAML, CSV or configuration      exit 1
    ├── BackendError        the backend did not do what the contract says           exit 1
    │   ├── Unreachable     no answer in time, or none at all
    │   ├── Rejected        the backend understood, and said no
    │   ├── Unauthorised    no token, or one that the backend does not accept
    │   ├── StateMoved      the revision being read is gone: read again
    │   ├── LeaseHeld       somebody else has the bureau's lease
    │   ├── LeaseLost       ours is in force no longer
    │   └── NotOffered      the backend does without a part of the contract that it may do without
    ├── ForgeError              GitHub or GitLab did not do what it was asked       exit 1
    │   └── NoAnswer        what became of a request is not known
    ├── NotApproved         nothing was approved that may be applied                exit 1
    ├── NotifyFailed        a channel did not take a notice                          exit 1
    ├── JournalFailed       what a run does cannot be written down                  exit 1
    ├── Busy                somebody else is at it, such as another apply           exit 75
    ├── AuditFailed         the audit log cannot be written, or is not what was written  exit 1
    ├── StalePlan           the world has moved since the plan was shown            exit 4
    ├── Overtaken           somebody else has changed what was about to be changed  exit 1
    └── GuardrailRefused    a guardrail forbids the plan as a whole                 exit 5

Anything else that is raised is a bug of ours: exit 70. Values in a Message are untrusted (they come from
YAML or from a backend) and are made safe where they are printed, in `formats`, never here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Exit(IntEnum):
    """The exit codes, as documented in the README."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    REMAINDER = 3
    STALE = 4
    GUARDRAIL = 5
    USAGE = 64
    BUG = 70
    BUSY = 75
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A sentence with named values: `Message("{name} is not a team", name="malmö")`.

    Attributes:
        text: English, with `{name}` for values; also the key of the message catalogue.
        values: what the names stand for; printed with `str`, made safe by the printer.
        many: the plural form where the sentence counts something, else "".
        number: what is counted where `many` is set; available as `{n}` in the text.
    """

    text: str
    values: Mapping[str, object]
    many: str
    number: int

    def __init__(self, text: str, /, **values: object) -> None:
        """Make a sentence that counts nothing."""
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "many", "")
        object.__setattr__(self, "number", 0)

    @classmethod
    def count(cls, one: str, many: str, n: int, /, **values: object) -> Message:
        """A sentence that counts: `Message.count("{n} rule", "{n} rules", 3)`."""
        message = cls(one, n=n, **values)
        object.__setattr__(message, "many", many)
        object.__setattr__(message, "number", n)
        return message

    def __str__(self) -> str:
        """English, for logs and tests; what people see goes through the catalogue."""
        text = self.many if self.many and self.number != 1 else self.text
        return text.format(**self.values)


class Severity(StrEnum):
    """How bad a finding is: an error stops, a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file.

    Attributes:
        file: as the user named it, with forward slashes, relative to the working folder where it is below it.
        line: counted from 1.
        column: counted from 1, in characters.
    """

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """`file:line:column`, as editors and terminals link it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell about the input.

    Attributes:
        code: stable, kebab-case, for machines: "duplicate-key".
        message: what is wrong.
        position: where; None where it is about a folder or a whole backend.
        hint: what was probably meant, or what to do.
        excerpt: the source line, without its line break; "" where there is none.
        severity: error or warning.
        also: other places that belong to it, such as where a name was defined first.
    """

    code: str
    message: Message
    position: Position | None = None
    hint: Message | None = None
    excerpt: str = ""
    severity: Severity = Severity.ERROR
    also: tuple[Position, ...] = field(default=())


class ReconcilerError(Exception):
    """A failure that is the user's to know about.

    Args:
        message: what happened, one sentence.
        hint: what to do about it.
        findings: the details, where there are several.
    """

    exit_code: Exit = Exit.ERROR

    def __init__(
        self, message: Message, hint: Message | None = None, findings: Sequence[Finding] = ()
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint
        self.findings = tuple(findings)


class InputError(ReconcilerError):
    """The YAML, a CSV or the configuration cannot be used as it is."""

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> InputError:
        """From one or more findings, among them at least one error."""
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        return cls(Message.count("{n} error", "{n} errors", errors), findings=findings)


class BackendError(ReconcilerError):
    """The backend did not do what the contract says."""


class Unreachable(BackendError):
    """No answer in time, or none at all."""


class Unauthorised(BackendError):
    """There is no token, or the backend does not accept it."""


class StateMoved(BackendError):
    """The revision that was being read is gone."""


class AuditFailed(ReconcilerError):
    """The audit log cannot be read or written, or is not what was written."""


class Rejected(BackendError):
    """The backend understood, and said no."""


class LeaseHeld(BackendError):
    """Somebody else has the bureau's lease."""


class LeaseLost(BackendError):
    """The lease is in force no longer: it was released, or another one was given since."""


class NotOffered(BackendError):
    """The backend does without a part of the contract that it may do without."""


class ForgeError(ReconcilerError):
    """GitHub or GitLab did not do what it was asked."""


class NoAnswer(ForgeError):
    """The forge gave no answer, or none that tells what became of the request."""


class NotApproved(ReconcilerError):
    """Nothing was approved that may be applied, or not so that it counts."""


class NotifyFailed(ReconcilerError):
    """A channel did not take a notice."""


class JournalFailed(ReconcilerError):
    """What a run does cannot be written down, so it does nothing more."""


class Busy(ReconcilerError):
    """Somebody else is at it, such as another apply; this one has done nothing."""

    exit_code = Exit.BUSY


class StalePlan(ReconcilerError):
    """The world has moved since the plan was shown."""

    exit_code = Exit.STALE


class Overtaken(ReconcilerError):
    """Somebody else has changed what was about to be changed; theirs stands, and ours is not written."""


class GuardrailRefused(ReconcilerError):
    """A guardrail forbids the plan as a whole."""

    exit_code = Exit.GUARDRAIL
