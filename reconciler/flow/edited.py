"""A file of a policy folder that is given other contents, and what was shown of it before: only that may be replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.desired.source import LIMIT
from reconciler.errors import Finding, InputError, Message, Overtaken, Position

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST = 1_000
"""Files that are changed together."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What becomes of a file.

    Attributes:
        path: from the policy folder, with forward slashes.
        before: what it held when it was shown, byte for byte; None where it was not there.
        after: what it shall hold.
    """

    path: str
    before: bytes | None
    after: bytes


def check_edits(edits: Sequence[Edited]) -> None:
    """Make sure that names stay inside of the folder, and that there is something to change.

    Raises:
        InputError: where that is not so.
    """
    if not [one for one in edits if one.before != one.after]:
        raise InputError(Message("nothing would change"))
    if len(edits) > MOST or len({one.path for one in edits}) < len(edits):
        raise InputError(Message("a file is changed twice, or too many files are: {n}", n=len(edits)))
    for one in edits:
        if not _is_inside(one.path):
            raise InputError(Message("“{name}” is no name for a file of the policy folder", name=one.path))
        if len(one.after) > LIMIT:
            message = Message(
                "{file} would be larger than is read: {n} bytes", file=one.path, n=len(one.after)
            )
            raise InputError(message)


def _is_inside(path: str) -> bool:
    """Whether it leads to a file that is read: hidden ones are not, and `..` is not either."""
    parts = path.split("/")
    odd = "\\" in path or any(ord(one) < 32 or ord(one) == 127 for one in path)
    return not odd and not any(part.startswith(".") or not part for part in parts)


def overtaken(paths: Iterable[str], hint: Message) -> Overtaken:
    """The error where files are not what was shown.

    Args:
        paths: which, as they are shown.
        hint: what to do about it.
    """
    message = Message("this is not what was shown: somebody has changed it since")
    findings = [Finding("moved", message, Position(path)) for path in paths]
    told = Message.count(
        "{n} file is not what was shown; nothing was written",
        "{n} files are not what was shown; nothing was written",
        len(findings),
    )
    return Overtaken(told, hint, findings)
