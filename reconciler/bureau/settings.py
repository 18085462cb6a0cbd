"""How a bureau server behaves; nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in any so many seconds, for each operator.

    Attributes:
        requests: at least 1.
        seconds: the length of the window.
    """

    requests: int
    seconds: int

    def __post_init__(self) -> None:
        """A limit of nothing would lock everybody out."""
        if self.requests < 1 or self.seconds < 1:
            raise ValueError("a rate limit is at least one request per second")


REAL_WORLD_LIMIT = RateLimit(25, 5)
"""What Fortnox documents for its API: 25 requests per 5 seconds."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The limits of a server.

    Attributes:
        rate_limit: for each operator, in this process; None for none.
        body_bytes: the largest body of a request.
        block_pairs: the largest block of an operation.
        page: how many items a page has where the request does not say.
        largest_page: the most items that a request may ask for.
        compact_page: the same and the most, where a list of the register is answered by columns.
        compact_access: the same and the most, where access is answered in its compact encoding.
        longest_wait: seconds that `Prefer: wait` may hold an answer back.
        chunk: how many pairs a job deals with in one transaction.
        snapshots: how many revisions of each bureau are kept for readers.
        stale: after so many changed pairs the encoded state in the database is written anew.
    """

    rate_limit: RateLimit | None = None
    body_bytes: int = 16 * 1024 * 1024
    block_pairs: int = 200_000
    page: int = 1_000
    largest_page: int = 10_000
    compact_page: int = 400_000
    compact_access: int = 5_000_000
    longest_wait: int = 30
    chunk: int = 5_000
    snapshots: int = 4
    stale: int = 10_000
