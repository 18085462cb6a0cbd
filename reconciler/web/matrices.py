"""The pages of one client and of one consultant: who has what, drawn as a table, on both sides of the product.

What a side has to say beside it (why somebody has something, who did what when) it adds by `Sides`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from reconciler.errors import Message
from reconciler.formats.names import Namer
from reconciler.formats.safe import short
from reconciler.rights import allows_access, allows_programs
from reconciler.web.addresses import asking, client_page, consultant_page
from reconciler.web.matrix import Wanted, client_matrix, consultant_matrix, shares
from reconciler.web.problems import not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid.arrays import Ids
    from reconciler.web.matrix import Matrix
    from reconciler.web.seen import Look, Seen
    from reconciler.web.site import Site, Visit


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page, below its table.

    Attributes:
        template: its file in `templates`, in which it is called `section`.
        values: what the template names of it.
    """

    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page is about.

    Attributes:
        seen: the bureau.
        matrix: what stands in the table.
        consultant: whose page it is, by id; None on that of a client.
        client: likewise.
    """

    seen: Seen
    matrix: Matrix
    consultant: int | None
    client: int | None


class Sides(Protocol):
    """What one side of the product adds to these pages."""

    def link(self, consultant: str, client: str, program: str | None, /) -> str:
        """Where a cell leads, by keys; program None is access itself. "" for nowhere."""

    def sections(self, visit: Visit[Any], shown: Shown, /) -> tuple[Section, ...]:
        """What stands below the table."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether somebody has something.

    Attributes:
        held: whether.
        link: where it leads, "" for nowhere.
    """

    held: bool
    link: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Attributes:
        name: what is read first.
        key: what tells it from others of that name; "" where the name does.
        link: its own page.
        note: what is special about it, None for nothing.
        access: the cell of access.
        bare: whether there is access without any program.
        cells: beside the columns.
    """

    name: str
    key: str
    link: str
    note: Message | None
    access: Cell
    bare: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A program.

    Attributes:
        name: in the reader's language.
        outside: whether it is outside of the bureau package.
        count: how many of the rows that were found have it.
    """

    name: str
    outside: bool
    count: int


def matrix_routes(site: Site[Any], look: Look, sides: Sides) -> list[Route]:
    """The pages of one client and of one consultant.

    Args:
        site: they are of.
        look: at its bureau.
        sides: what the site adds.
    """

    def client(visit: Visit[Any]) -> Response:
        return _client(visit, look(visit), sides)

    def consultant(visit: Visit[Any]) -> Response:
        return _consultant(visit, look(visit), sides)

    return [
        route(site, "GET", "/clients/{key:path}", client),
        route(site, "GET", "/consultants/{key:path}", consultant),
    ]


def _client(visit: Visit[Any], seen: Seen, sides: Sides) -> Response:
    register, key = seen.register, visit.part("key")
    number, people = register.clients.names.find(key), register.consultants
    if number is None:
        raise not_there()
    wanted = _wanted(visit, by_name=True)
    matrix = client_matrix(register, seen.access, number, wanted)

    def row(place: int) -> Row:
        person = matrix.rows[place]
        name, email = people.labels[person], people.names[person]
        note = None if people.active[person] else Message("has left")
        cells = _cells(seen, matrix, place, lambda program: sides.link(email, key, program))
        return Row(
            short(name or email),
            short(email) if name not in ("", email) else "",
            consultant_page(email),
            note,
            *cells,
        )

    return visit.page(
        "matrix/client.html",
        name=Namer(register, visit.say).client(number),
        key=key,
        teams=_groups(register.clients.teams, number),
        tags=_groups(register.clients.tags, number),
        connected=bool(register.clients.connected[number]),
        may=_may_at(seen, number, visit.say),
        rows=[row(place) for place in range(len(matrix.rows))],
        sections=sides.sections(visit, Shown(seen, matrix, None, number)),
        **_around(visit, seen, matrix, wanted, client_page(key)),
    )


def _consultant(visit: Visit[Any], seen: Seen, sides: Sides) -> Response:
    register, key = seen.register, visit.part("key")
    number, companies = register.consultants.names.find(key), register.clients
    if number is None:
        raise not_there()
    wanted = _wanted(visit, by_name=False)
    matrix = consultant_matrix(register, seen.access, number, wanted)

    def row(place: int) -> Row:
        client = matrix.rows[place]
        name, its = companies.labels[client], companies.names[client]
        note = None if companies.connected[client] else Message("not connected")
        cells = _cells(seen, matrix, place, lambda program: sides.link(key, its, program))
        return Row(short(its), short(name) if name != its else "", client_page(its), note, *cells)

    people = register.consultants
    return visit.page(
        "matrix/consultant.html",
        name=short(people.labels[number] or key),
        key=short(key),
        teams=_groups(people.teams, number),
        leads=_groups(people.leads, number),
        tags=_groups(people.tags, number),
        active=bool(people.active[number]),
        may=_may_over(seen, number, visit.say),
        rows=[row(place) for place in range(len(matrix.rows))],
        sections=sides.sections(visit, Shown(seen, matrix, number, None)),
        **_around(visit, seen, matrix, wanted, consultant_page(key)),
    )


def _wanted(visit: Visit[Any], *, by_name: bool) -> Wanted:
    """Which rows the address asks for."""
    form = visit.form
    return Wanted(
        words=form.text("q"),
        team=form.text("team"),
        tag=form.text("tag"),
        by_name=form.text("sort", "name" if by_name else "number") == "name",
        whole_team=form.text("show") == "team",
        page=form.number("page", 1),
    )


def _around(visit: Visit[Any], seen: Seen, matrix: Matrix, wanted: Wanted, path: str) -> dict[str, Any]:
    """What both pages say of their table beside its rows."""
    programs = seen.register.programs
    namer = Namer(seen.register, visit.say)
    columns = [
        Column(namer.program(program), not programs.package >> program & 1, count)
        for program, count in zip(matrix.columns, matrix.counts, strict=True)
    ]

    def page(number: int) -> str:
        said = {name: visit.form.text(name) for name in ("q", "team", "tag", "sort", "show")}
        return asking(path, **said, page=number if number > 1 else "")

    return {
        "address": path,
        "matrix": matrix,
        "wanted": wanted,
        "columns": columns,
        "before": page(matrix.page - 1) if matrix.page > 1 else "",
        "after": page(matrix.page + 1) if matrix.page < matrix.pages else "",
    }


def _cells(
    seen: Seen, matrix: Matrix, place: int, link: Callable[[str | None], str]
) -> tuple[Cell, bool, tuple[Cell, ...]]:
    """Of one row: the cell of access, whether that is all, and the cells of the programs."""
    given, mask, names = matrix.given[place], matrix.masks[place], seen.register.programs.names
    cells = tuple(Cell(bool(mask >> program & 1), link(names[program])) for program in matrix.columns)
    return Cell(given, link(None)), given and not mask, cells


def _groups(groups: Mapping[str, Ids], number: int) -> tuple[str, ...]:
    """The teams or tags of one client or consultant."""
    return tuple(short(name) for name, ids in groups.items() if number in ids)


def _may_at(seen: Seen, client: int, say: Catalogue) -> str:
    """What whoever is signed in may hand out at one client."""
    package = seen.register.programs.package
    if not seen.register.clients.connected[client]:
        return say("The bureau is not connected to this client: nothing can be given or removed here.")
    here = np.array([client])
    if allows_access(seen.may, here)[0]:
        return say("You may give and remove access here, and assign every program of the bureau package.")
    mask = int(allows_programs(seen.may, here)[0]) & package
    if not mask:
        return say("You may give and remove nothing here.")
    return say(
        "You may assign and remove {programs} here, for those who have access; you may not give or remove access.",
        programs=Namer(seen.register, say).programs(mask),
    )


def _may_over(seen: Seen, consultant: int, say: Catalogue) -> str:
    """What whoever is signed in may hand out at the clients of one consultant; "" where there are none."""
    found = shares(seen.register, seen.access, seen.may, consultant)
    total = found.everything + found.programs + found.nothing
    if not total:
        return ""
    if found.everything == total:
        return say("At each of these clients you may give and remove access and every program.")
    if found.nothing == total:
        return say("At none of these clients you may give or remove anything.")
    return say(
        "Of these clients you may give and remove everything at {everything}, certain programs at {programs},"
        " and nothing at {nothing}.",
        everything=say.number(found.everything),
        programs=say.number(found.programs),
        nothing=say.number(found.nothing),
    )
