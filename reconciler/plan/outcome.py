"""The outcome of a plan: exactly what apply would do, cell by cell, and its digest, which is what is approved.

Nothing is in it but who would do what at which bureau. Rules, the day, revisions and commits may all change: as
long as the outcome is the same, so is the digest, and an approval of it holds.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from reconciler.grid import Access, Change
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    return {**_head(plan), "changes": outcome_rows(plan)}


def outcome_rows(plan: Plan) -> dict[str, list[Row]]:
    """For each kind of change a row for each pair, by client, then consultant.

    It does not depend on how changes are put together into operations.
    """
    consultants, clients = plan.register.consultants.names.all, plan.register.clients.names.all
    return {
        kind: [[consultants[i], clients[j], programs[mask]] for i, j, mask in rows.rows()]
        for kind, rows in _kinds(plan)
        for programs in (_programs(plan.register, rows),)
    }


def outcome_digest(plan: Plan) -> str:
    """SHA-256 over the outcome as RFC 8785 writes it: "sha256:" and 64 hexadecimal digits."""
    return sha256(outcome_bytes(plan))


def outcome_bytes(plan: Plan) -> bytes:
    """The outcome as RFC 8785 writes it.

    A name is written once and the rows are put together from that: a first plan may have a million of them.
    """
    changes = {}
    for kind, rows in _kinds(plan):
        consultants = {
            i: _written(plan.register.consultants.names[i]) for i in set(rows.consultants.tolist())
        }
        clients = {j: _written(plan.register.clients.names[j]) for j in set(rows.clients.tolist())}
        programs = {mask: _written(names) for mask, names in _programs(plan.register, rows).items()}
        listed = ",".join(f"[{consultants[i]},{clients[j]},{programs[mask]}]" for i, j, mask in rows.rows())
        changes[kind] = f"[{listed}]".encode()
    return joined(
        {name: _written(value).encode() for name, value in _head(plan).items()} | {"changes": joined(changes)}
    )


def joined(parts: Mapping[str, bytes]) -> bytes:
    """An object as RFC 8785 writes it, from members that are written already; their names are plain ASCII."""
    return b"{" + b",".join(b'"%b":%b' % (name.encode(), parts[name]) for name in sorted(parts)) + b"}"


def _written(value: Any) -> str:
    """As RFC 8785 writes it; half a character, which it cannot write, as an escape: a plan has a digest in any case."""
    import rfc8785

    try:
        return rfc8785.dumps(value).decode()
    except rfc8785.CanonicalizationError:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode(errors="backslashreplace").decode()


def sha256(content: bytes) -> str:
    """The SHA-256 of bytes as we write it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _head(plan: Plan) -> dict[str, Any]:
    return {"format": FORMAT, "bureau": plan.register.bureau, "operator": plan.operator.key}


def _kinds(plan: Plan) -> Iterator[tuple[str, Access]]:
    none = Access.empty(plan.register.shape)
    for change in Change:
        yield change.value, plan.changes.allowed.get(change, none)
    yield ALONG, plan.changes.goes_along()


def _programs(register: Register, rows: Access) -> dict[int, list[str]]:
    """The names for each mask that occurs."""
    names = register.programs.names
    return {mask: [names[i] for i in bits(mask)] for mask in set(rows.masks.tolist())}
