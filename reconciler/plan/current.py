"""The current state, as a backend tells it at one revision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.grid import Access, Register
    from reconciler.rights import Operator


@dataclass(frozen=True, slots=True, eq=False)
class Current:
    """What the backend says; everything of one revision.

    Attributes:
        register: consultants, clients and programs.
        access: C, with programs outside the bureau package as well.
        revision: opaque; changes whenever anything above changes.
        operator: who we are.
        others: the other operators, None where the backend does not tell us.
        mark: of register and access; the backend tells whether it still is that. "" where there is none.
        told: when the backend said so, by its own clock; None where it does not tell.
    """

    register: Register
    access: Access
    revision: str
    operator: Operator
    others: tuple[Operator, ...] | None
    mark: str = ""
    told: dt.datetime | None = None
