"""What ends soon, by day: which rules, and who loses what where because of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.formats.html.cells import listed_cell
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.safe import clean
from reconciler.plan.ends import ends
from reconciler.web.site import route

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.html.values import Cell
    from reconciler.grid import Block, Register
    from reconciler.plan.ends import EndingDay, Ends
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.site import Site, Visit

DAYS = (14, 30, 90, 365)
"""How far can be looked."""

BLOCKS = 200
"""Lines about one rule; of more, the first."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one rule means for some people when it ends.

    Attributes:
        who: consultants.
        where: clients.
        what: programs, and access where that goes or comes.
    """

    who: Cell
    where: Cell
    what: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule that ends, in words.

    Attributes:
        ends: the value.
        place: where it stands.
        lines: who loses what where; of a denial, who gets it.
        hidden: how many lines are left out.
    """

    ends: Ends
    place: str
    lines: tuple[Line, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class ShownDay:
    """All that has the same last day.

    Attributes:
        day: the last one.
        away: days until then.
        rules: in words.
        waivers: with their places.
    """

    day: dt.date
    away: int
    rules: tuple[Shown, ...]
    waivers: tuple[tuple[object, str], ...]


def ends_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """The page."""
    return [route(site, "GET", "/ends", lambda visit: _ends(visit, desk))]


def _ends(visit: Visit[Guest], desk: Desk) -> Response:
    days = visit.form.number("days", DAYS[0], DAYS[-1])
    register, today = desk.current().register, desk.today()
    found = ends(desk.policy(), register, today, days)
    words = Words(register, visit.say)
    return visit.page(
        "policy/ends.html",
        days=days,
        choices=DAYS,
        found=[words.day(one, today) for one in found],
    )


class Words:
    """Says what ends in one language.

    Args:
        register: the names behind the ids.
        say: the language.
    """

    def __init__(self, register: Register, say: Catalogue) -> None:
        self.say = say
        self._name, self._whole = Namer(register, say, FOLD), Namer(register, say, None)

    def day(self, one: EndingDay, today: dt.date) -> ShownDay:
        """A day."""
        rules = tuple(map(self.rule, one.rules))
        waivers = tuple((waiver, clean(str(waiver.position))) for waiver in one.waivers)
        return ShownDay(one.day, (one.day - today).days, rules, waivers)

    def rule(self, one: Ends) -> Shown:
        """A rule."""
        lines = list(self._lines(one))
        hidden = max(0, len(lines) - BLOCKS)
        return Shown(one, clean(str(one.rule.position)), tuple(lines[:BLOCKS]), hidden)

    def _lines(self, one: Ends) -> Iterator[Line]:
        say = self.say
        for block in one.accesses:
            programs = self._name.programs(block.mask)
            told = say("access, and with it: {programs}", programs=programs) if block.mask else say("access")
            yield self._line(block, told)
        for block in one.programs:
            yield self._line(block, self._name.programs(block.mask))

    def _line(self, block: Block, what: str) -> Line:
        name, whole, say = self._name, self._whole, self.say
        who = listed_cell(name.consultants(block.consultants), block.consultants, whole.consultant, say)
        where = listed_cell(name.clients(block.clients), block.clients, whole.client, say)
        return Line(who, where, what)
