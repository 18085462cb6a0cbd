"""Which day it is, where this machine and the bureau do not agree.

A plan that names no day is for today, by this machine's clock. One that is wrong would end access early, or give it for
too long, and nobody would see why. So planning stops where the bureau's clock says another day.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from reconciler.errors import Message, ReconcilerError

if TYPE_CHECKING:
    from reconciler.plan import Current

_BORNE = dt.timedelta(hours=1)
"""So far apart two clocks may be, although it is midnight."""


def same_day(current: Current, as_of: dt.date | None) -> None:
    """Make sure that it is the same day here as at the bureau.

    Args:
        current: what the backend says, with its time where it tells one.
        as_of: the day that was named: then it does not matter what day it is.

    Raises:
        ReconcilerError: where it is another day there.
    """
    from zoneinfo import ZoneInfo

    there, here = current.told, dt.datetime.now(dt.UTC)
    if as_of is not None or there is None or abs(there - here) <= _BORNE:
        return
    zone = ZoneInfo(current.register.timezone)
    days = here.astimezone(zone).date(), there.astimezone(zone).date()
    if days[0] != days[1]:
        raise ReconcilerError(
            Message(
                "it is {here} by this machine's clock, and {there} by the bureau's",
                here=days[0],
                there=days[1],
            ),
            Message("set the clock that is wrong, or name the day with --as-of"),
        )
