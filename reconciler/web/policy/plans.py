"""The plan as a page, the same as `reconciler plan` says; and exactly this plan applied, where the bureau is here."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.responses import Response

from reconciler.audit.entries import Approval, ApprovalKind
from reconciler.errors import InputError, Message, ReconcilerError, StalePlan
from reconciler.flow.applying import Agreed
from reconciler.flow.local import why_not_from_here
from reconciler.flow.running import new_key
from reconciler.formats.html.page import page_data, plan_values
from reconciler.plan.approved import Approved, still_approved
from reconciler.web.policy.filters import Filters
from reconciler.web.problems import PageProblem, not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette.routing import Route

    from reconciler.flow.world import Wanted
    from reconciler.formats.html.values import Section
    from reconciler.plan import Current, Plan
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.policy.running import Runner
    from reconciler.web.recent import Recent
    from reconciler.web.site import Site, Visit

_FIRST = ("refused", "broken", "blocked", "takeover")
"""Sections that stand before all others: what is not done, why, and who could."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")

MOST_ASKED = 20
"""Plans of a session about which it is asked once more; the oldest is dropped."""

MOST_SHOWN = 4
"""Plans that a session was shown and that are kept, to tell what has moved since."""

MOST_CHOICES = 2_000
"""Names that a field offers; of more, it offers none."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A plan about which it is asked once more whether it shall be applied.

    Attributes:
        key: in the address of the page that asks.
        filters: what it was asked for.
        approved: what was shown.
        run: the run that it has become; "" for none.
    """

    key: str
    filters: Filters
    approved: Approved
    run: str = ""


def plan_routes(site: Site[Guest], desk: Desk, runner: Runner) -> list[Route]:
    """The plan, and the page that asks once more before it is applied."""

    def on(method: str, path: str, handler: Callable[[Visit[Guest], Desk, Runner], Response]) -> Route:
        return route(site, method, path, lambda visit: handler(visit, desk, runner))

    return [
        on("GET", "/plan", _plan),
        on("GET", "/plan.json", _json),
        on("POST", "/plan/apply", _ask),
        on("GET", "/plan/apply/{key}", _asked),
        on("POST", "/plan/apply/{key}", _apply),
    ]


# -- the plan ---------------------------------------------------------------------------------------------------


def _plan(visit: Visit[Guest], desk: Desk, _: Runner) -> Response:
    filters = Filters.of(visit.form)
    common: dict[str, Any] = {"filters": filters, "choices": _choices(desk), "problem": None}
    try:
        plan, current = look(desk, filters.wanted())
    except PageProblem as problem:
        wrong = InputError(problem.message, problem.hint)
        return visit.page("policy/plan.html", problem.status, **{**common, "plan": None, "problem": wrong})
    except ReconcilerError as error:
        return visit.page("policy/plan.html", 400, **{**common, "plan": None, "problem": error})
    _shown(visit).put((filters, plan.digest), plan)
    full = visit.form.text("full") == "1"
    values = plan_values(plan, current, visit.say, full=full, flag=False)
    data = page_data(plan, current, visit.say)
    return visit.page(
        "policy/plan.html",
        **common,
        plan=plan,
        full=full,
        shown={**values, "sections": _ordered(values["sections"])},
        data=Markup(data),  # noqa: S704 - holds no character that markup is made of
        why_not=_why_not(desk, filters, plan),
    )


def look(desk: Desk, wanted: Wanted) -> tuple[Plan, Current | None]:
    """A plan, and the state that it was made from; None where that has moved on meanwhile.

    Raises:
        ReconcilerError: as `Desk.plan`.
    """
    plan = desk.plan(wanted)
    current = desk.current()
    same = plan.register is current.register and plan.revision == current.revision
    return plan, current if same else None


def _json(visit: Visit[Guest], desk: Desk, _: Runner) -> Response:
    """The same document as `plan --format json`."""
    from reconciler.formats import show_plan

    plan, current = look(desk, Filters.of(visit.form).wanted())
    told = show_plan(plan, "json", visit.say, current=current)
    return Response(told, media_type="application/json; charset=utf-8")


def _ordered(sections: Sequence[Section]) -> list[Section]:
    """What is not done first; else in the order of every format."""
    return sorted(sections, key=lambda one: one.key not in _FIRST)


