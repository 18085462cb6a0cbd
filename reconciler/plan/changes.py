"""From desired and current state to changes, each allowed or blocked.

    diff ─ what no rule mentions is set aside ─ the table of rights ─ allowed and blocked

Four kinds of change come out of a diff: pairs given access, programs added, programs removed, pairs
that lose access. Where a pair may not lose access (the right is missing, or programs that are not managed
would go with it), its programs still go as far as the operator may take them: less is left open that way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access, Difference, diff
from reconciler.plan.values import Change, Changes
from reconciler.rights import NEEDS, Action, Reason, Rights, allows_access, allows_programs

if TYPE_CHECKING:
    from reconciler.desired import Desired
    from reconciler.grid.arrays import Flags, Masks
    from reconciler.plan.current import Current

_NEEDED = {
    Change.GIVE_ACCESS: NEEDS[Action.GIVE_ACCESS],
    Change.ADD_PROGRAMS: NEEDS[Action.GRANT_PROGRAM],
    Change.REMOVE_PROGRAMS: NEEDS[Action.REMOVE_PROGRAM],
    Change.REMOVE_ACCESS: NEEDS[Action.REMOVE_ACCESS],
}


def managed(desired: Desired, access: Access) -> Access:
    """The part of a state that the YAML declares itself authoritative for."""
    scope = desired.scope
    return access.restrict(scope.consultants, scope.clients, scope.programs)


def changes(desired: Desired, current: Current) -> Changes:
    """Compare the two states, and let the operator's rights decide what is allowed."""
    have = managed(desired, current.access)
    difference, unmanaged = _set_aside(diff(have, desired.access), desired)
    allowed, blocked = judge(difference, current, desired)
    return Changes(allowed, blocked, unmanaged)


def _set_aside(difference: Difference, desired: Desired) -> tuple[Difference, Access]:
    """Keep what the YAML wants removed, and return the rest as unmanaged.

    With `unlisted: remove` everything that is not desired goes. Otherwise only what a denial forbids, and
    what an assignment gave that has ended; access itself goes only if no program is left to it.
    """
    if desired.unlisted == "remove":
        return difference, Access.empty(difference.take.shape)
    remove, take = difference.remove, difference.take
    fewer = _mentioned(desired, remove)
    gone = _mentioned(desired, take)
    forbidden = desired.denied_pairs.masks_at(take.keys)[1]
    over = desired.ended.masks_at(take.keys)[1] & (gone == take.masks)
    goes = forbidden | over
    shape = take.shape
    only_programs = ~goes & (gone != 0)
    kept = Difference(
        give=difference.give,
        add=difference.add,
        remove=Access.from_rows(
            shape,
            np.concatenate((remove.keys[fewer != 0], take.keys[only_programs])),
            np.concatenate((fewer[fewer != 0], gone[only_programs])),
        ),
        take=take.where(goes),
    )
    left = Access(shape, remove.keys, remove.masks & ~fewer).where((remove.masks & ~fewer) != 0)
    left_pairs = Access(shape, take.keys, take.masks & ~gone).where(~goes)
    return kept, left.union(left_pairs)


def _mentioned(desired: Desired, rows: Access) -> Masks:
    """Of each row's programs, those that a denial forbids or an assignment gave that has ended."""
    ended = desired.ended.masks_at(rows.keys)[0]
    denied = desired.denied_programs.masks_at(rows.keys)[0]
    whole = desired.denied_pairs.masks_at(rows.keys)[1]
    return np.where(whole, rows.masks, rows.masks & (ended | denied))


def judge(
    difference: Difference, current: Current, desired: Desired
) -> tuple[dict[Change, Access], dict[tuple[Change, Reason], Access]]:
    """Divide changes into those that are allowed, by kind, and those that are not, by kind and reason."""
    rights, connected = current.operator.rights, current.register.clients.connected
    blocked: dict[tuple[Change, Reason], Access] = {}

    def reachable(change: Change, rows: Access) -> Access:
        reach = connected[rows.clients]
        blocked[change, Reason.CLIENT_NOT_CONNECTED] = rows.where(~reach)
        return rows.where(reach)

    def by_program(change: Change, rows: Access) -> Access:
        may, blocked[change, _NEEDED[change]] = _by_program(rights, reachable(change, rows))
        return may

    give = reachable(Change.GIVE_ACCESS, difference.give)
    may_give = allows_access(rights, give.clients)
    blocked[Change.GIVE_ACCESS, _NEEDED[Change.GIVE_ACCESS]] = give.where(~may_give)

    take = reachable(Change.REMOVE_ACCESS, difference.take)
    # where programs that are not ours would go along, nobody may take the access: only our programs go
    others = _takes_others(current, desired, take)
    stay = take.where(others)
    blocked[Change.REMOVE_ACCESS, Reason.HOLDS_OTHER_PROGRAMS] = stay.without_programs()
    may_take = allows_access(rights, take.clients)
    lacking = take.where(~others & ~may_take)
    some, rest = _by_program(rights, lacking)
    left = Access(lacking.shape, lacking.keys, rest.masks_at(lacking.keys)[0])
    blocked[Change.REMOVE_ACCESS, _NEEDED[Change.REMOVE_ACCESS]] = left

    fewer = difference.remove.union(stay.where(stay.masks != 0))
    allowed = {
        Change.GIVE_ACCESS: give.where(may_give),
        Change.ADD_PROGRAMS: by_program(Change.ADD_PROGRAMS, difference.add),
        Change.REMOVE_PROGRAMS: by_program(Change.REMOVE_PROGRAMS, fewer).union(some),
        Change.REMOVE_ACCESS: take.where(~others & may_take),
    }
    return allowed, {why: rows for why, rows in blocked.items() if len(rows)}


def _by_program(rights: Rights, rows: Access) -> tuple[Access, Access]:
    """Divide the program cells of rows into those that the operator may change and those it may not."""
    may = rows.masks & allows_programs(rights, rows.clients)
    may_not = rows.masks & ~may
    return (
        Access(rows.shape, rows.keys, may).where(may != 0),
        Access(rows.shape, rows.keys, may_not).where(may_not != 0),
    )


def _takes_others(current: Current, desired: Desired, rows: Access) -> Flags:
    """For each pair, whether removing access would take programs along that are not ours to remove."""
    held = current.access.masks_at(rows.keys)[0] & ~np.uint64(desired.scope.programs)
    takes: Flags = (held != 0) & np.bool_(not desired.other_programs)
    return takes
