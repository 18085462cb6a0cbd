"""Access from an earlier state and what differs: the backend's digests tell which clients, and their rows are fetched.

What comes out is believed only if the backend's digest of all rows is that of these rows; whatever the earlier
state was, the result is the state at the revision, or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.backends.paging import DIGESTS, PACKED, damaged
from reconciler.backends.wire_access import AccessReader
from reconciler.errors import BackendError
from reconciler.grid import Access
from reconciler.grid.digests import Digests, of_all, of_clients
from reconciler.grid.packed import Packed

if TYPE_CHECKING:
    from reconciler.backends.kept import Kept
    from reconciler.backends.lists import Lists
    from reconciler.grid import Names, Register
    from reconciler.grid.arrays import Flags, Ids

_NOT_OFFERED = {404, 405, 406, 501}
"""How a backend answers that does not know the path, the method or the encoding."""


def changed_access(lists: Lists, register: Register, kept: Kept) -> tuple[Access, Packed] | None:
    """The state at a revision.

    Args:
        lists: of the revision.
        register: as it is at the revision.
        kept: an earlier state.

    Returns:
        The state and its packed rows. None where the backend tells no digests, most of it differs, or what came out
        is not what the backend has: then all of it must be fetched.
    """
    if kept.register.programs != register.programs or not lists.revision.isdecimal():
        return None
    before = _renumbered(kept.access, kept.register, register)
    digests = _digests(lists)
    if digests is None:
        return None
    packed = kept.packed if before is kept.access else Packed.of(before)
    differ = of_clients(packed) != digests.small
    if np.count_nonzero(differ) * 2 > len(differ):
        return None
    state = before
    if np.any(differ):
        state = before.restrict(clients=~differ).union(_rows(lists, register, differ))
        packed = Packed.of(state)
    return (state, packed) if of_all(packed, int(lists.revision)) == digests.whole else None


def _digests(lists: Lists) -> Digests | None:
    """The backend's, None where it tells none in their compact encoding."""
    parts: list[Digests] = []
    try:
        for page in lists.pages("access/digests", "clients", DIGESTS):
            if page.digests is None:
                return None
            parts.append(page.digests)
    except BackendError as error:
        if error.message.values.get("status") in _NOT_OFFERED:
            return None
        raise
    if len({part.whole for part in parts}) > 1:
        raise damaged("/v1/access/digests")
    small = np.concatenate([part.small for part in parts])
    return Digests(len(small), 0, small, parts[0].whole)


def _rows(lists: Lists, register: Register, clients: Flags) -> Access:
    """The rows of some clients."""
    asked = {"clients": register.clients.names.pick(np.flatnonzero(clients)), "revision": lists.revision}
    reader = AccessReader(register)
    for page in lists.pages("access/query", None, PACKED, asked):
        reader.add(page)
    return reader.state()


def _renumbered(access: Access, before: Register, after: Register) -> Access:
    """A state with the ids of another register; without those whom it does not have."""
    if before.consultants.names == after.consultants.names and before.clients.names == after.clients.names:
        return access
    people = _places(before.consultants.names, after.consultants.names)[access.consultants]
    companies = _places(before.clients.names, after.clients.names)[access.clients]
    there = (people >= 0) & (companies >= 0)
    # both sides are in the order of their names before and after, so the keys stay in order
    return Access(after.shape, after.shape.keys(people[there], companies[there]), access.masks[there])


def _places(before: Names, after: Names) -> Ids:
    """For each id the id afterwards, -1 where there is none."""
    found = (after.find(name) for name in before)
    return np.array([-1 if place is None else place for place in found], dtype=np.int64)
