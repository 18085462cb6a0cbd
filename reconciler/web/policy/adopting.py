"""Drift adopted on a page: the change of the YAML first, a reason, and then exactly that saved as a proposal."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.desired import resolve
from reconciler.errors import Message, Overtaken, ReconcilerError
from reconciler.flow.adopted import Adopted, draw_adoption
from reconciler.flow.drifting import compare
from reconciler.flow.ground import find_place
from reconciler.flow.meaning import Side, meaning
from reconciler.flow.saving import save
from reconciler.formats.headline import headline
from reconciler.formats.html.drift import drift_groups
from reconciler.formats.html.sections import sections
from reconciler.formats.names import Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.views import View
from reconciler.grid import Access, cover, only
from reconciler.web.policy.differences import differences
from reconciler.web.policy.drifts import adoptable, found_drift, item_key, question_of
from reconciler.web.policy.proposals import WRITTEN, proposal_page
from reconciler.web.policy.pulling import destination_of
from reconciler.web.policy.saying import Said, said_in_line
from reconciler.web.policy.sketch import Sketch, author_of, unsaved_of, what_is_wrong
from reconciler.web.problems import PageProblem, not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.desired import Policy
    from reconciler.errors import Finding
    from reconciler.flow.drifting import Found
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.drift import Drift, Drifted, Question
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.recent import Recent
    from reconciler.web.site import Site, Visit

MOST = 20
"""Adoptions of a session; the one that was not touched for longest is dropped."""

_MOVED = Message(
    "Something has changed since this was shown, and nothing was saved. What you chose is kept; this is what it comes to now."
)


@dataclass(frozen=True, slots=True)
class Adopting:
    """Differences that are being adopted.

    Attributes:
        key: in the address.
        items: keys of the differences; None for all.
        question: what was asked about drift when they were chosen.
        reason: why; "" while nobody has said.
        saved: the page that saving has led to; "" where it is not saved.
    """

    key: str
    items: frozenset[str] | None
    question: Question
    reason: str = ""
    saved: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sketched(Sketch[Adopted]):
    """An adoption as it would be saved.

    Attributes:
        found: the drift that it is of.
        items: what of it is adopted.
        left: what would still differ there: no rule may give it, or a guardrail forbids it.
    """

    found: Found
    items: tuple[Drifted, ...]
    left: Drift


def adopting_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """From the drift to the page that shows the change, its reason, and saving."""

    def on(method: str, path: str, handler: Callable[[Visit[Guest], Desk], Response]) -> Route:
        return route(site, method, path, lambda visit: handler(visit, desk))

    return [
        route(site, "POST", "/drift/adopt", _begin),
        on("GET", "/drift/adopt/{key}", _show),
        on("POST", "/drift/adopt/{key}", _take),
        on("POST", "/drift/adopt/{key}/save", _save),
    ]


def _begin(visit: Visit[Guest]) -> Response:
    every = visit.form.text("do") == "all"
    items = None if every else frozenset(visit.form.texts("item"))
    if items is not None and not items:
        raise PageProblem(
            400, Message("Nothing is ticked."), Message("Go back, and tick what the rules shall come to say.")
        )
    one = Adopting(secrets.token_urlsafe(12), items, question_of(visit.form))
    _keep(visit, one)
    return visit.go(f"/drift/adopt/{one.key}")


def _show(visit: Visit[Guest], desk: Desk) -> Response:
    one = _find(visit)
    return visit.go(one.saved) if one.saved else _sketched(visit, desk, one)


def _take(visit: Visit[Guest], desk: Desk) -> Response:
    """Keep the reason."""
    one = replace(_find(visit), reason=said_in_line(visit.form.text("reason")))
    wrong = Said(reason=one.reason).wrong()
    if one.saved:
        return visit.go(one.saved)
    if wrong:
        return _sketched(visit, desk, one, 422, faults=wrong)
    _keep(visit, one)
    return visit.go(f"/drift/adopt/{one.key}#means")


def _save(visit: Visit[Guest], desk: Desk) -> Response:
    one = _find(visit)
    if one.saved or not one.reason:
        return visit.go(one.saved or f"/drift/adopt/{one.key}")
    desk.bureau.forget()
    try:
        found = _sketch(desk, one, visit.say)
        if found.seal != visit.form.text("seal") or not found.drawn.edits:
            return _sketched(visit, desk, one, 409, told=_MOVED)
        commit = save(found.drawn)
    except Overtaken as error:
        return _sketched(visit, desk, one, 409, told=error.message)
    branch, base = found.drawn.branch, found.drawn.ground.place.base
    path = proposal_page(branch) if branch else WRITTEN
    _keep(visit, replace(one, saved=path))
    if base is not None:
        desk.pulls.remember(commit, found.drawn.told)
        desk.pulls.propose(base, branch, commit, visit.say)
    return visit.go(path)


# -- what it comes to -------------------------------------------------------------------------------------------


def _sketch(desk: Desk, one: Adopting, say: Catalogue) -> Sketched:
    """Make it, from what is committed.

    Raises:
        ReconcilerError: where the rules cannot be used, or the bureau does not answer.
    """
    ground = desk.ground(find_place(desk.settings.policies))
    found = found_drift(desk, ground.policy, one.question)
    plan, register, day = found.drift.plan, found.current.register, found.drift.plan.date
    items = tuple(
        item
        for item in found.drift.items
        if adoptable(found.drift, item) and (one.items is None or item_key(plan, item) in one.items)
    )
    drawn = draw_adoption(ground, found, items, one.reason, say)
    draft = drawn.adoption.draft
    before = Side(ground.policy, resolve(ground.policy, register, day))
    means = meaning(before, Side(draft.policy, draft.desired), found.current, day)
    author, obstacle = author_of(ground.place)
    left = _left(desk, found, items, draft.policy)
    return Sketched(drawn, means, author, obstacle, unsaved_of(ground.place), found, items, left)


def _left(desk: Desk, found: Found, items: tuple[Drifted, ...], policy: Policy) -> Drift:
    """What would still differ where something is adopted."""
    with desk.bureau.lock:
        left = compare(policy, found.current, found.backend, found.wish, found.question)
    shape = found.current.register.shape
    looked = Access.from_blocks(shape, [one.block for one in items]).keys
    there = tuple(one for one in left.items if np.isin(one.block.keys(shape), looked).any())
    return replace(left, items=there)


def _sketched(
    visit: Visit[Guest],
    desk: Desk,
    one: Adopting,
    status: int = 200,
    *,
    faults: dict[str, Message] | None = None,
    told: Message | None = None,
) -> Response:
    values: dict[str, Any] = {"one": one, "faults": faults or {}, "told": told}
    findings: tuple[Finding, ...] = ()
    sketch: Sketched | None = None
    try:
        sketch = _sketch(desk, one, visit.say)
        values |= _shown(visit, one, sketch)
    except ReconcilerError as error:
        findings = what_is_wrong(error)
    return visit.page("policy/adopt.html", status, **values, sketch=sketch, findings=findings)


def _shown(visit: Visit[Guest], one: Adopting, sketch: Sketched) -> dict[str, Any]:
    plan, say = sketch.meaning.plan, visit.say
    some = replace(sketch.found.drift, items=sketch.items)
    return {
        "groups": drift_groups(some, say),
        "gone": 0 if one.items is None else len(one.items) - len(sketch.items),
        "left": [one for group in drift_groups(sketch.left, say) for one in group.items],
        "refused": list(_refused(sketch, say)),
        "headline": headline(plan, say, View.DIFF),
        "sections": sections(plan, say, flag=False),
        "files": differences(sketch.drawn.edits),
        "destination": destination_of(sketch.drawn.ground.place.base),
    }


def _refused(sketch: Sketched, say: Catalogue) -> Iterator[dict[str, str]]:
    """What is not adopted, as a guardrail would hold it back were it not there yet."""
    plan = sketch.drawn.adoption.plan
    name = Namer(plan.register, say)
    for why, rows in sketch.drawn.adoption.refused.items():
        own = say.wording(plan.messages.get(why.guardrail, {}))
        for block in cover(rows, only(rows)):
            yield {
                "who": name.consultants(block.consultants),
                "where": name.at(block.clients),
                "programs": name.programs(block.mask),
                "why": say.message(reason_text(why.reason, why.guardrail, own)),
            }


# -- what the session keeps -------------------------------------------------------------------------------------


def _keep(visit: Visit[Guest], one: Adopting) -> None:
    _kept(visit).put(one.key, one)


def _find(visit: Visit[Guest]) -> Adopting:
    one = _kept(visit).get(visit.part("key"))
    if one is None:
        raise not_there()
    return one


def _kept(visit: Visit[Guest]) -> Recent[Adopting]:
    return visit.signed_in.recent("adopting", MOST)
