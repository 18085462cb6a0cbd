"""How two registers differ: who and what is new, gone or changed, by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.register.rows import clients_of, consultants_of, programs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.grid import Register
    from reconciler.grid.register import Client, Consultant, Program


@dataclass(frozen=True, slots=True)
class Keys:
    """Rows of one kind that are not as they were, by key, each ascending.

    Attributes:
        new: those that were not there.
        gone: those that are not there any more.
        changed: those of which something else is said.
    """

    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def none(self) -> bool:
        """Whether all is as it was."""
        return not (self.new or self.gone or self.changed)


@dataclass(frozen=True, slots=True)
class Moved:
    """How one register became another.

    Attributes:
        bureau: its name, key or time zone is another one.
        programs: those that differ.
        consultants: those that differ.
        clients: those that differ.
    """

    bureau: bool
    programs: Keys
    consultants: Keys
    clients: Keys

    @property
    def none(self) -> bool:
        """Whether both say the same."""
        return not self.bureau and self.programs.none and self.consultants.none and self.clients.none


def moved(before: Register, after: Register) -> Moved:
    """How one register became another."""
    return Moved(
        _about(before) != _about(after),
        _keys(programs_of(before), programs_of(after)),
        _keys(consultants_of(before), consultants_of(after)),
        _keys(clients_of(before), clients_of(after)),
    )


def _about(register: Register) -> tuple[str, str, str]:
    return register.bureau, register.label, register.timezone


def _keys(
    before: Sequence[Consultant | Client | Program], after: Sequence[Consultant | Client | Program]
) -> Keys:
    was, now = {row.key: row for row in before}, {row.key: row for row in after}
    return Keys(
        tuple(key for key in now if key not in was),
        tuple(key for key in was if key not in now),
        tuple(key for key, row in now.items() if key in was and was[key] != row),
    )
