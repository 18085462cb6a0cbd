"""From desired and current state to changes, each allowed or blocked.

    diff ─ what no rule mentions is set aside ─ guardrails and rights on removals ─ … on grants ─ allowed, blocked

Guardrails hold changes back whoever the operator is, so they are asked before the rights: whoever is said to be
able to do what is blocked then really is. They see what will be granted with the removals that are left.

Four kinds of change come out of a diff: pairs given access, programs added, programs removed, pairs
that lose access. Where a pair may not lose access (the right is missing, or programs that are not managed
would go with it), its programs still go as far as the operator may take them: less is left open that way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access, Change, Difference, Half, diff
from reconciler.guardrails import ON_GRANTS, ON_REMOVALS, Case
from reconciler.guardrails.mentioned import mentioned
from reconciler.plan.holds import Blocks, hold_back
from reconciler.plan.values import Changes, Why
from reconciler.rights import NEEDS, Action, Reason, Rights, allows_access, allows_programs

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Desired
    from reconciler.grid.arrays import Flags
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


def changes(
    desired: Desired, current: Current, date: dt.date, half: Half | None = None
) -> tuple[Changes, Case]:
    """Compare the two states, and let guardrails and the operator's rights decide what is allowed.

    Args:
        desired: what the YAML says.
        current: what the backend says.
        date: the day that the plan is for.
        half: the grants or the removals alone; None for both.

    Returns:
        Every change with its verdict, and what will really be done as guardrails see it.
    """
    difference, unmanaged = _set_aside(_difference(desired, current.access), desired)
    nothing = Access.empty(difference.take.shape)
    if half is Half.GRANTS:
        difference = replace(difference, remove=nothing, take=nothing)
    elif half is Half.REMOVALS:
        difference = replace(difference, give=nothing, add=nothing)
    case = _case(difference, desired, current, date, half)
    case, held = hold_back(case, ON_REMOVALS)
    allowed, blocked = _judge_removals(case.remove, case.take, current, desired)
    case = replace(case, remove=allowed[Change.REMOVE_PROGRAMS], take=allowed[Change.REMOVE_ACCESS])
    case, held_too = hold_back(case, ON_GRANTS)
    granted, blocked_too = _judge_grants(case.give, case.add, current)
    case = replace(case, give=granted[Change.GIVE_ACCESS], add=granted[Change.ADD_PROGRAMS])
    along = _along(current, desired, allowed[Change.REMOVE_ACCESS])
    every = held_too | blocked_too | held | blocked
    order = {change: number for number, change in enumerate(Change)}
    found = Changes(
        allowed=granted | allowed,
        blocked={
            why: every[why] for why in sorted(every, key=lambda why: order[why.change]) if len(every[why])
        },
        unmanaged=unmanaged,
        along=along.where(along.masks != 0),
    )
    return found, case


def _difference(desired: Desired, access: Access) -> Difference:
    """From what there is to what is desired; of old keys that wait for their new ones what denials forbid."""
    found = diff(managed(desired, access), desired.access)
    if not desired.scope.waits:
        return found
    shape, programs = access.shape, np.uint64(desired.scope.programs)
    old = access.where(desired.scope.forbids(access.keys, shape) & ~desired.scope.holds(access.keys, shape))
    take = old.inside(desired.denied_pairs)
    fewer = old.outside(desired.denied_pairs)
    masks = fewer.masks & desired.denied_programs.masks_at(fewer.keys)[0] & programs
    return replace(
        found,
        remove=found.remove.union(Access(shape, fewer.keys, masks).where(masks != 0)),
        take=found.take.union(Access(shape, take.keys, take.masks & programs)),
    )


def _set_aside(difference: Difference, desired: Desired) -> tuple[Difference, Access]:
    """Keep what the YAML wants removed, and return the rest as unmanaged.

    With `unlisted: remove` everything that is not desired goes. Otherwise only what a denial forbids, and
    what an assignment gave that has ended; access itself goes only if no program is left to it.
    """
    if desired.unlisted == "remove":
        return difference, Access.empty(difference.take.shape)
    remove, take = difference.remove, difference.take
    fewer = mentioned(desired, remove).programs
    gone, forbidden, ended = mentioned(desired, take)
    goes = forbidden | (ended & (gone == take.masks))
    shape = take.shape
    only_programs = ~goes & (gone != 0)
    kept = replace(
        difference,
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


def _case(
    difference: Difference, desired: Desired, current: Current, date: dt.date, half: Half | None
) -> Case:
    return Case(
        register=current.register,
        desired=desired,
        have=current.access,
        operator=current.operator,
        others=current.others,
        date=date,
        half=half,
        give=difference.give,
        add=difference.add,
        remove=difference.remove,
        take=difference.take,
    )


def _judge_grants(give: Access, add: Access, current: Current) -> tuple[dict[Change, Access], Blocks]:
    """Divide grants into those that the operator may make, by kind, and those it may not, by kind and reason."""
    rights, blocked = current.operator.rights, Blocks()
    give = _reachable(Change.GIVE_ACCESS, give, current, blocked)
    may_give = allows_access(rights, give.clients)
    blocked[_lacking(Change.GIVE_ACCESS)] = give.where(~may_give)
    add = _reachable(Change.ADD_PROGRAMS, add, current, blocked)
    may_add, blocked[_lacking(Change.ADD_PROGRAMS)] = _by_program(rights, add)
    return {Change.GIVE_ACCESS: give.where(may_give), Change.ADD_PROGRAMS: may_add}, blocked


def _judge_removals(
    remove: Access, take: Access, current: Current, desired: Desired
) -> tuple[dict[Change, Access], Blocks]:
    """Divide removals into those that the operator may make, by kind, and those it may not, by kind and reason."""
    rights, blocked = current.operator.rights, Blocks()
    take = _reachable(Change.REMOVE_ACCESS, take, current, blocked)
    may_take = allows_access(rights, take.clients)
    # where programs that are not ours would go along, nobody may take the access: only our programs go
    others = _takes_others(current, desired, take)
    stay = take.where(others)
    blocked[Why(Change.REMOVE_ACCESS, Reason.HOLDS_OTHER_PROGRAMS)] = stay.without_programs()
    lacking = take.where(~others & ~may_take)
    some, rest = _by_program(rights, lacking)
    left = Access(lacking.shape, lacking.keys, rest.masks_at(lacking.keys)[0])
    blocked[_lacking(Change.REMOVE_ACCESS)] = left
    fewer = _reachable(Change.REMOVE_PROGRAMS, remove.union(stay.where(stay.masks != 0)), current, blocked)
    may_remove, blocked[_lacking(Change.REMOVE_PROGRAMS)] = _by_program(rights, fewer)
    allowed = {
        Change.REMOVE_PROGRAMS: may_remove.union(some),
        Change.REMOVE_ACCESS: take.where(~others & may_take),
    }
    return allowed, blocked


def _lacking(change: Change) -> Why:
    """The operator lacks the right that a change needs."""
    return Why(change, _NEEDED[change])


def _reachable(change: Change, rows: Access, current: Current, blocked: Blocks) -> Access:
    """The rows at clients where the bureau can change anything; the others are blocked."""
    reach = current.register.clients.connected[rows.clients]
    blocked[Why(change, Reason.CLIENT_NOT_CONNECTED)] = rows.where(~reach)
    return rows.where(reach)


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
    takes: Flags = (_along(current, desired, rows).masks != 0) & np.bool_(not desired.other_programs)
    return takes


def _along(current: Current, desired: Desired, rows: Access) -> Access:
    """For each pair the programs that it holds and that are not ours: removing access takes them along."""
    held = current.access.masks_at(rows.keys)[0]
    return Access(rows.shape, rows.keys, held & ~np.uint64(desired.scope.programs))
