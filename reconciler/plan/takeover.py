"""What waits until the YAML says that it is taken over, and how to say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.desired.scalar import scalar
from reconciler.plan.values import count_cells
from reconciler.rights import Reason

if TYPE_CHECKING:
    from reconciler.plan.values import Plan

_FEW = 3
"""Clients that are named one by one; beyond, the whole bureau is meant."""


class Takeover(NamedTuple):
    """What is held back because nobody has taken it over.

    Attributes:
        cells: how many.
        line: what to write under `manage`.
        allow: what to give to `--allow`, each by itself, to let it go this once.
    """

    cells: int
    line: str
    allow: tuple[str, ...]


def takeover(plan: Plan) -> Takeover | None:
    """What waits, and how to let it go; None where nothing does."""
    cells = sum(
        count_cells(why.change, rows)
        for why, rows in plan.changes.blocked.items()
        if why.reason is Reason.NOT_TAKEN_OVER
    )
    if not cells:
        return None
    held = [one.block for one in plan.blocked if one.reason is Reason.NOT_TAKEN_OVER]
    clients = sorted({client for block in held for client in block.clients})
    if len(clients) > _FEW:
        bureau = plan.register.bureau
        return Takeover(cells, f"taken-over: {scalar(bureau)}", (f"takeover={bureau}",))
    names = [plan.register.clients.names[client] for client in clients]
    listed = ", ".join(scalar(name, flow=True) for name in names)
    return Takeover(
        cells, f"taken-over: {{clients: [{listed}]}}", tuple(f"takeover={name}" for name in names)
    )
