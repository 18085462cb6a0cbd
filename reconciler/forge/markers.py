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


def digests_in(body: str) -> tuple[str, ...]:
    """The digests that stand in a body, each on a line of its own."""
    return tuple(found[1] for line in body.splitlines() if (found := _DIGEST.fullmatch(line.strip())))


def is_cut(body: str) -> bool:
    """Whether a body says that something was left out of it."""
    return any(line.strip() == _CUT for line in body.splitlines())


def is_marked(body: str) -> bool:
    """Whether a marker of ours stands anywhere in a body."""
    return _OURS in body


def _first_line(body: str) -> str:
    return body.partition("\n")[0].strip()
