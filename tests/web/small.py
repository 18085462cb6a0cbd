"""A site that is nothing but the pages that both sides share, over a bureau that a test makes up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware

from reconciler.errors import Message
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.web.clients import client_routes
from reconciler.web.dialog import dialog_routes, ready, stage_values
from reconciler.web.drafts import keep_draft
from reconciler.web.guard import LOOPBACK, Guard
from reconciler.web.people import people_routes
from reconciler.web.preview import preview
from reconciler.web.seen import Seen
from reconciler.web.sessions import Sessions
from reconciler.web.site import Around, Link, Site, common_routes, route
from reconciler.web.summary import summary
from tests.formats.html.bureaus import bureau
from tests.support import worlds
from tests.support.serving import serving


@dataclass
class Small:
    """A site that runs.

    Attributes:
        seen: what it sees; a test may put something else there.
        site: with its sessions.
        url: where it is.
        drafts: those that came as far as being checked, the last one last.
    """

    seen: Seen
    site: Site[str]
    url: str = ""
    drafts: list[Any] = field(default_factory=list)

    @property
    def session(self) -> Any:
        """Of whoever signed in last."""
        return list(self.site.sessions._kept.values())[-1]


@contextmanager
def small(seen: Seen) -> Iterator[Small]:
    """Serve the pages over what is seen; /in signs in."""
    links = (Link("/clients", Message("Clients")), Link("/consultants", Message("Consultants")))
    site: Site[str] = Site(
        "small",
        Sessions(),
        lambda visit: Around(made.seen.register.label, visit.signed_in.who, links),
        lambda who: True,
    )
    made = Small(seen, site)

    def look(visit):
        return made.seen

    def check(visit):
        draft, elsewhere = ready(visit)
        if elsewhere:
            return visit.go(elsewhere)
        made.drafts.append(draft)
        told = summary(made.seen, draft, visit.say), preview(made.seen, draft), stage_values(draft, "check")
        message = Message("{whole}", whole=told[0].whole)
        return visit.page("problem.html", message=message, hint=None, findings=())

    def save(visit):
        draft, _ = ready(visit)
        keep_draft(visit.signed_in, type(draft)(**{**{f: getattr(draft, f) for f in draft.__slots__}, "saved": "/consultants"}))  # fmt: skip
        return visit.go("/consultants")

    app = Starlette(
        routes=[
            *common_routes(site),
            *client_routes(site, look),
            *dialog_routes(site, look),
            *people_routes(site, look),
            route(site, "GET", "/manage/{draft}/check", check),
            route(site, "POST", "/manage/{draft}/save", save),
            route(site, "GET", "/sign-in", lambda visit: visit.page("problem.html", message=Message("sign in"), hint=None, findings=()), for_everybody=True),
            route(site, "GET", "/in", lambda visit: visit.sign_in("anna@byra.example", "/clients"), for_everybody=True),
        ],
        middleware=[Middleware(Guard, hosts=LOOPBACK)],
    )  # fmt: skip
    with serving(app) as made.url:
        yield made


def example(**changes: Any) -> Seen:
    """A bureau of a few, with whatever pages have to cope with."""
    register = Register(
        "byra",
        "Exempelbyrån <i>AB</i>",
        "Europe/Stockholm",
        Consultants.build(
            [
                Consultant("anna.lind@byra.example", "Anna Lind", teams=("Malmö",), leads=("Malmö",)),
                Consultant("bo.ek@byra.example", "Bo Ek", teams=("Malmö",)),
                Consultant("cia@byra.example", "<b>Cia</b> & Åke", teams=("Lund", "Malmö")),
                Consultant("dag@byra.example", "Dag Öberg", teams=("Lund",)),
                Consultant("eva@byra.example", "Eva Gått", active=False, teams=("Lund",)),
            ]
        ),
        Clients.build(
            [
                Client("9", "Åkesson & Söner <script>alert(1)</script>", tags=("payroll",), team="Malmö"),
                Client("10", "Bageri Örnen AB", tags=("payroll", "stor kund"), team="Malmö"),
                Client("1042", "Cykel i Väst HB", team="Lund"),
                Client("1043", "Delta Måleri AB", tags=("audit",), team="Lund"),
                Client("2201", "Zebra AB", connected=False, team="Malmö", tags=("payroll",)),
            ]
        ),
        Programs.build(
            [
                Program("bookkeeping", {"en": "Bookkeeping", "sv": "Bokföring"}),
                Program("invoicing", {"en": "Invoicing", "sv": "Fakturering"}),
                Program("payroll", {"en": "Payroll <u>", "sv": "Lön <u>"}),
                Program("bank", {"en": "Bank", "sv": "Bank"}, in_package=False),
            ]
        ),
    )
    access = worlds.access(
        register,
        ("anna.lind@byra.example", "9", "bookkeeping"),
        ("anna.lind@byra.example", "10", "bookkeeping"),
        ("anna.lind@byra.example", "10", "bank"),
        ("bo.ek@byra.example", "10", "invoicing"),
        ("eva@byra.example", "9", "payroll"),
    )
    may = worlds.rights(register, system=("9", "2201"), programs={"10": ("payroll",)})
    return Seen(**({"register": register, "access": access, "may": may, "revision": "1"} | changes))


def large(consultants: int = 2_000, clients: int = 100_000, teams: int = 250) -> Seen:
    """A bureau of any size, orderly."""
    current = bureau(consultants, clients, teams).current
    return Seen(current.register, current.access, current.operator.rights, current.revision)


def as_seen(register: Register, access: Access, may: Any) -> Seen:
    """What a test has made."""
    return Seen(register, access, may, "1")
