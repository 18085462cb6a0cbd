"""The journal as a file: what is written is there after any crash, and reads back as what it was."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply import Ended, Item, Order, Result, Results
from reconciler.apply.documents import (
    order_document,
    pack_items,
    pack_message,
    read_order,
    unpack_items,
    unpack_message,
)
from reconciler.apply.results import finished
from reconciler.errors import JournalFailed, Message
from reconciler.grid import OperationKind, Outcome
from reconciler.journal import Begun, Journal, State
from reconciler.rights import Reason


def order(number: int = 0, **changes) -> Order:
    fields = {
        "kind": OperationKind.GIVE_ACCESS,
        "consultants": (f"k{number}",),
        "clients": ("1", "2"),
        "programs": ("payroll",),
        "revision": "17",
        "run": "r1",
    }
    return Order(**(fields | changes))


def begun(key: str = "r1", **changes: str) -> Begun:
    fields = {
        "bureau": "b", "backend": "embedded b.db", "operator": "op", "who": "anna@home", "source": None,
        "digest": "sha256:00", "plan": b'{"a plan"}',
    }  # fmt: skip
    return Begun(key, **(fields | changes))


def start(orders: int = 3, run: str = "r1") -> Results:
    return Results(run, tuple(Result(i, order(i, run=run), Ended.NOT_SENT) for i in range(orders)))


def items(what: Order, outcome: Outcome = Outcome.DONE, reason=None) -> tuple[Item, ...]:
    return tuple(
        Item(k, c, True, what.programs, outcome, reason) for k in what.consultants for c in what.clients
    )


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "state" / "journal.db"


def test_a_new_journal_is_for_its_owner_only(path):
    with Journal(path) as journal:
        journal.begin(begun(), start())
        for file in path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_run_is_there_before_anything_is_sent(path):
    with Journal(path) as journal:
        journal.begin(begun(), start())
        # another process sees it at once
        with Journal(path) as other:
            (run,) = other.open_runs("b", "embedded b.db")
            assert (run.key, run.state, run.ended, run.attempts) == ("r1", State.OPEN, None, 1)
            assert run.orders == {Ended.NOT_SENT: 3}
            assert other.results("r1") == start()
            assert other.plan("r1") == b'{"a plan"}'


def test_every_step_of_an_order_is_on_the_disk_when_it_is_said(path):
    with Journal(path) as journal, Journal(path) as reader:
        writer = journal.begin(begun(), start())
        writer.sending(1)
        assert [r.ended for r in reader.results("r1").results] == [
            Ended.NOT_SENT, Ended.UNANSWERED, Ended.NOT_SENT,
        ]  # fmt: skip
        writer.accepted(1, "job-1")
        assert reader.results("r1").results[1] == Result(1, order(1), Ended.UNFINISHED, "job-1")
        done = finished(1, order(1), "job-1", items(order(1)))
        writer.ended(1, done)
        assert reader.results("r1").results[1] == done


@pytest.mark.parametrize(
    "result",
    [
        Result(0, order(), Ended.REJECTED, problem=Message("{place} said {n}", place="there", n=3)),
        Result(0, order(), Ended.UNANSWERED, problem=Message("no {why}", why=Message("“{x}”", x="y"))),
        Result(0, order(), Ended.UNFINISHED, "job", problem=Message.count("{n} a", "{n} b", 2, z="å")),
        Result(0, order(), Ended.NOT_SENT),
        finished(0, order(), "job", items(order(), Outcome.REFUSED, Reason.NEEDS_SYSTEM_ADMINISTRATOR)),
        finished(0, order(), "job", items(order(), Outcome.FAILED, "a-reason-of-tomorrow")),
        finished(0, order(), "job", items(order())[:1]),
        finished(0, order(), "job", (*items(order()), Item("x", "9", False, ("p",), Outcome.DONE, None))),
    ],
)
def test_what_became_of_an_order_reads_back_as_it_was(path, result):
    with Journal(path) as journal:
        writer = journal.begin(begun(), start(1))
        writer.sending(0)
        writer.ended(0, result)
    with Journal(path) as journal:
        assert journal.results("r1").results == (result,)


def test_a_run_that_is_gone_on_with_counts_its_attempts(path):
    with Journal(path) as journal:
        writer = journal.begin(begun(), start(1))
        writer.close(final=False)
        (run,) = journal.runs()
        assert run.state is State.OPEN
        assert run.ended is not None
        again = journal.go_on("r1")
        (run,) = journal.runs()
        assert (run.attempts, run.ended) == (2, None)
        again.close(final=True)
        (run,) = journal.runs()
        assert run.state is State.FINISHED
        assert journal.open_runs("b", "embedded b.db") == []


def test_a_later_run_supersedes_what_the_same_operator_left_open(path):
    with Journal(path) as journal:
        for key, changes in {
            "r1": {}, "r2": {"operator": "other"}, "r3": {"bureau": "c"}, "r4": {"backend": "elsewhere"}, "r5": {},
        }.items():  # fmt: skip
            journal.begin(begun(key, **changes), start(1, key))
        states = {run.key: run.state for run in journal.runs()}
        assert states.pop("r1") is State.SUPERSEDED
        assert set(states.values()) == {State.OPEN}
        assert [run.key for run in journal.open_runs("b", "embedded b.db")] == ["r5", "r2"]


def test_a_key_is_used_once(path):
    with Journal(path) as journal:
        journal.begin(begun(), start(1))
        with pytest.raises(JournalFailed):
            journal.begin(begun(), start(1))
        assert journal.find("r1").state is State.OPEN
        assert journal.find("r2") is None


def test_old_runs_can_be_forgotten_and_open_ones_cannot(path):
    with Journal(path) as journal:
        for key, operator in (("r1", "op"), ("r2", "two"), ("r3", "op"), ("r4", "op"), ("r5", "op")):
            writer = journal.begin(begun(key, operator=operator), start(1, key))
            if key != "r2":
                writer.close(final=True)
        assert journal.prune(2) == 2
        assert [run.key for run in journal.runs()] == ["r5", "r4", "r2"]
        assert len(journal.results("r2").results) == 1
        assert journal.prune(2) == 0
    with contextlib.closing(sqlite3.connect(path)) as db:
        for table in ("orders", "progress"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 3


def directory(path: Path) -> None:
    path.mkdir(parents=True)


def no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)


def another(path: Path) -> None:
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE mine (x)")


def newer(path: Path) -> None:
    with Journal(path):
        pass
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def below_a_file(path: Path) -> None:
    path.parent.write_text("")


@pytest.mark.parametrize("trouble", [directory, no_database, another, newer, below_a_file])
def test_what_is_no_journal_is_refused_and_left_as_it_is(path, trouble):
    trouble(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(JournalFailed) as caught:
        Journal(path)
    assert str(path) in str(caught.value)
    assert "RECONCILER_STATE_DIR" in str(caught.value.hint)
    if before is not None:
        assert path.read_bytes() == before


@pytest.mark.parametrize("pragma", ["query_only = ON", "max_page_count = 1"])
def test_what_cannot_be_written_is_said(path, pragma):
    """Read-only, and full, by SQLite's own word."""
    with Journal(path) as journal:
        writer = journal.begin(begun(), start(1))
        journal._db.execute(f"PRAGMA {pragma}")
        many = Result(0, order(clients=tuple(str(n) for n in range(9999))), Ended.FINISHED, "j")
        with pytest.raises(JournalFailed) as caught:
            writer.ended(0, finished(0, many.order, "j", items(many.order)))
        assert str(path) in str(caught.value)
    with Journal(path) as journal:
        assert journal.results("r1") == start(1)


