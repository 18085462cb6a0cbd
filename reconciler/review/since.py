"""Since when something has been held, from what the backend tells of the past."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.plan.history import Deed


class Since:
    """When an operation gave each access and each program, if that was the last that happened to it.

    Args:
        deeds: the newest first; empty where the backend does not tell.
        timezone: of the bureau, as days are days there.
    """

    def __init__(self, deeds: Iterable[Deed], timezone: str) -> None:
        zone = ZoneInfo(timezone)
        self._days: dict[tuple[str, str, str], dt.date | None] = {}
        for deed in deeds:
            at = dt.datetime.fromisoformat(deed.at).astimezone(zone).date()
            for program in (*deed.programs, *([""] if deed.access else [])):
                # what was taken last and is there all the same came in a way that nobody tells of, and where
                # data is loaded that says nothing of since when it is so
                told = deed.given and not deed.outside
                self._days.setdefault((deed.consultant, deed.client, program), at if told else None)

    def day(self, consultant: str, client: str, program: str) -> dt.date | None:
        """The day since when somebody has a program somewhere, "" for access; None where it is not known."""
        return self._days.get((consultant, client, program))
