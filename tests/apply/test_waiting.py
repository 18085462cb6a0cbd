"""Orders that wait for others: sent once those have done all that they ask, and not at all where they have not."""

from __future__ import annotations

import pytest

from reconciler.apply import Ended, Item, Jobs, JobState, Order, Pace, Result, Results, carry_out
from reconciler.errors import Message, Rejected, Unreachable
from reconciler.grid import OperationKind, Outcome
from tests.apply.test_run import Bureau as OneClass

PACE = Pace(width=4, patience=0.0, job_timeout=0.0, grace=0.0)


class Bureau(OneClass):
    """Does all that it is asked, removals too."""

    def results(self, key):
        told = self.trouble("results", key)
        return iter(done(self.orders[key]) if told is None else told)


def done(one: Order):
    access = one.kind is OperationKind.GIVE_ACCESS
    return [Item(one.consultants[0], "1", access, one.programs, Outcome.DONE, None)]


class Written:
    """A journal in memory."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, int]] = []

    def sending(self, place):
        self.lines.append(("sending", place))

    def accepted(self, place, job):
        self.lines.append(("accepted", place))

    def ended(self, place, result):
        self.lines.append((result.ended.value, place))


class Free:
    lease = None

    def keep(self):
        pass


def order(number, *, after=(), kind=OperationKind.GIVE_ACCESS):
    return Order(kind, (f"p{number}",), ("1",), ("a",), "1", "run-1", after=after)


def begun(*orders):
    return Results("run-1", tuple(Result(i, one, Ended.NOT_SENT) for i, one in enumerate(orders)))


def go(start: Results, bureau: Jobs):
    journal = Written()
    results = carry_out(start, bureau, journal, Free(), pace=PACE, progress=lambda *_: None)
    return [result.ended for result in results.results], journal.lines


def swap():
    """A removal, a grant that waits for it, and one that does not."""
    return begun(order(0, kind=OperationKind.REMOVE_PROGRAMS), order(1, after=(0,)), order(2))


def test_what_waits_is_sent_when_the_other_is_done_and_the_rest_at_once():
    ended, lines = go(swap(), Bureau())
    assert ended == [Ended.FINISHED] * 3
    assert lines.index(("sending", 2)) < lines.index(("finished", 0)) < lines.index(("sending", 1))


def refused(one: Order):
    return [Item(one.consultants[0], "1", False, one.programs, Outcome.REFUSED, None)]


def nothing(_: Order):
    return []


@pytest.mark.parametrize("answer", [refused, nothing])
def test_what_waits_is_not_sent_where_the_other_was_not_done(answer):
    bureau = Bureau()
    bureau.trouble = lambda step, key: (
        answer(bureau.orders[key]) if step == "results" and key == "job-0" else None
    )
    ended, lines = go(swap(), bureau)
    assert ended == [Ended.FINISHED, Ended.WITHHELD, Ended.FINISHED]
    assert ("sending", 1) not in lines
    assert ("withheld", 1) in lines


def test_what_waits_is_not_sent_where_the_backend_did_not_take_the_other():
    def trouble(step, key):
        if step == "submit" and key == "job-0" and not bureau.orders:
            bureau.orders["none"] = None
            raise Rejected(Message("no"))

    bureau = Bureau(trouble)
    assert go(swap(), bureau)[0] == [Ended.REJECTED, Ended.WITHHELD, Ended.FINISHED]


def test_what_waits_may_still_be_sent_later_where_the_other_may_still_be_done():
    running = Bureau(lambda step, key: JobState.RUNNING if (step, key) == ("job", "job-0") else None)
    ended, lines = go(swap(), running)
    assert ended == [Ended.UNFINISHED, Ended.NOT_SENT, Ended.FINISHED]
    assert ("sending", 1) not in lines


def test_what_waits_is_not_sent_where_the_backend_is_gone():
    def gone(step, _key):
        if step == "submit":
            raise Unreachable(Message("gone"))

    assert go(swap(), Bureau(gone))[0] == [Ended.UNANSWERED, Ended.NOT_SENT, Ended.NOT_SENT]


@pytest.mark.parametrize(
    ("outcome", "expected"), [(Outcome.DONE, Ended.FINISHED), (Outcome.FAILED, Ended.WITHHELD)]
)
def test_a_run_that_goes_on_knows_what_became_of_the_other(outcome, expected):
    first, *rest = swap().results
    told = Item("p0", "1", False, ("a",), outcome, None)
    start = Results("run-1", (Result(0, first.order, Ended.FINISHED, "job-0", (told,)), *rest))
    assert go(start, Bureau())[0] == [Ended.FINISHED, expected, Ended.FINISHED]


def test_what_waits_for_what_waits_is_withheld_with_it():
    chain = begun(order(0), order(1, after=(0,)), order(2, after=(1,)), order(3, after=(0, 2)))
    bureau = Bureau()
    bureau.trouble = lambda step, _: refused(bureau.orders["job-0"]) if step == "results" else None
    assert go(chain, bureau)[0] == [Ended.FINISHED, *[Ended.WITHHELD] * 3]
    assert go(chain, Bureau())[0] == [Ended.FINISHED] * 4
