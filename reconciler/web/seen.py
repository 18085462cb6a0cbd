"""What the pages of both sides show and choose from: the register, who has what, and what one may hand out oneself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.web.site import Visit

if TYPE_CHECKING:
    from reconciler.grid import Access, Register
    from reconciler.rights import Rights


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A bureau, at one revision.

    Attributes:
        register: consultants, clients and programs.
        access: who has what, with programs outside the bureau package as well.
        may: by client, what whoever is signed in may hand out there.
        revision: as the bureau names it.
    """

    register: Register
    access: Access
    may: Rights
    revision: str


Look = Callable[[Visit[Any]], Seen]
"""How a side of the product looks at its bureau, for a visit. Quick: it is asked on every page."""
