"""The first page: how things stand, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError
from reconciler.flow.world import Wanted
from reconciler.formats.headline import headline
from reconciler.web.site import route

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.errors import Finding
    from reconciler.plan import Plan
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.site import Site, Visit


@dataclass(frozen=True, slots=True)
class Standing:
    """How YAML and bureau stand.

    Attributes:
        plan: what would change; None where it cannot be told.
        why: why it cannot.
        wrong: what is wrong with the YAML: everything that makes it unusable, else what it is warned of.
        usable: whether the YAML can be used.
    """

    plan: Plan | None
    why: ReconcilerError | None
    wrong: tuple[Finding, ...]
    usable: bool


def standing(desk: Desk) -> Standing:
    """Look at both; what fails is told on the page."""
    read = desk.yaml.read()
    if read.wrong is not None:
        return Standing(None, None, read.wrong.findings, usable=False)
    try:
        plan = desk.plan(Wanted())
    except ReconcilerError as error:
        return Standing(None, error, error.findings, usable=True)
    return Standing(plan, None, plan.findings, usable=True)


def _waiting(desk: Desk) -> int | None:
    """How many proposals wait; None where git does not tell, or there is none."""
    try:
        return sum(not one.merged for one in desk.proposals()) if desk.keeps_proposals() else None
    except ReconcilerError:
        return None


def first_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """The first page."""

    def first(visit: Visit[Guest]) -> Response:
        found = standing(desk)
        plan = found.plan
        return visit.page(
            "policy/first.html",
            standing=found,
            headline="" if plan is None else headline(plan, visit.say),
            rules=[] if plan is None else [(plan.rules[one.rule], one.until) for one in plan.ending],
            waivers=() if plan is None else plan.ending_waivers,
            waiting=_waiting(desk),
            pages={link.path for link in site.around(visit).links},
        )

    return [route(site, "GET", "/", first)]
