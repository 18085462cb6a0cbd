"""Proposals: what waits to become part of the rules, what each of them means, and going on with one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from reconciler.errors import Message, ReconcilerError
from reconciler.flow.ground import find_place
from reconciler.flow.meaning import Side, meaning
from reconciler.flow.proposals import delete
from reconciler.flow.proposed import look_into
from reconciler.flow.proposing import Destination
from reconciler.flow.pushing import Remote, find_remote
from reconciler.flow.world import today
from reconciler.formats.headline import headline
from reconciler.formats.html.sections import sections
from reconciler.formats.views import View
from reconciler.web.policy.desk import GOING_ON
from reconciler.web.policy.differences import differences
from reconciler.web.policy.pulling import destination_of
from reconciler.web.policy.sketch import what_is_wrong
from reconciler.web.problems import PageProblem, not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.errors import Finding
    from reconciler.flow.branches import Base
    from reconciler.flow.ground import Place
    from reconciler.flow.meaning import Meaning
    from reconciler.flow.proposals import Proposal
    from reconciler.flow.proposed import Proposed
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.site import Site, Visit


WRITTEN = "/proposals?written=1"
"""Where it is told that files were written in place."""


def proposal_page(branch: str) -> str:
    """The address of the page of a proposal."""
    return f"/proposals/{quote(branch, safe='/')}"


def proposal_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """The list, the page of each, and what can be done with one."""
    return [
        route(site, "GET", "/proposals", lambda visit: _list(visit, desk)),
        route(site, "GET", "/proposals/{branch:path}", lambda visit: _show(visit, desk)),
        route(site, "POST", "/proposals/go-on", lambda visit: _go_on(visit, desk)),
        route(site, "POST", "/proposals/pull-request", lambda visit: _pull(visit, desk)),
        route(site, "POST", "/proposals/remove", lambda visit: _remove(visit, desk)),
    ]


def _list(visit: Visit[Guest], desk: Desk) -> Response:
    base = find_place(desk.settings.policies).base
    found = () if base is None else desk.proposals()
    return visit.page(
        "policy/proposals.html",
        base=base,
        written=base is None and visit.form.text("written") == "1",
        waiting=[one for one in found if not one.merged],
        merged=[one for one in found if one.merged],
        pulls={one.branch: desk.pulls.of(one.branch) for one in found},
        page=proposal_page,
        zone=_zone(desk),
        going=desk.going_on(visit),
    )


def _show(visit: Visit[Guest], desk: Desk) -> Response:
    base, proposal = _found(desk, visit.part("branch"))
    proposed = look_into(base, proposal, desk.settings.policies)
    means: Meaning | None = None
    wrong: tuple[Finding, ...] = ()
    try:
        means = _meaning(desk, proposed)
    except ReconcilerError as error:
        wrong = what_is_wrong(error)
    remote = find_remote(base)
    return visit.page(
        "policy/proposal.html",
        base=base,
        proposal=proposal,
        proposed=proposed,
        meaning=means,
        wrong=wrong,
        headline="" if means is None else headline(means.plan, visit.say, View.DIFF),
        sections=[] if means is None else sections(means.plan, visit.say, flag=False),
        files=differences(proposed.edits),
        pulled=desk.pulls.of(proposal.branch),
        destination=destination_of(base),
        zone=_zone(desk),
        can_open=isinstance(destination_of(base), Destination),
        remote=remote if isinstance(remote, Remote) else None,
        going=desk.going_on(visit),
    )


def _zone(desk: Desk) -> ZoneInfo:
    """The bureau's time zone; that of the world where it never answered."""
    current = desk.bureau.heard().current
    return ZoneInfo("UTC" if current is None else current.register.timezone)


def _meaning(desk: Desk, proposed: Proposed) -> Meaning:
    """What it means, for the bureau as it was last heard."""

    def side(place: Place) -> Side:
        policy = desk.ground(place).policy
        return Side(policy, desk.desired(policy))

    return desk.kept(
        ("proposal", proposed.before.commit, proposed.after.commit),
        lambda current: meaning(
            side(proposed.before), side(proposed.after), current, today(current.register)
        ),
    )


def _found(desk: Desk, branch: str) -> tuple[Base, Proposal]:
    """A proposal by its branch.

    Raises:
        PageProblem: where there is none.
    """
    base = find_place(desk.settings.policies).base
    if base is not None:
        for one in desk.proposals():
            if one.branch == branch:
                return base, one
    raise not_there()


def _go_on(visit: Visit[Guest], desk: Desk) -> Response:
    """Let the dialog work on a proposal, or again on what is checked out."""
    branch = visit.form.text("branch")
    if not branch:
        visit.signed_in.kept.pop(GOING_ON, None)
        return visit.go("/proposals")
    _, proposal = _found(desk, branch)
    visit.signed_in.kept[GOING_ON] = proposal.branch
    return visit.go("/clients")


def _pull(visit: Visit[Guest], desk: Desk) -> Response:
    """Push it and open its pull request, as it was shown."""
    base, proposal = _shown(visit, desk)
    desk.pulls.propose(base, proposal.branch, proposal.tip, visit.say)
    return visit.go(proposal_page(proposal.branch))


def _remove(visit: Visit[Guest], desk: Desk) -> Response:
    """Delete the branch of one of which nothing is left to take over."""
    base, proposal = _shown(visit, desk)
    delete(base, proposal)
    if desk.going_on(visit) == proposal.branch:
        visit.signed_in.kept.pop(GOING_ON, None)
    return visit.go("/proposals")


def _shown(visit: Visit[Guest], desk: Desk) -> tuple[Base, Proposal]:
    """The proposal that a form is about, which must be what the page has shown."""
    base, proposal = _found(desk, visit.form.text("branch"))
    if proposal.tip != visit.form.text("tip"):
        raise PageProblem(
            409,
            Message("Somebody has added to this proposal meanwhile, and nothing was done."),
            Message("Load its page again, and look at what there is now."),
        )
    return base, proposal