def test_two_processes_write_in_turn(path):
    with Journal(path) as one, Journal(path) as two:
        first, second = one.begin(begun(), start(50)), two.begin(begun("r2", bureau="c"), start(50, "r2"))
        for place in range(50):
            first.sending(place)
            second.sending(place)
        for key in ("r1", "r2"):
            assert {r.ended for r in one.results(key).results} == {Ended.UNANSWERED}


names = st.text(min_size=1, max_size=5)
orders = st.builds(
    Order,
    st.sampled_from(OperationKind),
    st.lists(names, min_size=1, max_size=3).map(tuple),
    st.lists(names, min_size=1, max_size=3).map(tuple),
    st.lists(names, max_size=3).map(tuple),
    names,
    names,
    st.booleans(),
)
told = st.builds(
    Item,
    names,
    names,
    st.booleans(),
    st.lists(names, max_size=3).map(tuple),
    st.sampled_from(Outcome),
    st.one_of(st.none(), st.sampled_from(Reason), names.filter(lambda name: name not in set(Reason))),
)
values = st.one_of(names, st.integers(-(2**53) + 1, 2**53 - 1))
messages = st.one_of(
    st.builds(lambda v, w: Message("{v} {w}", v=v, w=w), values, values),
    st.builds(lambda n, v: Message.count("{n} {v}", "{n} {v}s", n, v=v), st.integers(), values),
)


@given(orders, st.lists(told, max_size=5), st.one_of(messages, messages.map(lambda m: Message("a {m}", m=m))))
def test_orders_items_and_messages_read_back_as_they_were(one, many, message):
    assert read_order(order_document(one)) == one
    assert unpack_items(pack_items(many)) == tuple(many)
    assert unpack_message(pack_message(message)) == message


def test_it_can_be_made_by_two_at_once():
    """Two processes that both find no journal make one, once."""
    from concurrent.futures import ThreadPoolExecutor

    def make(path: Path) -> int:
        with Journal(path) as journal:
            return len(journal.runs())

    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(8) as pool:
            assert list(pool.map(make, [Path(folder) / "j.db"] * 8)) == [0] * 8


NESTED = {"text": "“{x}”", "many": "", "number": 0, "values": {"x": "y{"}}


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (
            {"text": "no {why}", "many": "", "number": 0, "values": {"why": NESTED}},
            Message("no {why}", why=Message("“{x}”", x="y{")),
        ),
        (
            {"text": "{n} a", "many": "{n} b", "number": 2, "values": {"n": 2, "z": "å"}},
            Message.count("{n} a", "{n} b", 2, z="å"),
        ),
    ],
)
def test_a_message_of_an_earlier_journal_reads_back(stored, message):
    assert unpack_message(json.dumps(stored)) == message
    assert json.loads(pack_message(message)) == stored
