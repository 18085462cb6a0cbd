"""One register for two policies: that of now, and beside it whom only the older one knows.

The policy before may name somebody who has gone since. So that it can be read, they are in the register of both, but
nothing is ever given to them or taken from them: the backend does not know them any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.arrays import mask_of
from reconciler.grid.register import Clients, Consultants, Programs
from reconciler.register import Moved, moved
from reconciler.register.rows import clients_of, consultants_of, programs_of

if TYPE_CHECKING:
    from reconciler.desired import Desired
    from reconciler.grid import Names, Register
    from reconciler.grid.arrays import Flags


@dataclass(frozen=True, slots=True, eq=False)
class Registers:
    """Two registers as one.

    Attributes:
        both: whoever is in either.
        now: the one that counts.
        moved: how the one of now differs from the one before; None where there was none, or it is the same.
    """

    both: Register
    now: Register
    moved: Moved | None = None

    @classmethod
    def of(cls, now: Register, before: Register | None) -> Registers:
        """From the register of now and the one before, where there was one."""
        if before is None:
            return cls(now, now)
        found = moved(before, now)
        if not (found.programs.gone or found.consultants.gone or found.clients.gone):
            return cls(now, now, None if found.none else found)
        people, companies, programs = now.consultants.names, now.clients.names, now.programs.names
        gone = [replace(row, active=False) for row in consultants_of(before) if row.key not in people]
        left = [replace(row, connected=False) for row in clients_of(before) if row.key not in companies]
        away = [row for row in programs_of(before) if row.key not in programs]
        both = replace(
            now,
            consultants=Consultants.build([*consultants_of(now), *gone]),
            clients=Clients.build([*clients_of(now), *left]),
            programs=Programs.build([*programs_of(now), *away][:64]),
        )
        return cls(both, now, found)

    def inside(self, desired: Desired) -> Desired:
        """What is desired of whom the register of now knows; the rest is out of scope."""
        if self.both is self.now:
            return desired
        people = _known(self.both.consultants.names, self.now.consultants.names)
        companies = _known(self.both.clients.names, self.now.clients.names)
        names = self.both.programs.names
        programs = desired.scope.programs & mask_of(names.id(key) for key in self.now.programs.names)
        scope = desired.scope.within(people, companies)
        return replace(
            desired,
            scope=replace(scope, programs=programs),
            access=desired.access.restrict(people, companies, programs),
        )


def _known(names: Names, known: Names) -> Flags:
    there = set(known)
    return np.array([name in there for name in names], dtype=np.bool_)
