"""The hidden lines by which what we wrote is found again, and what it is about.

A marker tells nothing of who wrote it: anybody can write one. Whoever reads one has to ask for the author.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

BUREAU = re.compile(r"[A-Za-z0-9._-]{1,100}")
COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")

_COMMENT = re.compile(
    rf"<!-- reconciler:comment ([a-z]+) ({BUREAU.pattern}) commit=({COMMIT.pattern}) -->", re.ASCII
)
_ISSUE = re.compile(rf"<!-- reconciler:issue drift ({BUREAU.pattern}) -->", re.ASCII)
_DIGEST = re.compile(r"<!-- reconciler:digest (sha256:[0-9a-f]{64}) -->", re.ASCII)
_CUT = "<!-- reconciler:cut -->"
_OURS = "<!-- reconciler:comment "


class Kind(StrEnum):
    """What a comment tells of."""

    PLAN = "plan"
    DIFF = "diff"
    APPLY = "apply"
    DRIFT = "drift"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Marker:
    """The first line of a comment of ours.

    Attributes:
        kind: what it tells of.
        bureau: which bureau it is about, where a repository has several.
        commit: what it was made from.
    """

    kind: Kind
    bureau: str
    commit: str

    def __str__(self) -> str:
        """The line."""
        return f"<!-- reconciler:comment {self.kind} {self.bureau} commit={self.commit} -->"

    @classmethod
    def of(cls, body: str) -> Marker | None:
        """The marker of a comment, None where its first line is none."""
        found = _COMMENT.fullmatch(_first_line(body))
        if not found or found[1] not in set(Kind):
            return None
        return cls(Kind(found[1]), found[2], found[3])


def issue_marker(bureau: str) -> str:
    """The first line of the issue about the drift of a bureau."""
    return f"<!-- reconciler:issue drift {bureau} -->"


def bureau_of_issue(body: str) -> str:
    """The bureau whose drift an issue is about; "" where its first line is no marker."""
    found = _ISSUE.fullmatch(_first_line(body))
    return found[1] if found else ""


class Shown(StrEnum):
    """Why a comment approves nothing."""

    PART = "part"
    SEVERAL = "several"


def digest_in(body: str) -> str | Shown:
    """The digest that a comment carries as its last line, or why it carries none.

    A plan that shows everything ends with it. No other line of it may be a marker of that kind, or that it was cut.
    """
    lines = [line.strip() for line in body.splitlines()]
    found = [mark[1] for line in lines if (mark := _DIGEST.fullmatch(line))]
    last = next((line for line in reversed(lines) if line), "")
    if _CUT in lines or not _DIGEST.fullmatch(last):
        return Shown.PART
    return found[0] if len(found) == 1 else Shown.SEVERAL


def is_marked(body: str) -> bool:
    """Whether a marker of ours stands anywhere in a body."""
    return _OURS in body


def _first_line(body: str) -> str:
    return body.partition("\n")[0].strip()
