"""Programs of a forbidden set are swapped at a real bureau: never both at once, whatever goes wrong in between."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager

import pytest

from reconciler.apply import Ended, Order, Pace, carry_out, start
from reconciler.backends import BackendConfig, open_backend
from reconciler.desired.guardrails import Guardrails, Together
from reconciler.errors import Message, Position, Unreachable
from reconciler.grid import Access, OperationKind, Outcome
from reconciler.journal import Journal
from reconciler.plan import build
from tests.backends.bureaus import make_bureau
from tests.journal.test_book import begun
from tests.support.worlds import desired, everything

DAY = dt.date(2026, 11, 24)
PACE = Pace(patience=5, job_timeout=30)
PAIRS = [("bo@b.example", "1042"), ("bo@b.example", "1043"), ("anna@b.example", "1042")]
DONE = {pair: {"bookkeeping"} for pair in PAIRS}


@contextmanager
def opened(path, token):
    with open_backend(BackendConfig("embedded", {"database": str(path)}, token)) as backend:
        yield backend


@pytest.fixture
def bureau(tmp_path):
    """Bo has payroll at two clients, Anna nothing; and the rules want bookkeeping in its place for both."""
    path = tmp_path / "b.sqlite"
    tokens = make_bureau(path)
    with opened(path, tokens["anna"]) as backend:
        do(backend, "set-up", OperationKind.GIVE_ACCESS, ["1042", "1043"])
        yield backend, path, tokens


def do(backend, run_key, kind, clients, programs=("payroll",)):
    order = Order(kind, ("bo@b.example",), tuple(clients), tuple(programs), backend.revision(), run_key)
    job = backend.submit(order, f"{run_key}-{kind}-{len(clients)}")
    backend.job(job.key, 20)
    assert {item.outcome for item in backend.results(job.key)} <= {Outcome.DONE, Outcome.ALREADY}


def plan_of(backend):
    current = backend.current()
    reg = current.register
    names = reg.programs.names
    books, payroll = (1 << names.id(name) for name in ("bookkeeping", "payroll"))
    rows = [(reg.consultants.names.id(u), reg.clients.names.id(c), names.id("bookkeeping")) for u, c in PAIRS]
    want = Access.from_triples(reg.shape, rows)
    four_eyes = Together("four-eyes", books | payroll, "", Position("g.yaml"))
    guardrails = Guardrails(taken_over=everything(reg), never_together=(four_eyes,))
    return build(desired(reg, want, guardrails=guardrails), current, DAY)


def held(backend):
    current = backend.current()
    reg = current.register
    return {
        (reg.consultants.names[u], reg.clients.names[c]): {
            name for i, name in enumerate(reg.programs.names) if mask >> i & 1
        }
        for u, c, mask in current.access.rows()
    }


class Free:
    lease = None

    def keep(self):
        pass


def go(todo, jobs, tmp_path):
    """Carry out what is not done of a run that is begun, or goes on where it was."""
    with Journal(tmp_path / "journal.db") as journal:
        known = journal.find(todo.run)
        writer = journal.go_on(todo.run) if known else journal.begin(begun(todo.run), todo)
        return carry_out(todo, jobs, writer, Free(), pace=PACE, progress=lambda *_: None)


def test_a_swap_is_done_in_order(bureau, tmp_path):
    backend, *_ = bureau
    plan = plan_of(backend)
    assert [one.after for one in plan.operations] == [(), (), (1,)]
    results = go(start(plan, "r1"), backend, tmp_path)
    assert results.clean
    assert held(backend) == DONE
    assert plan_of(backend).in_sync


def test_where_somebody_else_was_there_meanwhile_the_grant_is_not_sent(bureau, tmp_path):
    backend, path, tokens = bureau
    plan = plan_of(backend)
    with opened(path, tokens["some"]) as other:
        do(other, "other", OperationKind.REMOVE_PROGRAMS, ["1042"])
        do(other, "again", OperationKind.GIVE_ACCESS, ["1042"])
    results = go(start(plan, "r1"), backend, tmp_path)
    assert [result.ended for result in results.results] == [Ended.FINISHED, Ended.FINISHED, Ended.WITHHELD]
    assert held(backend)["bo@b.example", "1042"] == {"payroll"}
    # what is left is planned again, and then done
    assert go(start(plan_of(backend), "r2"), backend, tmp_path).clean
    assert held(backend) == DONE


class CutOff:
    """A backend that is gone after so many answers."""

    def __init__(self, backend, answers):
        self._backend, self._left = backend, answers

    def _answer(self):
        if self._left == 0:
            raise Unreachable(Message("gone"))
        self._left -= 1

    def submit(self, *arguments):
        self._answer()
        return self._backend.submit(*arguments)

    def job(self, *arguments):
        self._answer()
        return self._backend.job(*arguments)

    def results(self, key):
        self._answer()
        return self._backend.results(key)


@pytest.mark.parametrize("answers", range(8))
def test_a_run_that_was_cut_off_goes_on_in_the_same_order(bureau, tmp_path, answers):
    backend, *_ = bureau
    todo = start(plan_of(backend), "r1")
    go(todo, CutOff(backend, answers), tmp_path)
    assert not any({"bookkeeping", "payroll"} <= programs for programs in held(backend).values())
    with Journal(tmp_path / "journal.db") as journal:
        known = journal.results("r1")
    assert [result.order.after for result in known.results] == [(), (), (1,)]
    assert go(known, backend, tmp_path).clean
    assert held(backend) == DONE
