"""The lists of all access reviews and how each stands, as pages see them: not made anew as long as nothing has moved."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from reconciler.flow.reviewing import Wanted, look_at, sign_offs
from reconciler.review.status import standings

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.desired import Policy
    from reconciler.flow.reviewing import Looked
    from reconciler.plan import Current
    from reconciler.review.status import Standing
    from reconciler.web.policy.desk import Desk


class Lists:
    """The lists of all reviews, which are not made anew as long as nothing has moved; safe to use from many threads.

    Args:
        desk: the YAML and the bureau.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._lock = threading.Lock()
        self._known: tuple[Policy, Current, Looked] | None = None

    def look(self) -> tuple[Looked, list[Standing], list[Path]]:
        """The lists, how each stands, and files that are no whole sign-off.

        Raises:
            ReconcilerError: where the YAML cannot be used, or a sign-off cannot be read.
        """
        reviews = self.desk.settings.reviews
        looked = self._listed(Wanted(reviews.by))
        signed, unsigned = sign_offs(reviews.folder, looked.register.bureau)
        found = standings(looked.units, looked.found, signed, looked.date, reviews.every)
        return looked, found, unsigned

    def _listed(self, wanted: Wanted) -> Looked:
        policy, current, today = self.desk.policy(), self.desk.current(), self.desk.today()
        with self._lock:
            known = self._known
            if (
                known is not None
                and known[0] is policy
                and _same(known[1], current)
                and known[2].date == today
            ):
                return known[2]
            looked = look_at(policy, current, wanted, None)
            self._known = (policy, current, looked)
            return looked


def _same(one: Current, other: Current) -> bool:
    return one.register is other.register and one.access is other.access
