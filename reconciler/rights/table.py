"""What an operator may hand out at a client: one table, used by the planner and by the bureau server alike.

The rule is Fortnox's, as its documentation of user administration states it: only a system administrator
adds or removes a user at a client; a program is assigned by a system administrator or by the program's own
administrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from reconciler.rights.reasons import Reason

if TYPE_CHECKING:
    from reconciler.grid.arrays import Flags, Ids, Masks


class Action(StrEnum):
    """What can be done to one cell."""

    GIVE_ACCESS = "give-access"
    REMOVE_ACCESS = "remove-access"
    GRANT_PROGRAM = "grant-program"
    REMOVE_PROGRAM = "remove-program"


NEEDS: dict[Action, Reason] = {
    Action.GIVE_ACCESS: Reason.NEEDS_SYSTEM_ADMINISTRATOR,
    Action.REMOVE_ACCESS: Reason.NEEDS_SYSTEM_ADMINISTRATOR,
    # a system administrator may do this too; the program's own administrator is enough
    Action.GRANT_PROGRAM: Reason.NEEDS_PROGRAM_ADMINISTRATOR,
    Action.REMOVE_PROGRAM: Reason.NEEDS_PROGRAM_ADMINISTRATOR,
}


@dataclass(frozen=True, slots=True, eq=False)
class Rights:
    """One operator's rights.

    Attributes:
        system: by client id, whether system administrator there.
        programs: by client id, the mask of the programs whose administrator the operator is there.
    """

    system: Flags
    programs: Masks

    @classmethod
    def none(cls, clients: int) -> Rights:
        """No rights at any of so many clients."""
        return cls(np.zeros(clients, dtype=np.bool_), np.zeros(clients, dtype=np.uint64))

    @classmethod
    def everywhere(cls, clients: int) -> Rights:
        """System administrator at each of so many clients."""
        return cls(np.ones(clients, dtype=np.bool_), np.zeros(clients, dtype=np.uint64))

    def union(self, other: Rights) -> Rights:
        """What either of two may hand out."""
        return Rights(self.system | other.system, self.programs | other.programs)


def allows_access(rights: Rights, clients: Ids) -> Flags:
    """For each client id given, whether access there may be given and removed."""
    return rights.system[clients]


def allows_programs(rights: Rights, clients: Ids) -> Masks:
    """For each client id given, the mask of the programs that may be granted and removed there.

    For a pair that has access or is being given it; where access must be given first and may not be
    (`allows_access`), its programs may not be granted either.
    """
    everything = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
    return np.where(rights.system[clients], everything, rights.programs[clients])
