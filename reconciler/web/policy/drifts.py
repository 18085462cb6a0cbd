"""Drift as a page: who changed what behind the YAML's back, as `reconciler drift` says it; and the way back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from starlette.responses import Response

from reconciler.errors import InputError, ReconcilerError
from reconciler.flow.drifting import Found, compare
from reconciler.flow.seen import look
from reconciler.flow.world import Wanted
from reconciler.formats import show_drift
from reconciler.formats.drift import item_document
from reconciler.formats.html.drift import drift_groups
from reconciler.formats.html.sections import sections
from reconciler.formats.text.drift import ended_messages, figures
from reconciler.formats.views import View, title_of
from reconciler.plan.drift import Kind, Question, Told
from reconciler.web.addresses import asking
from reconciler.web.policy.filters import MOST, day_of
from reconciler.web.problems import PageProblem
from reconciler.web.site import route

if TYPE_CHECKING:
    from starlette.routing import Route

    from reconciler.desired import Policy
    from reconciler.plan import Plan
    from reconciler.plan.drift import Drift, Drifted
    from reconciler.web.forms import Form
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.site import Site, Visit

_FIRST = ("refused", "broken", "accepted")
"""Sections of the plan that would put it right which stand beside the drift too."""


def drift_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """The page, and the same as a document."""
    return [
        route(site, "GET", "/drift", lambda visit: _drift(visit, desk)),
        route(site, "GET", "/drift.json", lambda visit: _json(visit, desk)),
    ]


def found_drift(desk: Desk, policy: Policy, question: Question) -> Found:
    """Look for drift between some YAML and the bureau of now.

    Raises:
        ReconcilerError: where the bureau does not answer, or has shrunken since it was last seen here.
    """
    wish = Wanted()
    current = desk.bureau.heard().now()
    look(desk.config, policy, current, wish.allow)
    # one thread at a time asks the bureau who did it
    with desk.bureau.lock:
        drift = compare(policy, current, desk.bureau.backend, wish, question)
    return Found(policy, current, desk.bureau.backend, wish, question, drift)


def question_of(form: Form) -> Question:
    """What is asked about drift, as the form above it says.

    Raises:
        PageProblem: where the day is none.
    """
    return Question(day_of(form.text("since")), unmanaged_too=form.text("managed") != "1")


def item_key(plan: Plan, one: Drifted) -> str:
    """What tells a difference from others: all that is said of it."""
    text = json.dumps(item_document(plan, one), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def adoptable(drift: Drift, one: Drifted) -> bool:
    """Whether the YAML can come to say it: what is merely not applied yet is not adopted away."""
    return one.kind is not Kind.MISSING or drift.told is not Told.TOLD


def _drift(visit: Visit[Guest], desk: Desk) -> Response:
    said = {"since": visit.form.text("since"), "managed": visit.form.text("managed") == "1"}
    try:
        question = question_of(visit.form)
        drift = found_drift(desk, desk.policy(), question).drift
    except PageProblem as problem:
        wrong = InputError(problem.message, problem.hint)
        return visit.page("policy/drift.html", problem.status, said=said, drift=None, problem=wrong)
    except ReconcilerError as error:
        return visit.page("policy/drift.html", 400, said=said, drift=None, problem=error)
    plan, say = drift.plan, visit.say
    beside = [one for one in sections(plan, say, flag=False) if one.key in _FIRST and question.since is None]
    return visit.page(
        "policy/drift.html",
        said=said,
        drift=drift,
        problem=None,
        title=title_of(plan, View.DRIFT, say),
        figures=figures(drift, say),
        groups=drift_groups(drift, say),
        rows=lambda one: {
            "key": item_key(plan, one),
            "adoptable": adoptable(drift, one),
            "way": way_back(plan, one),
        },
        any_adoptable=any(adoptable(drift, one) for one in drift.items),
        sections=beside,
        left_out=list(ended_messages(drift)),
    )


def way_back(plan: Plan, one: Drifted) -> str:
    """The plan that puts a difference right and looks at nothing else; "" where there is none."""
    block, register = one.block, plan.register
    if one.kind is Kind.UNMANAGED or one.obstacle is not None:
        return ""
    if len(block.consultants) > MOST or len(block.clients) > MOST:
        return ""
    return asking(
        "/plan",
        consultant=",".join(register.consultants.names[i] for i in block.consultants),
        client=",".join(register.clients.names[i] for i in block.clients),
        only="removals" if one.kind is Kind.GIVEN else "grants",
    )


def _json(visit: Visit[Guest], desk: Desk) -> Response:
    """The same document as `drift --format json`."""
    found = found_drift(desk, desk.policy(), question_of(visit.form))
    told = show_drift(found.drift, "json", visit.say, current=found.current)
    return Response(told, media_type="application/json; charset=utf-8")
