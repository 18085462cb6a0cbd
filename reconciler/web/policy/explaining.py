"""Why somebody may open something, or not, as a page: what `reconciler explain` says, and the same of any other pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import Finding, Message
from reconciler.flow.blame import last_changes
from reconciler.flow.explaining import explained, look_up
from reconciler.formats.explained import told_explanation
from reconciler.formats.names import Namer
from reconciler.web.addresses import client_page, consultant_page
from reconciler.web.policy.filters import day_of
from reconciler.web.problems import PageProblem
from reconciler.web.site import route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.desired import Policy
    from reconciler.grid import Names, Register
    from reconciler.plan import Current
    from reconciler.plan.explain import Explanation
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.site import Site, Visit

FIELDS = ("consultant", "client", "program")

NAMED = 50
"""Others who have it that are named, each with a link; the rest are on the page of the client."""

MOST_OFFERED = 2_000
"""Names that a field offers; of more, it offers none."""

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a field.

    Attributes:
        message: what.
        hint: what was probably meant; None where nothing comes to mind.
    """

    message: Message
    hint: Message | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who has it.

    Attributes:
        name: of the consultant.
        link: the consultant's page.
    """

    name: str
    link: str


def explain_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """The page that explains a pair."""

    def explain(visit: Visit[Guest]) -> Response:
        return explain_page(visit, desk.policy(), desk.current())

    return [route(site, "GET", "/explain", explain)]


def explain_page(visit: Visit[Any], policy: Policy, current: Current) -> Response:
    """The page that explains a pair, and asks for another one.

    Args:
        visit: whose address names consultant, client, maybe a program, and maybe a day.
        policy: what the YAML says.
        current: what the bureau says.
    """
    said = {name: visit.form.text(name)[:_LONGEST] for name in (*FIELDS, "day")}
    offered = _offered(visit, current.register)
    values: dict[str, Any] = {"said": said, "wrong": {}, "told": None, "program": "", "offered": offered}
    if not said["consultant"] and not said["client"]:
        return visit.page("policy/explain.html", **values)
    ids, wrong = _asked(current.register, policy, said)
    as_of = None
    try:
        as_of = day_of(said["day"])
    except PageProblem as problem:
        wrong["day"] = Wrong(problem.message, problem.hint)
    if wrong:
        return visit.page("policy/explain.html", 400, **values | {"wrong": wrong})
    found = explained(policy, current, ids, as_of)
    return visit.page("policy/explain.html", **values | _values(visit, policy, found))


def _asked(
    register: Register, policy: Policy, said: dict[str, str]
) -> tuple[tuple[int, ...], dict[str, Wrong]]:
    """The ids that are meant, and by field what is wrong."""
    missing = {
        "consultant": Message("Say which consultant is meant."),
        "client": Message("Say which client is meant."),
    }
    wrong: dict[str, Wrong] = {name: Wrong(message) for name, message in missing.items() if not said[name]}
    found = look_up(register, policy, (said["consultant"], said["client"], said["program"] or None))
    for name, one in zip(FIELDS, found, strict=False):
        if isinstance(one, Finding) and name not in wrong:
            wrong[name] = Wrong(one.message, one.hint)
    return tuple(one for one in found if isinstance(one, int)), wrong


def _values(visit: Visit[Any], policy: Policy, found: Explanation) -> dict[str, Any]:
    """What the page says of an explanation."""
    register, asked = found.register, found.asked
    edits = last_changes(policy, found.rules, [one.rule for one in found.coverings], register.timezone)
    namer = Namer(register, visit.say)
    consultant, client = register.consultants.names[asked.consultant], register.clients.names[asked.client]
    program = "" if asked.program is None else register.programs.names[asked.program]
    return {
        "told": told_explanation(found, edits, visit.say),
        "asked": {"consultant": consultant, "client": client, "program": program},
        "program": "" if asked.program is None else namer.program(asked.program),
        "others": [
            Other(namer.consultant(one), consultant_page(register.consultants.names[one]))
            for one in found.holders[:NAMED]
        ],
        "more": max(0, len(found.holders) - NAMED),
        "pages": {"consultant": consultant_page(consultant), "client": client_page(client)},
        "names": {"consultant": namer.consultant(asked.consultant), "client": namer.client(asked.client)},
    }


def _offered(visit: Visit[Any], register: Register) -> dict[str, list[tuple[str, str]]]:
    """What the fields offer: keys, and what they are called."""
    namer = Namer(register, visit.say)
    people, companies, programs = register.consultants, register.clients, register.programs.names
    return {
        "consultant": _named(people.names, people.labels),
        "client": _named(companies.names, companies.labels),
        "program": [(key, namer.program(i)) for i, key in enumerate(programs)],
    }


def _named(keys: Names, labels: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(keys, labels, strict=True)) if len(keys) <= MOST_OFFERED else []