def _choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What the fields of the filters offer: keys, and what they are called."""
    try:
        register = desk.current().register
        teams = {*register.consultants.teams, *desk.policy().sections["teams"]}
    except ReconcilerError:
        return {"consultants": [], "clients": [], "teams": [], "tags": []}
    people, companies = register.consultants, register.clients
    return {
        "consultants": _offered(people.names, people.labels),
        "clients": _offered(companies.names, companies.labels),
        "teams": [(team, team) for team in sorted(teams)],
        "tags": [(tag, tag) for tag in sorted(companies.tags)],
    }


def _offered(keys: Iterable[str], labels: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(keys, labels, strict=True)) if len(labels) <= MOST_CHOICES else []


def _why_not(desk: Desk, filters: Filters, plan: Plan) -> Message | None:
    """Why the plan cannot be applied from this page; None where it can."""
    if not plan.operations:
        return Message("There is nothing to apply.")
    if plan.refusals:
        return Message(
            "A guardrail forbids to apply this plan. Change the rules, or let it pass once by name, with"
            " “reconciler apply --allow”."
        )
    if filters.day:
        return Message(
            "This is the plan of a day that was chosen: it is to be looked at. What is applied is today's."
        )
    return why_not_from_here(desk.settings)


# -- approve and apply ------------------------------------------------------------------------------------------


def _ask(visit: Visit[Guest], desk: Desk, _: Runner) -> Response:
    """From the button under the plan to the page that asks once more."""
    filters, digest = Filters.of(visit.form), visit.form.text("digest")
    if not _DIGEST.fullmatch(digest):
        raise PageProblem(
            400, Message("This form does not say which plan it is about, and nothing was done.")
        )
    _refuse_elsewhere(desk)
    filters.wanted()
    shown = _shown(visit).get((filters, digest))
    approved = Approved(digest) if shown is None else Approved.shown(shown)
    asked = Asked(secrets.token_urlsafe(12), filters, approved)
    _asked_before(visit).put(asked.key, asked)
    return visit.go(f"/plan/apply/{asked.key}")


def _asked(visit: Visit[Guest], desk: Desk, _: Runner) -> Response:
    """The page that asks once more, with what it would do; or with what has moved since."""
    asked = _find_asked(visit)
    if asked.run:
        return visit.go(f"/runs/{asked.run}")
    desk.bureau.forget()  # what it said a second ago is not enough here
    plan, current = look(desk, asked.filters.wanted())
    try:
        happened = still_approved(asked.approved, plan, current or desk.current())
    except StalePlan as error:
        back = asked.filters.path("/plan")
        return visit.page("policy/stale.html", 409, problem=error, back=back)
    values = plan_values(plan, None, visit.say, flag=False)
    return visit.page(
        "policy/apply.html",
        asked=asked,
        plan=plan,
        shown=values,
        happened=happened,
        why_not=_why_not(desk, asked.filters, plan),
    )


def _apply(visit: Visit[Guest], desk: Desk, runner: Runner) -> Response:
    """Begin the run; sent again, it leads to the same one."""
    asked = _find_asked(visit)
    if not asked.run:
        _refuse_elsewhere(desk)
        wanted = asked.filters.wanted()
        approval = Approval(ApprovalKind.PAGE, allowed=wanted.allowed)
        asked = replace(asked, run=runner.begin(Agreed(new_key(), wanted, asked.approved, approval)))
        _asked_before(visit).put(asked.key, asked)
    return visit.go(f"/runs/{asked.run}")


def _refuse_elsewhere(desk: Desk) -> None:
    why = why_not_from_here(desk.settings)
    if why is not None:
        raise PageProblem(403, why)


# -- what the session keeps -------------------------------------------------------------------------------------


def _shown(visit: Visit[Guest]) -> Recent[Plan]:
    """The plans that were shown, each by what of it was asked for and its digest."""
    return visit.signed_in.recent("plans", MOST_SHOWN)


def _asked_before(visit: Visit[Guest]) -> Recent[Asked]:
    return visit.signed_in.recent("asked", MOST_ASKED)


def _find_asked(visit: Visit[Guest]) -> Asked:
    asked = _asked_before(visit).get(visit.part("key"))
    if asked is None:
        raise not_there()
    return asked
