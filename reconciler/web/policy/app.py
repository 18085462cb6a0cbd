"""The pages over a folder of YAML as one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware

from reconciler.errors import Message, ReconcilerError
from reconciler.web.clients import client_routes
from reconciler.web.dialog import dialog_routes
from reconciler.web.guard import LOOPBACK, Guard
from reconciler.web.matrices import matrix_routes
from reconciler.web.people import people_routes
from reconciler.web.policy.adopting import adopting_routes
from reconciler.web.policy.behind import PolicySides
from reconciler.web.policy.check import check_routes
from reconciler.web.policy.desk import Guest
from reconciler.web.policy.drifts import drift_routes
from reconciler.web.policy.ends import ends_routes
from reconciler.web.policy.explaining import explain_routes
from reconciler.web.policy.first import first_routes
from reconciler.web.policy.opening import opening_routes
from reconciler.web.policy.plans import plan_routes
from reconciler.web.policy.proposals import proposal_page, proposal_routes
from reconciler.web.policy.reviews import reviews_routes
from reconciler.web.policy.running import Runner
from reconciler.web.policy.runs import runs_routes
from reconciler.web.policy.signed import signed_routes
from reconciler.web.sessions import Sessions
from reconciler.web.site import Around, Link, Reminder, Site, common_routes

if TYPE_CHECKING:
    from starlette.types import Lifespan

    from reconciler.web.policy.desk import Desk
    from reconciler.web.policy.links import Links
    from reconciler.web.site import Visit

LINKS = (
    Link("/", Message("Overview")),
    Link("/clients", Message("Clients")),
    Link("/consultants", Message("Consultants")),
    Link("/proposals", Message("Proposals")),
    Link("/plan", Message("Plan")),
    Link("/ends", Message("What ends")),
    Link("/explain", Message("Explain")),
    Link("/drift", Message("Drift")),
    Link("/reviews", Message("Reviews")),
    Link("/runs", Message("Runs")),
)
"""The navigation, in its order."""


def create_app(
    desk: Desk, links: Links, language: str, lifespan: Lifespan[Starlette] | None = None
) -> Starlette:
    """Make the application.

    Args:
        desk: what the pages work with; open for as long as the application runs.
        links: let browsers in.
        language: of readers whose browser wants none of ours.
        lifespan: what starts and stops with it.
    """
    site = Site(
        name="web",
        sessions=Sessions[Guest](),
        around=lambda visit: around(desk, visit),
        valid=lambda _: True,
        language=language,
        entry="/open",
    )
    runner = Runner(desk.where, desk.bureau.forget)
    routes = [
        *common_routes(site),
        *opening_routes(site, links),
        *first_routes(site, desk),
        *client_routes(site, desk.look),
        *check_routes(site, desk),
        *dialog_routes(site, desk.choosing),
        *people_routes(site, desk.look),
        *proposal_routes(site, desk),
        *plan_routes(site, desk, runner),
        *runs_routes(site, runner),
        *ends_routes(site, desk),
        *explain_routes(site, desk),
        *matrix_routes(site, desk.look, PolicySides(desk)),
        *drift_routes(site, desk),
        *adopting_routes(site, desk),
        *signed_routes(site, desk),
        *reviews_routes(site, desk),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, hosts=LOOPBACK)], lifespan=lifespan)


def around(desk: Desk, visit: Visit[Guest]) -> Around:
    """What stands around every page: the bureau's name, who acts, and what everybody has to know."""
    heard = desk.bureau.heard()
    notes = [] if heard.failed is None else [_unheard(heard.failed, known=heard.current is not None)]
    title, who = desk.settings.policies.absolute().parent.name, ""
    if heard.current is not None:
        register, operator = heard.current.register, heard.current.operator
        title, who = register.label or register.bureau, operator.label or operator.key
    return Around(title, who, LINKS, tuple(notes), _reminders(desk, visit))


def _reminders(desk: Desk, visit: Visit[Guest]) -> tuple[Reminder, ...]:
    """That the dialog works on a proposal, where it does."""
    branch = desk.going_on(visit)
    if not branch:
        return ()
    message = Message("You go on with the proposal {branch}: what you change is added to it.", branch=branch)
    return (Reminder(message, Link(proposal_page(branch), Message("To the proposal"))),)


def _unheard(error: ReconcilerError, *, known: bool) -> Message:
    if known:
        return Message("The bureau does not answer: {why}. What you see is from before.", why=error.message)
    return Message("The bureau does not answer: {why}.", why=error.message)
