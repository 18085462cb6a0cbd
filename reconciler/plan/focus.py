"""Look at a part of the bureau only: some consultants, some clients."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.desired import Desired
    from reconciler.grid.arrays import Flags


@dataclass(frozen=True, slots=True, eq=False)
class Focus:
    """What to look at.

    Attributes:
        consultants: a flag per consultant id, None for all.
        clients: a flag per client id, None for all.
    """

    consultants: Flags | None = None
    clients: Flags | None = None


def narrow(desired: Desired, focus: Focus) -> Desired:
    """The desired state inside the focus; the rest is out of scope, and so is neither granted nor removed."""
    scope = desired.scope.within(focus.consultants, focus.clients)
    return replace(
        desired,
        scope=scope,
        access=desired.access.restrict(focus.consultants, focus.clients),
        focus=(focus.consultants, focus.clients),
    )
