"""Hold a log against what vouches for it: its own chain, the head kept apart, and a head kept by somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.audit.chain import EMPTY, MOST, Break
from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.audit.chain import Head, Walked
    from reconciler.audit.head import Kept
    from reconciler.audit.log import Log


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a log is what was written.

    Attributes:
        head: how many lines there are, and the hash of the last.
        breaks: where it is not; at most MOST.
        notes: what crashes have left, and what cannot be known.
        anchored: whether there was a head to hold it against; without one nobody can say that no tail is missing.
    """

    head: Head
    breaks: tuple[Break, ...]
    notes: tuple[Break, ...]
    anchored: bool

    @property
    def sound(self) -> bool:
        """Whether every line is what was written; of lines that are not there only a head can tell."""
        return not self.breaks


def verify(log: Log, given: Head | None) -> Verdict:
    """Read a whole log and hold it against its heads.

    Args:
        log: where it is, and where its head is.
        given: what somebody has kept, now or some time ago; the number 0 stands for any.

    Raises:
        AuditFailed: where it or its head cannot be read.
    """
    while True:
        kept = log.kept()
        look_for = [
            *((kept.head.digest, *kept.announced) if kept else ()),
            *((given.digest,) if given else ()),
        ]
        walked = log.walk(look_for)
        # somebody may append while we read: then what we have read is held against an older head
        if log.kept() == kept:
            return judge(walked, kept, given)


def judge(walked: Walked, kept: Kept | None, given: Head | None) -> Verdict:
    """The verdict on a walk that looked for both heads."""
    breaks = [*walked.breaks]
    if kept is not None:
        breaks += _held(walked, kept.head) or _after(walked, kept)
    if given is not None:
        breaks += _held(walked, given)
    # two heads may tell of the same
    unique = {(one.line, str(one.message)): one for one in sorted(breaks, key=lambda one: one.line)}
    return Verdict(
        walked.head, tuple(unique.values())[:MOST], tuple(_notes(walked, kept)), bool(kept or given)
    )


def _held(walked: Walked, head: Head) -> list[Break]:
    """What is wrong with the log by a head of it, its last or an earlier one."""
    place = walked.places.get(head.digest)
    if head == EMPTY or place == head.lines or (place is not None and head.lines == 0):
        return []
    if place is not None:
        message = Message("the head says that this is line {number}", number=head.lines)
        return [Break(place, message)]
    if head.lines > walked.head.lines:
        message = Message(
            "the log ends here, and its head tells of {lines} lines: its tail was cut off", lines=head.lines
        )
        return [Break(walked.head.lines + 1, message)]
    if head.lines == 0:
        message = Message("no line has the hash of the head: its line was changed or cut off")
        return [Break(walked.head.lines + 1, message)]
    return [Break(head.lines, Message("the line is not the one that the head tells of"))]


def _after(walked: Walked, kept: Kept) -> list[Break]:
    """What is wrong with what stands after the head."""
    if kept.explains(walked):
        return []
    message = Message("what stands from here on was not written by an apply: the head does not know of it")
    return [Break(kept.head.lines + 1, message)]


def _notes(walked: Walked, kept: Kept | None) -> Iterator[Break]:
    for line in walked.torn:
        yield Break(
            line, Message("before this line a crash cut another one short; what was left stands in it")
        )
    for line in walked.headless:
        message = Message("no head was found when this was written: a tail cut off before it would not show")
        yield Break(line, message)
    if walked.fragment:
        message = Message.count(
            "a crash cut the last line short: {n} byte is left of it",
            "a crash cut the last line short: {n} bytes are left of it",
            walked.fragment,
        )
        yield Break(walked.head.lines + 1, message)
    missing = kept.head.lines + len(kept.announced) - walked.head.lines if kept and kept.announced else 0
    if kept and missing > 0:
        message = Message.count(
            "a crash came before {n} line that was about to be written",
            "a crash came before {n} lines that were about to be written",
            missing,
        )
        yield Break(walked.head.lines + 1, message)
