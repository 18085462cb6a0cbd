"""What operators may hand out, as a document of names: clients with the same right stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.grid.arrays import bits
from reconciler.plan.missing import grouped, select

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.plan import Current
    from reconciler.plan.missing import MissingRight, MissingRights
    from reconciler.rights import Operator, Rights


def groups(rights: Rights) -> Iterator[tuple[bool, int, list[int]]]:
    """Clients by what the operator may do there: (system administrator, programs, client ids); most first."""
    known: dict[tuple[bool, int], list[int]] = {}
    for client in np.flatnonzero(rights.system | (rights.programs != 0)).tolist():
        system = bool(rights.system[client])
        known.setdefault((system, 0 if system else int(rights.programs[client])), []).append(client)
    for (system, programs), clients in sorted(
        known.items(), key=lambda group: (not group[0][0], group[0][1])
    ):
        yield system, programs, clients


def rights_document(current: Current) -> dict[str, Any]:
    """The operator's rights, and those of the others where the backend tells."""
    others = current.others
    return {
        "bureau": current.register.bureau,
        "operator": _operator(current, current.operator),
        "others": None if others is None else [_operator(current, other) for other in others],
    }


def _operator(current: Current, operator: Operator) -> dict[str, Any]:
    register = current.register
    return {
        "id": operator.key,
        "name": operator.label,
        "consultant": operator.consultant,
        "rights": [
            {
                "right": "system-administrator" if system else "program-administrator",
                "programs": [register.programs.names[p] for p in bits(programs)],
                "clients": [register.clients.names[c] for c in clients],
            }
            for system, programs, clients in groups(operator.rights)
        ],
    }


def missing_document(found: MissingRights) -> dict[str, Any]:
    """The rights that an operator lacks for a plan."""
    return {
        "bureau": found.register.bureau,
        "date": found.date.isoformat(),
        "revision": found.revision,
        "operator": found.operator.key,
        "blocked": found.blocked,
        "blocked-otherwise": found.otherwise,
        "missing": [_missing(found, line) for line in grouped(found)],
    }


def _missing(found: MissingRights, line: MissingRight) -> dict[str, Any]:
    register = found.register
    clients, selection = register.clients.names, select(register, line.clients)
    return {
        "right": "system-administrator" if line.system else "program-administrator",
        "programs": [register.programs.names[p] for p in bits(line.programs)],
        "clients": [clients[c] for c in line.clients],
        "selected-by": [
            *(["all"] if selection.whole else []),
            *(f"team:{team}" for team in selection.teams),
            *(f"tag:{tag}" for tag in selection.tags),
            *(clients[c] for c in selection.rest),
        ],
        "have": None if line.have is None else list(line.have),
    }
