"""The pages of both sites, each by how one gets there; a route that nobody gets to is found by a test."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.support.reader import Reader

DAVID = "david.holm@exempelbyran.example"
EVA = "eva.strand@exempelbyran.example"
HUGO = "hugo.dahl@exempelbyran.example"
SOME = ("1042", "1047", "1052", "1055", "1056")
"""Clients; at the last two, the operator may assign payroll and nothing else."""


@dataclass(frozen=True)
class Place:
    """A page.

    Attributes:
        route: the one that shows it, as the site names it.
        go: leads a reader there.
        stranger: whether it is for those who are not signed in.
        status: of HTTP.
    """

    route: str
    go: Callable[[Reader], object]
    stranger: bool = False
    status: int = 200


def at(path: str, status: int = 200) -> Callable[[Reader], object]:
    """By its address alone."""
    return lambda reader: reader.get(path, status)


def _ask(reader: Reader) -> None:
    reader.get("/plan")
    reader.send("/plan/apply")


def _run(reader: Reader) -> None:
    """A run that has come to its end."""
    _ask(reader)
    path = urlsplit(reader.path).path
    reader.send(path)
    while "data-again" in reader.answer.text:
        reader.get(reader.path)
        time.sleep(0.1)


def marked(reader: Reader, *clients: str) -> None:
    """The client list with these clients marked, and no others."""
    reader.get("/clients")
    reader.send("/clients/marks", do="none")
    reader.send("/clients/marks", do="page", tick=list(clients), shown=list(clients))


def begun(reader: Reader, *clients: str) -> None:
    """The first step of the dialog, for these clients."""
    marked(reader, *clients)
    reader.send("/clients/marks", "/manage")


def operation(reader: Reader, kind: str, *clients: str) -> None:
    """The consultants' step, for an operation."""
    begun(reader, *clients)
    reader.send("/operation", operation=kind, do="next")


def consultants(reader: Reader, kind: str, people: list[str], *clients: str) -> None:
    """The programs' step, or the page that checks where there is none, for these consultants."""
    operation(reader, kind, *clients)
    reader.send("/consultants", shown=people, tick=people, do="next")


def checked(reader: Reader, kind: str, people: list[str], *clients: str) -> None:
    """The page that checks, with the programs that the dialog offers."""
    consultants(reader, kind, people, *clients)
    reader.send("/programs", do="next")


def _adopt(reader: Reader) -> None:
    """What the rules come to say, with the reason given."""
    reader.get("/drift")
    reader.send("/drift/adopt", do="all")
    reader.send(urlsplit(reader.path).path, reason="agreed with the client")


def _sign(reader: Reader) -> None:
    """A review in which one row is to go."""
    path = "/reviews/team/ystad"
    reader.get(path)
    rows = [name for name in reader.form(path).choices if name.startswith("d-")]
    reader.send(
        path, **dict.fromkeys(rows, "keep") | {rows[-1]: "remove", "by": "lead@x.example", "do": "sign"}
    )


def _explained(reader: Reader) -> None:
    """The page over the YAML that checks, with what the change means."""
    checked(reader, "give-access", [DAVID], "1042", "1055")
    reader.send("/check", reason="covers for Eva", until="2099-12-31", ticket="BYR-1")


def _proposed(reader: Reader) -> None:
    """A proposal that was just saved."""
    _explained(reader)
    reader.send("/save")


def _give(reader: Reader) -> None:
    """To somebody who has no access and somebody who has, where the operator may, and where only payroll is."""
    checked(reader, "give-access", [HUGO, EVA], *SOME)


def _done(reader: Reader) -> None:
    """The result of a job of which some items are refused."""
    _give(reader)
    reader.send("/save")
    while 'data-again="1000"' in reader.answer.text:
        time.sleep(0.1)
        reader.get(reader.path)


def _saved(reader: Reader) -> None:
    """What was saved, as one sees it where it was too much for one job."""
    _give(reader)
    draft = reader.path.split("/")[2]
    reader.send("/save")
    reader.get(f"/saved/{draft}")


SHARED: Mapping[str, Place] = {
    "clients": Place("/clients", lambda reader: marked(reader, *SOME)),
    "client": Place("/clients/{key:path}", at("/clients/1055")),
    "consultants": Place("/consultants", at("/consultants")),
    "consultant": Place("/consultants/{key:path}", at(f"/consultants/{EVA}")),
    "manage-operation": Place("/manage/{draft}/operation", lambda reader: begun(reader, *SOME)),
    "manage-consultants": Place(
        "/manage/{draft}/consultants", lambda reader: operation(reader, "give-access", *SOME)
    ),
    "manage-programs": Place(
        "/manage/{draft}/programs", lambda reader: consultants(reader, "give-access", [HUGO, EVA], *SOME)
    ),
}
"""What both sites share."""

BUREAU: Mapping[str, Place] = {
    "sign-in": Place("/sign-in", at("/sign-in"), stranger=True),
    **SHARED,
    "manage-check": Place("/manage/{draft}/check", _give),
    "job": Place("/jobs/{id}", _done),
    "saved": Place("/saved/{key}", _saved),
    "jobs": Place("/jobs", at("/jobs")),
    "notifications": Place("/notifications", at("/notifications")),
    "history": Place("/history", at("/history?client=1042")),
}

POLICY: Mapping[str, Place] = {
    "overview": Place("/", at("/")),
    **SHARED,
    "manage-check": Place("/manage/{draft}/check", _explained),
    "proposals": Place("/proposals", at("/proposals")),
    "proposal": Place("/proposals/{branch:path}", _proposed),
    "plan": Place("/plan", at("/plan")),
    "apply": Place("/plan/apply/{key}", _ask),
    "ends": Place("/ends", at("/ends?days=365")),
    "drift": Place("/drift", at("/drift")),
    "adopt": Place("/drift/adopt/{key}", _adopt),
    "reviews": Place("/reviews", at("/reviews")),
    "review": Place("/reviews/{kind}/{name:path}", at("/reviews/team/lund")),
    "signed": Place("/reviews/signed/{key}", _sign),
    "runs": Place("/runs", at("/runs")),
    "run": Place("/runs/{run}", _run),
    "open": Place("/open", at("/open", 403), stranger=True, status=403),
    "explain": Place("/explain", at("/explain?consultant=gun.alm@exempelbyran.example&client=1062")),
}

NOT_PAGES = {
    "bureau": {
        "/",
        "/assets/{hash}/{name}",
        "/jobs/{id}.csv",
        "/manage/{draft}",
        "/notifications/bell",
        "/{path:path}",
    },
    "policy": {
        "/assets/{hash}/{name}",
        "/manage/{draft}",
        "/drift.json",
        "/plan.json",
        "/reviews.json",
    },
}
"""What is asked for with GET and is no page: what pages load, what leads on to a page, what is kept as a file."""
