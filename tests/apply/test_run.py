"""Apply against a backend that is one class: what goes wrong with one job, and what becomes of the others."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

import reconciler.apply.orders as orders_module
from reconciler.apply import ACCESS, Ended, Item, Job, JobState, Pace, carry_out, start
from reconciler.errors import BackendError, Message, Rejected, Unauthorised, Unreachable
from reconciler.grid import OperationKind, Outcome
from reconciler.plan import build
from tests.support.worlds import access, current, desired, register

QUICK = Pace(width=2, patience=0.0, job_timeout=0.0, grace=0.05)


def plan_of(operations: int):
    """A plan of so many operations: each consultant gets programs of its own at one client."""
    programs = [f"a{i}" for i in range(operations)]
    reg = register([f"p{i}" for i in range(operations)], ["1"], programs)
    want = access(reg, *((f"p{i}", "1", f"a{i}") for i in range(operations)))
    plan = build(desired(reg, want), current(reg, access(reg)), dt.date(2026, 11, 24))
    assert len(plan.operations) == operations
    return plan


class Bureau:
    """Does at once what it is asked; `trouble` may raise or answer otherwise, by the step and the client's order."""

    def __init__(self, trouble=None) -> None:
        self.trouble = trouble or (lambda step, key: None)
        self.orders = {}
        self.keys = []
        self.running = 0
        self.most_running = 0

    def submit(self, order, idempotency_key, lease=None):
        self.keys.append(idempotency_key)
        key = f"job-{len(self.orders)}"
        self.trouble("submit", key)
        self.orders[key] = order
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        return Job(key, JobState.QUEUED, 1, 0)

    def job(self, key, patience):
        state = self.trouble("job", key) or JobState.DONE
        if state is JobState.DONE:
            self.running -= 1
        return Job(key, state, 1, 1)

    def results(self, key):
        told = self.trouble("results", key)
        return iter(items(self.orders[key]) if told is None else told)


def items(order):
    """What a bureau answers where all goes well."""
    return [
        Item(who, where, True, order.programs, Outcome.DONE, None)
        for who in order.consultants
        for where in order.clients
    ]


def go(plan, bureau, pace=QUICK):
    seen = []
    results = carry_out(
        start(plan, "run-1"),
        bureau,
        Nothing(),
        Nothing(),
        pace=pace,
        progress=lambda result, done, total: seen.append((done, total)),
    )
    return results, seen


class Nothing:
    """A journal that writes nothing down, and a hold that keeps nobody away."""

    lease = None

    def keep(self):
        pass

    def sending(self, place):
        pass

    def accepted(self, place, job):
        pass

    def ended(self, place, result):
        pass


def ended(results):
    return [result.ended for result in results.results]


def test_everything_is_sent_once_and_told_in_the_order_of_the_plan():
    plan, bureau = plan_of(5), Bureau()
    results, seen = go(plan, bureau)
    assert results.clean
    assert [r.operation for r in results.results] == [0, 1, 2, 3, 4]
    assert results.outcomes == {Outcome.DONE: 10}
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert len(set(bureau.keys)) == 5


def test_the_keys_of_a_run_are_the_same_when_it_is_run_again():
    plan, one, two = plan_of(3), Bureau(), Bureau()
    go(plan, one)
    go(plan, two)
    assert one.keys == two.keys


def test_only_a_few_jobs_run_at_once():
    bureau = Bureau()
    go(plan_of(7), bureau)
    assert bureau.most_running == QUICK.width


def raising(step, key, error):
    def trouble(at, which):
        if (at, which) == (step, key):
            raise error

    return trouble


@pytest.mark.parametrize(
    ("step", "kind", "expected"),
    [
        ("submit", Rejected, Ended.REJECTED),
        # nobody knows what became of an order that was answered with nonsense
        ("submit", BackendError, Ended.UNANSWERED),
        ("job", BackendError, Ended.UNFINISHED),
        ("results", BackendError, Ended.UNFINISHED),
    ],
)
def test_one_order_that_fails_never_stops_the_others(step, kind, expected):
    error = kind(Message("no"))
    # a rejected submit takes no job number, so the next one has the same
    fails = iter([True])

    def trouble(at, which):
        if (at, which) == (step, "job-1") and next(fails, False):
            raise error

    results, _ = go(plan_of(4), Bureau(trouble))
    assert ended(results) == [Ended.FINISHED, expected, Ended.FINISHED, Ended.FINISHED]
    assert results.results[1].problem == error.message
    assert not results.clean


