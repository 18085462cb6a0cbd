"""The dialog of *Manage access*: an operation, consultants, programs, each a page; then each side checks and saves.

A step keeps what was chosen in the draft and leads on; what is missing is told on the same page. Every button of a step
sends all that stands on it, so that nothing is lost on the way back, to another page of a list or to a search.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message
from reconciler.grid import OperationKind
from reconciler.web.clients import take_ticks
from reconciler.web.drafts import Draft, Marks, begin_draft, find_draft, keep_draft
from reconciler.web.index import index_of
from reconciler.web.pickers import consultants_page, programs_page, take_consultants, take_programs
from reconciler.web.preview import MOST_PAIRS
from reconciler.web.site import route
from reconciler.web.summary import operation_name, summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.grid import Names
    from reconciler.web.seen import Look, Seen
    from reconciler.web.site import Site, Visit

MOST_GONE = 10
"""Of what is not there any more so many are named."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is missing or wrong in a step.

    Attributes:
        field: the id of the field that it stands beside.
        message: what it is.
    """

    field: str
    message: Message


def dialog_routes(site: Site[Any], look: Look) -> list[Route]:
    """The dialog, up to the page that checks.

    Args:
        site: it is of.
        look: how it looks at its bureau.
    """
    steps: dict[str, tuple[Callable[..., Response], Callable[..., Response]]] = {
        "operation": (_operation, _take_operation),
        "consultants": (_consultants, _take_consultants),
        "programs": (_programs, _take_programs),
    }
    routes = [
        route(site, "POST", "/manage", lambda visit: _begin(visit, look(visit))),
        route(site, "GET", "/manage/{draft}", _resume),
    ]
    for name, (show, take) in steps.items():
        routes += [
            route(site, "GET", f"/manage/{{draft}}/{name}", _step(look, name, show)),
            route(site, "POST", f"/manage/{{draft}}/{name}", _step(look, name, take)),
        ]
    return routes


def draft_of(visit: Visit[Any]) -> Draft:
    """The draft that a page of the dialog is about; PageProblem where there is none."""
    return find_draft(visit.signed_in, visit.part("draft"))


def steps_of(draft: Draft) -> tuple[str, ...]:
    """The steps of a draft, in order; access is removed with all programs."""
    programs = () if draft.kind is OperationKind.REMOVE_ACCESS else ("programs",)
    return ("operation", "consultants", *programs, "check")


def next_step(draft: Draft) -> str:
    """The first step at which something is still to be chosen; "check" where nothing is."""
    if draft.kind is None:
        return "operation"
    if not draft.consultants:
        return "consultants"
    lacks = draft.programs is None or (draft.kind is OperationKind.REMOVE_PROGRAMS and not draft.programs)
    return "programs" if lacks and "programs" in steps_of(draft) else "check"


def step_path(draft: Draft, step: str) -> str:
    """The address of a step."""
    return f"/manage/{draft.key}/{step}"


def ready(visit: Visit[Any]) -> tuple[Draft, str]:
    """The draft for a page that checks or saves.

    Returns:
        The draft, and the path to go to instead: where it is saved, or lacks something; "" where it is ready.
    """
    draft = draft_of(visit)
    lacking = next_step(draft)
    return draft, draft.saved or ("" if lacking == "check" else step_path(draft, lacking))


def stage_values(draft: Draft, step: str) -> dict[str, Any]:
    """What `manage/steps.html` needs to say where in the dialog a page is."""
    steps = steps_of(draft)
    return {"draft": draft, "step": step, "stages": steps, "reached": steps.index(next_step(draft))}


def gone_messages(seen: Seen, draft: Draft) -> list[Message]:
    """What was chosen and is not there any more."""
    register, found = seen.register, []
    if clients := index_of(register.clients).know(draft.marks.clients).lost:
        found.append(
            Message.count(
                "{n} marked client is not at the bureau any more: {keys}",
                "{n} marked clients are not at the bureau any more: {keys}",
                len(clients),
                keys=_listed(clients),
            )
        )
    if people := _gone(draft.consultants, register.consultants.names):
        found.append(
            Message.count(
                "{n} consultant is not at the bureau any more: {keys}",
                "{n} consultants are not at the bureau any more: {keys}",
                len(people),
                keys=_listed(people),
            )
        )
    if programs := _gone(draft.programs or (), register.programs.names):
        found.append(
            Message.count(
                "{n} program is not there any more: {keys}",
                "{n} programs are not there any more: {keys}",
                len(programs),
                keys=_listed(programs),
            )
        )
    return found


def _gone(keys: Iterable[str], names: Names) -> list[str]:
    return sorted(key for key in keys if key not in names)


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(keys[:MOST_GONE]) + (" …" if len(keys) > MOST_GONE else "")


# -- the steps -----------------------------------------------------------------------------------------------------


def _step(look: Look, name: str, handler: Callable[..., Response]) -> Callable[[Visit[Any]], Response]:
    """A page of a step: not before the steps that it needs, and not after it was saved."""

    def answer(visit: Visit[Any]) -> Response:
        draft = draft_of(visit)
        if draft.saved:
            return visit.go(draft.saved)
        steps, lacking = steps_of(draft), next_step(draft)
        if name not in steps or steps.index(name) > steps.index(lacking):
            return visit.go(step_path(draft, lacking))
        return handler(visit, look(visit), draft)

    return answer


def _begin(visit: Visit[Any], seen: Seen) -> Response:
    """POST /manage: with what is marked, or with one client and one consultant that a page names."""
    form, clients = visit.form, seen.register.clients.names
    marks = take_ticks(visit, seen)
    if "client" in form.values:
        marks = Marks(frozenset(key for key in form.texts("client") if key in clients))
    if not any(key in clients for key in marks.clients):
        return visit.page("manage/nothing.html", 400)
    draft = begin_draft(visit.signed_in, marks)
    people = {key for key in form.texts("consultant") if key in seen.register.consultants.names}
    if "client" in form.values and people:
        draft = replace(draft, consultants=tuple(sorted(people)))
        keep_draft(visit.signed_in, draft)
    return visit.go(step_path(draft, "operation"))


def _resume(visit: Visit[Any]) -> Response:
    draft, elsewhere = ready(visit)
    return visit.go(elsewhere or step_path(draft, "check"))


def _operation(visit: Visit[Any], seen: Seen, draft: Draft, wrong: Wrong | None = None) -> Response:
    return _page(
        visit,
        seen,
        draft,
        "operation",
        wrong,
        kinds={kind: operation_name(kind, visit.say) for kind in OperationKind},
    )


def _take_operation(visit: Visit[Any], seen: Seen, draft: Draft) -> Response:
    chosen = visit.form.text("operation")
    if chosen not in set(OperationKind):
        if "to-step" in visit.form.values:
            return _on(visit, draft, "operation")
        message = Message("Choose one of the three operations.")
        return _operation(visit, seen, draft, Wrong("operation", message))
    kind = OperationKind(chosen)
    if kind is not draft.kind:
        draft = replace(draft, kind=kind, programs=None, consultants=_still(seen, draft, kind))
        keep_draft(visit.signed_in, draft)
    return _on(visit, draft, "operation")


def _still(seen: Seen, draft: Draft, kind: OperationKind) -> tuple[str, ...]:
    """The consultants that may stay chosen for an operation: nothing is given to who has left."""
    people = seen.register.consultants
    if kind is not OperationKind.GIVE_ACCESS:
        return draft.consultants
    found = ((key, people.names.find(key)) for key in draft.consultants)
    return tuple(key for key, number in found if number is None or people.active[number])


def _consultants(visit: Visit[Any], seen: Seen, draft: Draft, wrong: Wrong | None = None) -> Response:
    return _page(visit, seen, draft, "consultants", wrong, **consultants_page(visit, seen, draft))


def _take_consultants(visit: Visit[Any], seen: Seen, draft: Draft) -> Response:
    form = visit.form
    draft, path = take_consultants(visit, seen, draft)
    keep_draft(visit.signed_in, draft)
    if form.text("do") == "tick":
        return _consultants(visit, seen, draft)
    if form.text("do") != "next" and "to-step" not in form.values:
        return visit.go(path)
    if form.text("do") == "next" and (wrong := _wrong_consultants(seen, draft)):
        return _consultants(visit, seen, draft, wrong)
    return _on(visit, draft, "consultants")


def _wrong_consultants(seen: Seen, draft: Draft) -> Wrong | None:
    known = [key for key in draft.consultants if key in seen.register.consultants.names]
    if not known:
        return Wrong("found", Message("Tick at least one consultant."))
    pairs = len(draft.consultants) * len(draft.marks.clients)
    if pairs > MOST_PAIRS:
        message = Message(
            "{pairs} pairs of consultant and client are more than one job may have ({most}). Choose fewer.",
            pairs=pairs,
            most=MOST_PAIRS,
        )
        return Wrong("found", message)
    return None


def _programs(visit: Visit[Any], seen: Seen, draft: Draft, wrong: Wrong | None = None) -> Response:
    return _page(visit, seen, draft, "programs", wrong, **programs_page(visit, seen, draft))


def _take_programs(visit: Visit[Any], seen: Seen, draft: Draft) -> Response:
    form = visit.form
    draft = take_programs(visit, seen, draft)
    keep_draft(visit.signed_in, draft)
    if form.text("do") in {"all", "none"}:
        return visit.go(step_path(draft, "programs"))
    if form.text("do") == "next" and next_step(draft) == "programs":
        return _programs(visit, seen, draft, Wrong("programs", Message("Tick at least one program.")))
    return _on(visit, draft, "programs")


def _on(visit: Visit[Any], draft: Draft, step: str) -> Response:
    """To the step that the button says, else to the next one."""
    steps = steps_of(draft)
    wanted = visit.form.text("to-step")
    following = steps[steps.index(step) + 1]
    return visit.go(step_path(draft, wanted if wanted in steps else following))


def _page(
    visit: Visit[Any], seen: Seen, draft: Draft, step: str, wrong: Wrong | None, **values: Any
) -> Response:
    """The page of a step."""
    return visit.page(
        f"manage/{step}.html",
        422 if wrong else 200,
        **stage_values(draft, step),
        wrong=wrong,
        gone=gone_messages(seen, draft),
        operation=operation_name(draft.kind, visit.say),
        told=summary(seen, draft, visit.say),
        **values,
    )
