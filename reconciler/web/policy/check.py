"""The last step of the dialog over the YAML: a reason, what the edit is and means, and saving exactly that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message, Overtaken, ReconcilerError
from reconciler.flow.saving import save
from reconciler.formats.headline import headline
from reconciler.formats.html.sections import sections
from reconciler.formats.views import View
from reconciler.web.dialog import gone_messages, ready, stage_values, step_path
from reconciler.web.drafts import Marks, keep_draft, keep_marks, marks_of
from reconciler.web.policy.differences import differences
from reconciler.web.policy.proposals import WRITTEN, proposal_page
from reconciler.web.policy.pulling import destination_of
from reconciler.web.policy.saying import Said, keep_said, said_in, said_of
from reconciler.web.policy.sketch import nothing_to_do, sketch, what_is_wrong
from reconciler.web.site import route
from reconciler.web.summary import operation_name, summary

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.errors import Finding
    from reconciler.flow.amending import Drawn
    from reconciler.web.drafts import Draft
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.policy.sketch import Sketch
    from reconciler.web.site import Site, Visit

_MOVED = Message(
    "Something has changed since this was shown, and nothing was saved. Your choice is kept; this is what it comes to now."
)


def check_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """The page that checks, its form, and saving."""
    return [
        route(site, "GET", "/manage/{draft}/check", lambda visit: _show(visit, desk)),
        route(site, "POST", "/manage/{draft}/check", lambda visit: _take(visit, desk)),
        route(site, "POST", "/manage/{draft}/save", lambda visit: _save(visit, desk)),
    ]


def _show(visit: Visit[Guest], desk: Desk) -> Response:
    draft, elsewhere = ready(visit)
    if elsewhere:
        return visit.go(elsewhere)
    said = said_of(visit.signed_in, draft)
    if said is None:
        return _page(visit, desk, draft, Said(into=desk.going_on(visit)))
    return _sketched(visit, desk, draft, said)


def _take(visit: Visit[Guest], desk: Desk) -> Response:
    draft, elsewhere = ready(visit)
    if elsewhere:
        return visit.go(elsewhere)
    said = said_in(visit.form, draft)
    wrong = said.wrong()
    if wrong:
        return _page(visit, desk, draft, said, 422, wrong=wrong)
    keep_said(visit.signed_in, draft, said)
    return visit.go(f"{step_path(draft, 'check')}#means")


def _save(visit: Visit[Guest], desk: Desk) -> Response:
    draft, elsewhere = ready(visit)
    said = said_of(visit.signed_in, draft)
    if elsewhere or said is None:
        return visit.go(elsewhere or step_path(draft, "check"))
    try:
        found = sketch(desk, draft, said, visit.say)
    except ReconcilerError as error:
        return _page(visit, desk, draft, said, 409, findings=what_is_wrong(error))
    if found.seal != visit.form.text("seal") or nothing_to_do(found):
        return _sketched(visit, desk, draft, said, told=_MOVED)
    try:
        commit = save(found.drawn)
    except Overtaken as error:
        return _sketched(visit, desk, draft, said, told=error.message)
    return _on(visit, desk, draft, found, commit)


def _on(visit: Visit[Guest], desk: Desk, draft: Draft, found: Sketch[Drawn], commit: str) -> Response:
    """It is saved: keep that first, then propose it where there is a forge, and go on."""
    branch = found.drawn.branch
    path = proposal_page(branch) if branch else WRITTEN
    keep_draft(visit.signed_in, replace(draft, saved=path))
    if marks_of(visit.signed_in) == draft.marks:
        keep_marks(visit.signed_in, Marks())
    base = found.drawn.ground.place.base
    if base is not None:
        desk.pulls.remember(commit, found.drawn.told)
        desk.pulls.propose(base, branch, commit, visit.say)
    return visit.go(path)


def _sketched(
    visit: Visit[Guest], desk: Desk, draft: Draft, said: Said, *, told: Message | None = None
) -> Response:
    """The page with what the draft comes to now.

    Args:
        visit: of the page.
        desk: what it works with.
        draft: what was chosen.
        said: with it.
        told: why nothing was saved; None where nothing was to be.
    """
    status = 200 if told is None else 409
    try:
        found = sketch(desk, draft, said, visit.say)
    except Overtaken as error:
        # the proposal is gone: what was chosen becomes a new one, or goes into another
        return _page(
            visit, desk, draft, replace(said, into=""), 409, findings=what_is_wrong(error), told=told
        )
    except ReconcilerError as error:
        return _page(visit, desk, draft, said, status, findings=what_is_wrong(error), told=told)
    return _page(visit, desk, draft, said, status, sketch=found, told=told)


def _page(
    visit: Visit[Guest],
    desk: Desk,
    draft: Draft,
    said: Said,
    status: int = 200,
    *,
    wrong: dict[str, Message] | None = None,
    findings: tuple[Finding, ...] = (),
    sketch: Sketch[Drawn] | None = None,
    told: Message | None = None,
) -> Response:
    seen = desk.look(visit)
    return visit.page(
        "policy/check.html",
        status,
        **stage_values(draft, "check"),
        **({} if sketch is None else _shown(visit, sketch)),
        operation=operation_name(draft.kind, visit.say),
        gone=gone_messages(seen, draft),
        wrong=None,
        told=summary(seen, draft, visit.say),
        said=said,
        faults=wrong or {},
        findings=findings,
        sketch=sketch,
        notice=told,
        today=desk.today(),
        open=[one for one in desk.proposals() if not one.merged],
    )


def _shown(visit: Visit[Guest], found: Sketch[Drawn]) -> dict[str, Any]:
    """What the page says of a sketch."""
    plan, place = found.meaning.plan, found.drawn.ground.place
    return {
        "headline": headline(plan, visit.say, View.DIFF),
        "sections": sections(plan, visit.say, flag=False),
        "files": differences(found.drawn.edits),
        "nothing": nothing_to_do(found),
        "destination": destination_of(place.base),
    }
