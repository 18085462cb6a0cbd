"""A small site with the pages of clients and consultants, for tests: its bureau is one value."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware

from reconciler.errors import Message
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.rights import Rights
from reconciler.web.addresses import asking
from reconciler.web.guard import LOOPBACK, Guard
from reconciler.web.matrices import matrix_routes
from reconciler.web.seen import Seen
from reconciler.web.sessions import Sessions
from reconciler.web.site import Around, Link, Site, common_routes, route
from tests.support import worlds

MARKUP = "<script>alert(1)</script>"


class NoSides:
    """A site that adds nothing."""

    def link(self, consultant, client, program):
        return ""

    def sections(self, visit, shown):
        return ()


class SomeSides:
    """A site that leads on from each cell."""

    def link(self, consultant, client, program):
        return asking("/explain", consultant=consultant, client=client, program=program)

    def sections(self, visit, shown):
        return ()


def bureau() -> Seen:
    """Malmö's consultants and clients, one program outside the package, one access without programs."""
    register = Register(
        bureau="test",
        label="Byrån Exempel",
        timezone="Europe/Stockholm",
        consultants=Consultants.build([
            Consultant("anna.lind@byra.example", "Anna Lind", teams=("malmö",), leads=("malmö",), tags=("senior",)),
            Consultant("bo.ek@byra.example", "Bo Ek", teams=("malmö",)),
            Consultant("asa.ek@byra.example", "Åsa Ek", teams=("lund", "malmö")),
            Consultant("gone@byra.example", "Cia Gran", active=False, teams=("malmö",)),
            Consultant("x@byra.example", MARKUP),
        ]),
        clients=Clients.build([
            Client("1042", "Malmö Bageri AB", team="malmö", tags=("payroll", "monthly")),
            Client("1043", "Åhus Fisk AB", team="malmö"),
            Client("1044", "Zeta AB", connected=False, tags=("payroll",)),
            Client("a/b", MARKUP, team="lund"),
        ]),
        programs=Programs.build([
            Program("bookkeeping", {"sv": "Bokföring", "en": "Bookkeeping"}),
            Program("invoicing", {"sv": "Fakturering", "en": "Invoicing"}),
            Program("payroll", {"sv": "Lön", "en": "Payroll"}),
            Program("archive", {"sv": "Arkiv", "en": "Archive"}, in_package=False),
            Program("unused", in_package=False),
        ]),
    )  # fmt: skip
    access = worlds.access(
        register,
        ("anna.lind@byra.example", "1042", "bookkeeping"),
        ("anna.lind@byra.example", "1042", "archive"),
        ("anna.lind@byra.example", "1043", "payroll"),
        ("anna.lind@byra.example", "1044", "bookkeeping"),
        ("anna.lind@byra.example", "a/b", "invoicing"),
        ("bo.ek@byra.example", "1042", None),
        ("x@byra.example", "1042", "invoicing"),
        ("gone@byra.example", "1042", "payroll"),
    )
    may = worlds.rights(register, system=("1042",), programs={"1043": ("payroll", "bookkeeping")})
    return Seen(register, access, may, "7")


def site_of(seen: Seen, sides=None) -> Starlette:
    """The application; POST /sign-in lets anybody in."""
    links = (Link("/clients", Message("Clients")), Link("/consultants", Message("Consultants")))
    site = Site("test", Sessions(), lambda visit: Around(seen.register.label, visit.signed_in.who, links), lambda _: True)  # fmt: skip
    return Starlette(
        routes=[
            *common_routes(site),
            route(site, "POST", "/sign-in", lambda visit: visit.sign_in("Anna Lind", "/clients"), for_everybody=True),
            *matrix_routes(site, lambda _visit: seen, sides or NoSides()),
        ],
        middleware=[Middleware(Guard, hosts=LOOPBACK)],
    )  # fmt: skip


def large(clients: int = 100_000, consultants: int = 2_000) -> Seen:
    """One consultant who has all clients, and one client that has all consultants."""
    import numpy as np

    width = len(str(clients))
    register = Register(
        bureau="test",
        label="Stora byrån",
        timezone="Europe/Stockholm",
        consultants=Consultants.build(
            Consultant(f"p{i:05}@byra.example", f"Person {i * 7919 % consultants}", teams=(f"team {i % 40}",))
            for i in range(consultants)
        ),
        clients=Clients.build(
            Client(f"{i:0{width}}", f"Bolaget {i * 7919 % clients} AB", team=f"team {i % 40}", tags=(f"tag {i % 9}",))
            for i in range(clients)
        ),
        programs=Programs.build(Program(f"program {i}", in_package=i < 10) for i in range(12)),
    )  # fmt: skip
    shape = register.shape
    every, all_of = np.arange(clients, dtype=np.int64), np.arange(consultants, dtype=np.int64)
    keys = np.concatenate([
        shape.keys(np.int64(0), every), shape.keys(all_of, np.int64(0)), shape.keys(every % consultants, every),
        shape.keys(every * 31 % consultants, every),
    ])  # fmt: skip
    masks = (keys * 2654435761 % 4096).astype(np.uint64)
    return Seen(register, Access.from_rows(shape, keys, masks), Rights.everywhere(clients), "1")
