"""Who has what at one client, or where one consultant has what: numbers to be drawn as a table, no page yet.

Rows are the consultants of a client or the clients of a consultant, columns are programs. Everything is an array
operation over the rows of one client or one consultant, so that a page of 100 of them is as quick in a large bureau.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.arrays import bits
from reconciler.rights import allows_access, allows_programs
from reconciler.web.index import flags_of, index_of
from reconciler.web.lists import PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.grid import Access, Clients, Consultants, Register
    from reconciler.grid.arrays import Flags, Ids, Masks
    from reconciler.rights import Rights


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows are asked for.

    Attributes:
        words: what stands in a key or a name, all of them; "" for any.
        team: of this team; "" for any.
        tag: with this tag; "" for any.
        by_name: in the order of names rather than of keys.
        whole_team: those of the client's team too who have no access; of a consultant it says nothing.
        page: from 1.
    """

    words: str = ""
    team: str = ""
    tag: str = ""
    by_name: bool = False
    whole_team: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """A page of rows, and what is true of all rows that were found.

    Attributes:
        columns: program ids, those of the bureau package first; others only where somebody has them here.
        rows: consultant or client ids of this page, in its order.
        given: beside `rows`, whether there is access.
        masks: beside `rows`, the programs.
        found: how many rows were found, on all pages.
        accesses: how many of these have access.
        counts: beside `columns`, how many of these have the program.
        page: which one this is, from 1.
        pages: how many there are, at least 1.
        teams: those that occur in what was to be searched, to choose from.
        tags: likewise.
    """

    columns: tuple[int, ...]
    rows: tuple[int, ...]
    given: tuple[bool, ...]
    masks: tuple[int, ...]
    found: int
    accesses: int
    counts: tuple[int, ...]
    page: int
    pages: int
    teams: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """At how many clients one may hand out what.

    Attributes:
        everything: access and every program.
        programs: certain programs only.
        nothing: nothing.
    """

    everything: int
    programs: int
    nothing: int


def client_matrix(register: Register, access: Access, client: int, wanted: Wanted) -> Matrix:
    """The consultants at one client: those with access, or those of its team as well."""
    there = access.at_clients(np.array([client], dtype=np.int64))
    rows = there.consultants
    if wanted.whole_team:
        rows = np.union1d(rows, _team_of(register, client))
    masks, given = there.masks_at(access.shape.keys(rows, np.array([client])))
    return _matrix(register, register.consultants, (rows, given, masks), wanted)


def consultant_matrix(register: Register, access: Access, consultant: int, wanted: Wanted) -> Matrix:
    """The clients at which one consultant has access."""
    rows = _clients_of(access, consultant)
    masks, given = access.masks_at(access.shape.keys(np.array([consultant]), rows))
    return _matrix(register, register.clients, (rows, given, masks), wanted)


def shares(register: Register, access: Access, rights: Rights, consultant: int) -> Shares:
    """At how many of the clients of a consultant one may hand out what."""
    clients = _clients_of(access, consultant)
    connected = register.clients.connected[clients]
    everything = allows_access(rights, clients) & connected
    some = ((allows_programs(rights, clients) & np.uint64(register.programs.package)) != 0) & connected
    whole, part = int(everything.sum()), int((some & ~everything).sum())
    return Shares(whole, part, len(clients) - whole - part)


def columns_of(register: Register, masks: Masks) -> tuple[int, ...]:
    """The programs of the bureau package, and then the others of some masks."""
    package = register.programs.package
    held = int(np.bitwise_or.reduce(masks, initial=np.uint64(0)))
    return (*bits(package), *bits(held & ~package))


def _clients_of(access: Access, consultant: int) -> Ids:
    """Where one consultant has access, ascending."""
    shape = access.shape
    every = np.arange(shape.clients, dtype=np.int64)
    return every[access.masks_at(shape.keys(np.array([consultant]), every))[1]]


def _team_of(register: Register, client: int) -> Ids:
    """The consultants of the teams that are responsible for a client, those who have left not among them."""
    teams = [team for team, clients in register.clients.teams.items() if client in clients]
    people = [register.consultants.teams[team] for team in teams if team in register.consultants.teams]
    members: Ids = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *people]))
    there: Ids = members[register.consultants.active[members]]
    return there


def _matrix(
    register: Register, of: Consultants | Clients, every: tuple[Ids, Flags, Masks], wanted: Wanted
) -> Matrix:
    rows, given, masks = every
    columns = columns_of(register, masks)
    keep = _matching(of, rows, wanted)
    found, given, masks = rows[keep], given[keep], masks[keep]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(wanted.page, 1), pages)
    shown = _in_order(of, found, by_name=wanted.by_name)[(page - 1) * PAGE : page * PAGE]
    return Matrix(
        columns=columns,
        rows=tuple(found[shown].tolist()),
        given=tuple(given[shown].tolist()),
        masks=tuple(masks[shown].tolist()),
        found=len(found),
        accesses=int(given.sum()),
        counts=tuple(int((masks >> np.uint64(program) & np.uint64(1)).sum()) for program in columns),
        page=page,
        pages=pages,
        teams=_occurring(of.teams, rows, len(of.names)),
        tags=_occurring(of.tags, rows, len(of.names)),
    )


def _matching(of: Consultants | Clients, rows: Ids, wanted: Wanted) -> Flags:
    """Which rows are asked for."""
    keep = np.ones(len(rows), dtype=np.bool_)
    for name, groups in ((wanted.team, of.teams), (wanted.tag, of.tags)):
        if name:
            keep &= np.isin(rows, groups[name]) if name in groups else False
    if wanted.words:
        keep &= index_of(of).having(wanted.words)[rows]
    return keep


def _in_order(of: Consultants | Clients, rows: Ids, *, by_name: bool) -> Ids:
    """The places of rows in the order of their keys, or of their names and then of their keys."""
    index = index_of(of)
    ranks = np.empty(len(index.order), dtype=np.int64)
    ranks[index.order] = np.arange(len(ranks))
    return np.lexsort((ranks[rows], index.by_name[rows])) if by_name else np.argsort(ranks[rows])


def _occurring(groups: Mapping[str, Ids], rows: Ids, size: int) -> tuple[str, ...]:
    """The groups to which one of the rows belongs, in order."""
    here = flags_of(rows, size)
    return tuple(sorted(name for name, ids in groups.items() if here[ids].any()))
