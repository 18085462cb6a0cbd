"""The outcome of a plan: exactly what apply would do, cell by cell, and its digest, which is what is approved.

Nothing is in it but who would do what at which bureau. Rules, the day, revisions and commits may all change: as
long as the outcome is the same, so is the digest, and an approval of it holds.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from reconciler.grid import Access, Change
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from reconciler.grid import Register
    from reconciler.plan.values import Plan

FORMAT = "reconciler-outcome/1"
"""Name and version of the document; part of what is digested."""

ALONG = "goes-along"
"""Beside the kinds of change: programs that are not managed and are lost with an access."""


Row = list[Any]
"""Of JSON: consultant, client, and the programs that are granted or removed there."""


def outcome_document(plan: Plan) -> dict[str, Any]:
    """What apply would do, as what is digested."""
    return {
        "format": FORMAT,
        "bureau": plan.register.bureau,
        "operator": plan.operator.key,
        "changes": outcome_rows(plan),
    }


def outcome_rows(plan: Plan) -> dict[str, list[Row]]:
    """For each kind of change a row for each pair, by client, then consultant.

    It does not depend on how changes are put together into operations.
    """
    register, found = plan.register, plan.changes
    none = Access.empty(register.shape)
    rows = {change.value: _rows(register, found.allowed.get(change, none)) for change in Change}
    return {**rows, ALONG: _rows(register, found.goes_along())}


def outcome_digest(plan: Plan) -> str:
    """SHA-256 over the outcome as RFC 8785 writes it: "sha256:" and 64 hexadecimal digits."""
    return digest_of(outcome_document(plan))


def digest_of(document: Any) -> str:
    """SHA-256 over a JSON document as RFC 8785 writes it.

    Raises:
        ValueError: where it holds what that cannot write, such as half a character.
    """
    import rfc8785

    return f"sha256:{hashlib.sha256(rfc8785.dumps(document)).hexdigest()}"


def _rows(register: Register, rows: Access) -> list[Row]:
    consultants, clients, programs = (
        register.consultants.names.all,
        register.clients.names.all,
        register.programs.names,
    )
    masks = {mask: [programs[i] for i in bits(mask)] for mask in set(rows.masks.tolist())}
    return [[consultants[person], clients[company], masks[mask]] for person, company, mask in rows.rows()]
