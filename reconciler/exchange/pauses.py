"""For how long an answer asks to be left alone, whatever our own clock says.

`Retry-After` is a number of seconds or a date (RFC 9110). The date is by the server's clock, as the answer's own `Date`
is: a clock that is wrong, here or there, changes nothing of the time between the two.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def in_seconds(headers: Mapping[str, str]) -> str:
    """What `Retry-After` says, as seconds where the answer tells when it was sent; as it stands where not."""
    told = headers.get("retry-after", "")
    try:
        pause = parsedate_to_datetime(told) - parsedate_to_datetime(headers.get("date", ""))
    except (
        ValueError,
        TypeError,
    ):  # a number, nonsense, or one of them with a time zone and the other without
        return told
    return str(max(0, math.ceil(pause.total_seconds())))
