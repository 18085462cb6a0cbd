"""Do no more than was approved: of the changes that a fresh look shows, those that an earlier plan has, cell by cell.

Between the two somebody may have given an access that the plan would give, so that only its programs are left to
grant; or added a program to an access that the plan would remove, so that it must stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access, Change
from reconciler.grid.arrays import bits, mask_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.grid import Names, Register
    from reconciler.grid.arrays import Ids


def within(now: Mapping[Change, Access], approved: Mapping[Change, Access]) -> dict[Change, Access]:
    """The changes of now that are approved; all four kinds, of one register.

    Args:
        now: what would be done, by kind.
        approved: what may be done, by kind.
    """
    grants = approved[Change.GIVE_ACCESS].union(approved[Change.ADD_PROGRAMS])
    removals = approved[Change.REMOVE_PROGRAMS].union(approved[Change.REMOVE_ACCESS])
    give = _programs(now[Change.GIVE_ACCESS].inside(approved[Change.GIVE_ACCESS]), grants)
    take = now[Change.REMOVE_ACCESS].inside(approved[Change.REMOVE_ACCESS])
    more = take.masks & ~approved[Change.REMOVE_ACCESS].masks_at(take.keys)[0]
    return {
        Change.GIVE_ACCESS: give,
        Change.ADD_PROGRAMS: _some(_programs(now[Change.ADD_PROGRAMS], grants)),
        Change.REMOVE_PROGRAMS: _some(_programs(now[Change.REMOVE_PROGRAMS], removals)),
        Change.REMOVE_ACCESS: take.where(more == 0),
    }


def less(approved: Mapping[Change, Access], tried: Mapping[Change, Access]) -> dict[Change, Access]:
    """What is still approved when some of it was tried: nothing is tried twice.

    Args:
        approved: by kind, all four.
        tried: likewise; what `within` has made of it, some of it maybe as another kind.
    """
    grants = tried[Change.GIVE_ACCESS].union(tried[Change.ADD_PROGRAMS])
    removals = tried[Change.REMOVE_PROGRAMS].union(tried[Change.REMOVE_ACCESS])
    give, take = approved[Change.GIVE_ACCESS], approved[Change.REMOVE_ACCESS]
    given, taken = tried[Change.GIVE_ACCESS], tried[Change.REMOVE_ACCESS]
    return {
        Change.GIVE_ACCESS: give.outside(given).less(grants),
        Change.ADD_PROGRAMS: _some(approved[Change.ADD_PROGRAMS].union(give.inside(given)).less(grants)),
        Change.REMOVE_PROGRAMS: _some(approved[Change.REMOVE_PROGRAMS].less(removals)),
        Change.REMOVE_ACCESS: take.outside(taken).less(removals),
    }


def _programs(rows: Access, of: Access) -> Access:
    """Rows with those of their programs that others have at the same pairs."""
    return Access(rows.shape, rows.keys, rows.masks & of.masks_at(rows.keys)[0])


def _some(rows: Access) -> Access:
    return rows.where(rows.masks != 0)


def renumbered(rows: Access, old: Register, new: Register) -> Access:
    """The same pairs and programs by name, in the ids of another register; who or what that lacks is left out."""
    people = _ids(old.consultants.names, new.consultants.names)[rows.consultants]
    companies = _ids(old.clients.names, new.clients.names)[rows.clients]
    programs = _ids(old.programs.names, new.programs.names).tolist()
    masks = {mask: _mask(mask, programs) for mask in set(rows.masks.tolist())}
    there = (people >= 0) & (companies >= 0)
    return Access.from_rows(
        new.shape,
        new.shape.keys(people, companies)[there],
        np.array([masks[mask] for mask in rows.masks.tolist()], dtype=np.uint64)[there],
    )


def _mask(mask: int, programs: list[int]) -> int:
    return mask_of(programs[program] for program in bits(mask) if programs[program] >= 0)


def _ids(old: Names, new: Names) -> Ids:
    """For each old id the new one of the same name, -1 where there is none."""
    return np.array([-1 if (number := new.find(name)) is None else number for name in old], dtype=np.int64)
