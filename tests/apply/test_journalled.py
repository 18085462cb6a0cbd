"""What a run writes into its journal and when, what stops it, and what it goes on from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply import Ended, JobState, carry_out, start
from reconciler.apply.orders import idempotency_key
from reconciler.errors import JournalFailed, LeaseLost, Message, Rejected, Unreachable
from tests.apply.test_run import QUICK, Bureau, plan_of

FULL = JournalFailed(Message("disk full"))


class Book:
    """A journal in memory; `trouble` may raise, by the step and how many steps there were before."""

    def __init__(self, trouble=None) -> None:
        self.trouble = trouble or (lambda step, count: None)
        self.steps = []
        self.results = {}

    def note(self, *step):
        self.trouble(step[0], len(self.steps))
        self.steps.append(step)

    def sending(self, place):
        self.note("sending", place)
        self.results[place] = (Ended.UNANSWERED, None)

    def accepted(self, place, job):
        self.note("accepted", place)
        self.results[place] = (Ended.UNFINISHED, job)

    def ended(self, place, result):
        self.note("ended", place)
        self.results[place] = (result.ended, result.job, result)

    def known(self, begun):
        """What a later attempt goes on from."""
        found = list(begun.results)
        for place, (ended, job, *whole) in self.results.items():
            found[place] = whole[0] if whole else replace(found[place], ended=ended, job=job)
        return replace(begun, results=tuple(found))


class Hold:
    lease = "r1"

    def __init__(self, lasts=10**9) -> None:
        self.left = lasts

    def keep(self):
        self.left -= 1
        if self.left < 0:
            raise LeaseLost(Message("bo has it"))


class Keyed(Bureau):
    """Knows its jobs by their keys, as the contract says, and how often each order took effect."""

    def __init__(self, trouble=None) -> None:
        super().__init__(trouble)
        self.known = {}
        self.effects = []

    def submit(self, order, idempotency_key, lease=None):
        self.trouble("before", idempotency_key)
        if idempotency_key not in self.known:
            self.known[idempotency_key] = super().submit(order, idempotency_key)
            self.effects.append(order)
        self.trouble("after", idempotency_key)
        return self.known[idempotency_key]


def go(begun, bureau, book=None, hold=None, pace=QUICK):
    return carry_out(
        begun, bureau, book or Book(), hold or Hold(), pace=pace, progress=lambda result, done, total: None
    )


def ended(results):
    return [result.ended for result in results.results]


def test_each_order_is_journalled_before_it_is_sent_and_after_each_answer():
    book, log = Book(), []
    book.note = lambda step, place: log.append((step, place))
    bureau = Bureau(lambda step, key: log.append((step, int(key.removeprefix("job-")))))
    assert go(start(plan_of(2), "r1"), bureau, book).clean
    for place in (0, 1):
        assert [step for step, at in log if at == place] == [
            "sending", "submit", "accepted", "job", "results", "ended",
        ]  # fmt: skip


def test_the_orders_carry_the_lease():
    seen = []

    class Leased(Bureau):
        def submit(self, order, idempotency_key, lease=None):
            seen.append(lease)
            return super().submit(order, idempotency_key, lease)

    go(start(plan_of(2), "r1"), Leased())
    assert seen == ["r1", "r1"]


@pytest.mark.parametrize("count", range(13))
def test_a_journal_that_cannot_be_written_stops_before_anything_more_is_sent(count):
    sent_at_failure = []
    bureau = Bureau()

    def full(step, steps):
        if steps == count:
            sent_at_failure.append(len(bureau.keys))
            raise FULL

    book = Book(full)
    results = go(start(plan_of(4), "r1"), bureau, book)
    if count < 12:
        assert results.stopped == FULL.message
        assert [len(bureau.keys)] == sent_at_failure
        assert len(sent_at_failure) == 1  # it is not tried again
    else:
        assert results.stopped is None
    # what was sent is followed to its end, and told as it is
    assert ended(results) == [Ended.FINISHED] * len(bureau.keys) + [Ended.NOT_SENT] * (4 - len(bureau.keys))
    assert results.clean is (len(bureau.keys) == 4)


@pytest.mark.parametrize("lasts", range(12))
def test_a_lease_that_is_lost_stops_before_anything_more_is_sent(lasts):
    bureau, hold = Bureau(), Hold(lasts)
    results = go(start(plan_of(4), "r1"), bureau, hold=hold)
    sent = len(bureau.keys)
    assert ended(results) == [Ended.FINISHED] * sent + [Ended.NOT_SENT] * (4 - sent)
    assert sent == 4 or str(results.stopped) == "bo has it"


def test_an_order_that_is_refused_for_its_lease_was_not_sent_and_can_be_later():
    def refuses(step, key):
        if (step, key) == ("before", "r1-1"):
            raise LeaseLost(Message("bo has it"))

    begun, bureau, book = start(plan_of(4), "r1"), Keyed(refuses), Book()
    results = go(begun, bureau, book)
    assert ended(results) == [Ended.FINISHED, *[Ended.NOT_SENT] * 3]
    assert str(results.stopped) == "bo has it"
    assert not results.final
    bureau.trouble = lambda step, key: None
    again = go(book.known(begun), bureau, book)
    assert ended(again) == [Ended.FINISHED] * 4
    assert again.final
    assert len(bureau.effects) == 4


def test_what_the_backend_refused_is_not_sent_again():
    def refuses(step, key):
        if step == "before":
            raise Rejected(Message("no"))

    begun, bureau, book = start(plan_of(2), "r1"), Keyed(refuses), Book()
    first = go(begun, bureau, book)
    assert ended(first) == [Ended.REJECTED] * 2
    bureau.trouble = lambda step, key: None
    assert go(book.known(begun), bureau, book) == first
    assert bureau.effects == []


def test_what_got_no_answer_is_sent_again_with_its_key_and_what_has_a_job_is_followed():
    gone = Unreachable(Message("gone"))

    def breaks(step, key):
        if (step, key) in {("after", "r1-1"), ("job", "job-0")}:
            raise gone

    begun, bureau, book = start(plan_of(4), "r1"), Keyed(breaks), Book()
    first = go(begun, bureau, book)
    assert ended(first) == [Ended.UNFINISHED, Ended.UNANSWERED, Ended.NOT_SENT, Ended.NOT_SENT]
    assert [r.problem for r in first.results[:2]] == [gone.message] * 2
    bureau.trouble = lambda step, key: None
    again = go(book.known(begun), bureau, book)
    assert ended(again) == [Ended.FINISHED] * 4
    assert again.clean
    assert [r.problem for r in again.results] == [None] * 4
    assert [order.consultants for order in bureau.effects] == [(f"p{i}",) for i in range(4)]


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


@given(st.lists(st.integers(0, 40), max_size=4), st.integers(1, 3), st.integers(0, 5))
def test_killed_at_any_step_and_gone_on_with_it_ends_as_if_it_had_not_been(kills, width, orders):
    """Steps are what the journal writes and what the backend is asked; a kill is before or after its effect."""
    plan = plan_of(orders) if orders else plan_of(1)
    begun = start(plan, "r1")
    bureau, book = Keyed(), Book()
    pace = replace(QUICK, width=width)

    def attempt(kill):
        left = [kill]

        def trouble(*_step):
            left[0] -= 1
            if left[0] < 0:
                raise Killed

        bureau.trouble = book.trouble = trouble if kill is not None else (lambda *_: None)
        try:
            return go(book.known(begun), bureau, book, pace=pace)
        except Killed:
            return None

    for kill in kills:
        attempt(kill)
    last = attempt(None)
    calm = go(begun, Keyed())
    assert ended(last) == ended(calm) == [Ended.FINISHED] * len(begun.results)
    assert [r.items for r in last.results] == [r.items for r in calm.results]
    # each order took effect once
    assert len(bureau.effects) == len(begun.results)
    assert set(bureau.known) == {idempotency_key("r1", place) for place in range(len(begun.results))}


def test_a_job_that_was_given_up_is_followed_again():
    def slow(step, key):
        return JobState.RUNNING if step == "job" else None

    begun, bureau, book = start(plan_of(2), "r1"), Keyed(slow), Book()
    assert ended(go(begun, bureau, book)) == [Ended.UNFINISHED] * 2
    bureau.trouble = lambda step, key: None
    assert go(book.known(begun), bureau, book).clean
    assert len(bureau.effects) == 2


def test_a_stop_by_hand_is_journalled_as_it_is():
    stopped = iter([True])

    def trouble(step, key):
        if (step, key) == ("after", "r1-1") and next(stopped, False):
            raise KeyboardInterrupt

    begun, bureau, book = start(plan_of(4), "r1"), Keyed(trouble), Book()
    first = go(begun, bureau, book)
    assert first.interrupted
    assert ended(first) == ended(book.known(begun)) == [
        Ended.FINISHED, Ended.UNANSWERED, Ended.NOT_SENT, Ended.NOT_SENT,
    ]  # fmt: skip
    assert go(book.known(begun), bureau, book).clean
    assert len(bureau.effects) == 4