@pytest.mark.parametrize(
    ("error", "expected"),
    [(Unreachable(Message("gone")), Ended.UNANSWERED), (Unauthorised(Message("who")), Ended.NOT_SENT)],
)
def test_a_backend_that_is_gone_gets_nothing_more(error, expected):
    bureau = Bureau(raising("submit", "job-1", error))
    results, _ = go(plan_of(4), bureau)
    assert ended(results) == [Ended.FINISHED, expected, Ended.NOT_SENT, Ended.NOT_SENT]
    assert len(bureau.keys) == 2


def test_a_job_that_never_ends_is_given_up_and_named():
    def trouble(at, which):
        return JobState.RUNNING if (at, which) == ("job", "job-0") else None

    results, _ = go(plan_of(3), Bureau(trouble))
    assert ended(results) == [Ended.UNFINISHED, Ended.FINISHED, Ended.FINISHED]
    assert results.results[0].job == "job-0"


def test_a_job_that_tells_of_other_items_than_asked_for():
    plan = plan_of(1)
    asked = Bureau()
    go(plan, asked)
    order = asked.orders["job-0"]
    stranger = Item("p0", "1", False, ("a7",), Outcome.DONE, None)

    def trouble(at, which):
        return (
            [Item("p0", "1", False, order.programs, Outcome.DONE, None), stranger]
            if at == "results"
            else None
        )

    (result,) = go(plan, Bureau(trouble))[0].results
    assert result.missing == (("p0", "1", ACCESS),)
    assert result.unexpected == (("p0", "1", "a7"),)
    assert not result.clean


def test_a_cell_told_twice_is_unexpected():
    plan = plan_of(1)

    def trouble(at, which):
        if at != "results":
            return None
        one = Item("p0", "1", True, ("a0",), Outcome.DONE, None)
        return [one, replace(one, access=False)]

    (result,) = go(plan, Bureau(trouble))[0].results
    assert result.unexpected == (("p0", "1", "a0"),)


def test_removing_access_may_tell_of_the_programs_that_went_with_it():
    reg = register(["p0"], ["1"], ["a0", "a1"])
    have = access(reg, ("p0", "1", "a0"), ("p0", "1", "a1"))
    plan = build(desired(reg, access(reg)), current(reg, have), dt.date(2026, 11, 24))

    def trouble(at, which):
        return [Item("p0", "1", True, ("a0", "a1"), Outcome.DONE, None)] if at == "results" else None

    bureau = Bureau(trouble)
    results, _ = go(plan, bureau)
    assert results.clean
    assert bureau.orders["job-0"].kind is OperationKind.REMOVE_ACCESS
    assert bureau.orders["job-0"].programs == ()


@pytest.mark.parametrize("step", ["submit", "job", "results"])
def test_an_interrupt_sends_nothing_more_and_reports_what_runs(step):
    stopped = iter([True])

    def trouble(at, which):
        if (at, which) == (step, "job-1") and next(stopped, False):
            raise KeyboardInterrupt

    bureau = Bureau(trouble)
    results, _ = go(plan_of(6), bureau)
    assert results.interrupted
    assert not results.clean
    sent = len(bureau.keys)
    assert sent < 6
    assert ended(results)[sent:] == [Ended.NOT_SENT] * (6 - sent)
    if step == "submit":
        # it may have arrived: nobody knows
        assert ended(results)[1] is Ended.UNANSWERED
    else:
        # what was running is followed to its end
        assert ended(results)[:sent] == [Ended.FINISHED] * sent


def test_a_second_interrupt_stops_following():
    def trouble(at, which):
        if at == "job":
            raise KeyboardInterrupt

    results, _ = go(plan_of(3), Bureau(trouble))
    assert results.interrupted
    assert ended(results) == [Ended.UNFINISHED, Ended.UNFINISHED, Ended.NOT_SENT]


def test_a_large_block_is_cut_into_orders_by_clients():
    clients = [f"{i:04}" for i in range(orders_module.PAIRS // 100 + 5)]
    people = [f"p{i:03}" for i in range(100)]
    reg = register(people, clients, ["a"])
    want = access(reg, *((p, c, "a") for p in people for c in clients))
    plan = build(desired(reg, want), current(reg, access(reg)), dt.date(2026, 11, 24))
    assert len(plan.operations) == 1
    cut = [order for _, order in orders_module.orders(plan, "run")]
    assert [len(order.consultants) * len(order.clients) for order in cut] == [orders_module.PAIRS, 500]
    assert [c for order in cut for c in order.clients] == clients
