"""The time of day, as it is stored and sent; such texts are ordered as the times are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def now() -> str:
    """RFC 3339 in UTC, with milliseconds: "2026-01-31T12:00:00.000Z"."""
    return later(0)


def later(seconds: float) -> str:
    """The time of day in so many seconds."""
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
