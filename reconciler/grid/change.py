"""What can happen to a pair of consultant and client, and the operation of the bureau that does it."""

from __future__ import annotations

from enum import StrEnum

from reconciler.grid.operation import OperationKind


class Change(StrEnum):
    """What happens to a pair; the order is that of the plan and of apply.

    Grants come before removals, so that a client is never left without anybody in between.
    """

    GIVE_ACCESS = "give-access"
    ADD_PROGRAMS = "add-programs"
    REMOVE_PROGRAMS = "remove-programs"
    REMOVE_ACCESS = "remove-access"

    @property
    def operation(self) -> OperationKind:
        """The operation of the bureau that does it."""
        return _OPERATIONS[self]

    @property
    def half(self) -> Half:
        """Whether it grants or removes."""
        return Half.GRANTS if self.operation is OperationKind.GIVE_ACCESS else Half.REMOVALS


class Half(StrEnum):
    """One half of a plan, for `--only`."""

    GRANTS = "grants"
    REMOVALS = "removals"


_OPERATIONS = {
    Change.GIVE_ACCESS: OperationKind.GIVE_ACCESS,
    Change.ADD_PROGRAMS: OperationKind.GIVE_ACCESS,
    Change.REMOVE_PROGRAMS: OperationKind.REMOVE_PROGRAMS,
    Change.REMOVE_ACCESS: OperationKind.REMOVE_ACCESS,
}

PAIR_CHANGES = frozenset({Change.GIVE_ACCESS, Change.REMOVE_ACCESS})
"""Changes where the access itself is a cell that changes."""
