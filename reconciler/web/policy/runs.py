"""Runs: which there were on this machine, and what each did; from the journal, as `reconciler runs` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.apply import Ended
from reconciler.errors import Message
from reconciler.flow.approval import register_of
from reconciler.flow.running import known_journal
from reconciler.formats.html.results import results_sections
from reconciler.formats.text.results import figures_of, left_sentence
from reconciler.formats.text.runs import STATES, when
from reconciler.journal import State
from reconciler.web.problems import not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.formats.catalogue import Catalogue
    from reconciler.journal import Run
    from reconciler.web.policy.desk import Guest
    from reconciler.web.policy.running import Attempt, Runner
    from reconciler.web.site import Site, Visit

PAGE = 50
"""Runs on a page."""


def runs_routes(site: Site[Guest], runner: Runner) -> list[Route]:
    """The list, and a run with its results."""
    return [
        route(site, "GET", "/runs", lambda visit: _runs(visit, runner)),
        route(site, "GET", "/runs/{run}", lambda visit: _run(visit, runner)),
    ]


def _runs(visit: Visit[Guest], runner: Runner) -> Response:
    with known_journal() as journal:
        runs = journal.runs() if journal else []
    page = visit.form.number("page", 1)
    shown = runs[(page - 1) * PAGE : page * PAGE]
    return visit.page(
        "policy/runs.html",
        runs=[_facts(run, runner, visit.say) for run in shown],
        page=page,
        more=len(runs) > page * PAGE,
        cut_off=any(_is_cut_off(run, runner) for run in shown),
    )


def _run(visit: Visit[Guest], runner: Runner) -> Response:
    say, key = visit.say, visit.part("run")
    attempt = runner.find(key)
    with known_journal() as journal:
        run = journal.find(key) if journal else None
        if journal is None or run is None:
            if attempt is None:
                raise not_there()
            return _attempt(visit, attempt)
        register, results = register_of(journal.plan(key)), journal.results(key)
    going = attempt is not None and not attempt.over
    finished = attempt.applied.finished if attempt and attempt.applied else None
    return visit.page(
        "policy/run.html",
        run=_facts(run, runner, say),
        going=going,
        cut_off=_is_cut_off(run, runner),
        ended=sum(one.ended.final for one in results.results),
        total=len(results.results),
        sections=results_sections(results.results, register, say, going=going),
        figures=figures_of(results.outcomes, say),
        refused=any(not one.clean for one in results.results if one.ended is Ended.FINISHED),
        left="" if finished is None else left_sentence(finished.left, say),
        stopped=None if finished is None else finished.results.stopped,
        told=attempt.told if attempt else (),
        problem=attempt.problem if attempt else None,
    )


def _attempt(visit: Visit[Guest], attempt: Attempt) -> Response:
    """A run that is about to begin, or did not."""
    return visit.page("policy/attempt.html", attempt=attempt)


def _facts(run: Run, runner: Runner, say: Catalogue) -> dict[str, Any]:
    """A run in the words of the list."""
    attempt = runner.find(run.key)
    going = attempt is not None and not attempt.over
    state = Message("running now") if going else STATES[run.state]
    return {
        "key": run.key,
        "when": when(run.begun),
        "ended": when(run.ended) if run.ended else "",
        "state": say.message(state),
        "open": run.state is State.OPEN and not going,
        "bureau": run.bureau,
        "operator": run.operator,
        "who": run.who,
        "commit": run.source or "",
        "digest": run.digest,
        "attempts": run.attempts,
        "operations": sum(run.orders.values()),
        "finished": run.orders.get(Ended.FINISHED, 0),
        "figures": figures_of(run.outcomes, say),
    }


def _is_cut_off(run: Run, runner: Runner) -> bool:
    """Whether a run has not come to its end, and is not going on here."""
    attempt = runner.find(run.key)
    return run.state is State.OPEN and (attempt is None or attempt.over)
