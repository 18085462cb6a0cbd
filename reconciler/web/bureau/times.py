"""When something happened, as the bureau's clock had it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable


def clock_of(timezone: str) -> Callable[[str], str]:
    """How the clock of a time zone shows a time that the database has in UTC."""
    zone = ZoneInfo(timezone)

    def show(text: str) -> str:
        return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"

    return show
