"""What operators may hand out, as a document of names: clients with the same right stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.plan import Current
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
