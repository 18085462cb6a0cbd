"""How much Markdown a forge takes, and what it can do with it.

Room is in bytes of UTF-8, of which there are never fewer than characters: forges count one or the other, and none of
them says which. A part is left for the hidden line that a comment of ours begins with.
"""

from __future__ import annotations

from dataclasses import dataclass

BESIDE = 1_024
"""Bytes that are left for what is put before the comment."""


@dataclass(frozen=True, slots=True)
class Comment:
    """Where Markdown will stand.

    Attributes:
        room: bytes that it may take; None for as many as it takes.
        folds: whether parts of it can be folded: whether <details> is shown as such, not as text.
        report: address of the whole report; "" where there is none.
    """

    room: int | None = None
    folds: bool = True
    report: str = ""


FITS = {
    "github": Comment(65_536 - BESIDE),
    "gitlab": Comment(1_000_000 - BESIDE),
    "bitbucket": Comment(32_768 - BESIDE, folds=False),
    "azure-devops": Comment(150_000 - BESIDE),
    "job-summary": Comment(1_048_576 - BESIDE),
}
"""By name of a place, what it takes: 65,536 characters, a million, 32,768, 150,000, and a summary 1 MiB."""
