"""Operators on the wire → values: rights by client, as arrays."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

import numpy as np

from reconciler.errors import Message
from reconciler.grid.arrays import mask_of
from reconciler.rights import Operator, Rights

if TYPE_CHECKING:
    from reconciler.exchange.fields import Fields
    from reconciler.grid import Names, Register
    from reconciler.grid.arrays import Ids


class _Right(StrEnum):
    SYSTEM = "system-administrator"
    PROGRAM = "program-administrator"


def operator(row: Fields, register: Register) -> Operator:
    """An operator with its rights; BackendError where a right names what the register does not have."""
    rights = Rights.none(len(register.clients.names))
    for right in row.subs("rights"):
        _add(rights, right, register)
    return Operator(row.key("id"), row.text("name"), row.maybe("consultant"), rights)


def _add(rights: Rights, right: Fields, register: Register) -> None:
    clients = _clients(right, register.clients.names)
    match right.word("right", _Right):
        case _Right.SYSTEM:
            rights.system[clients] = True
        case _Right.PROGRAM:
            programs = _known(right, "programs", register.programs.names)
            rights.programs[clients] |= np.uint64(mask_of(programs.tolist()))
        case never:
            assert_never(never)


def _clients(right: Fields, names: Names) -> Ids:
    if right.values.get("clients") == "all":
        return np.arange(len(names), dtype=np.int64)
    return _known(right, "clients", names)


def _known(right: Fields, field: str, names: Names) -> Ids:
    keys = right.texts(field)
    for key in keys:
        if key not in names:
            right.wrong(field, Message("known to the bureau"))
    return names.ids(keys)
