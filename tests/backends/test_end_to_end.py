"""Both backends against the real server: the same state, the same results."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from reconciler.apply.protocol import Item, Job, JobState, Order
from reconciler.backends import Backend, BackendConfig, open_backend
from reconciler.bureau.settings import RateLimit, Settings
from reconciler.errors import BackendError, LeaseHeld, LeaseLost, Unauthorised
from reconciler.grid import OperationKind, Outcome
from reconciler.rights import Reason, allows_access
from tests.backends.bureaus import make_bureau, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.plan.current import Current

FAST = {"backoff": "0.001", "max-wait": "0.01", "poll": "0.01"}


@contextmanager
def opened(kind: str, path: Path, token: str) -> Iterator[Backend]:
    if kind == "embedded":
        with open_backend(BackendConfig("embedded", {"database": str(path)}, token)) as backend:
            yield backend
        return
    with (
        served(path) as url,
        open_backend(BackendConfig("http", {"url": url, **FAST}, token)) as backend,
    ):
        yield backend


@pytest.fixture(params=["embedded", "http"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


def give(revision: str, *programs: str, clients: tuple[str, ...] = ("1042", "1043")) -> Order:
    return Order(
        OperationKind.GIVE_ACCESS, ("anna@b.example", "bo@b.example"), clients, programs, revision, "run-1"
    )


def finish(backend: Backend, job: Job) -> list[Item]:
    done = backend.job(job.key, 20)
    assert (done.state, done.finished) == (JobState.DONE, done.pairs)
    return sorted(backend.results(job.key), key=str)


def plain(current: Current) -> object:
    """A state as values that can be compared."""
    register = current.register
    pairs = [
        (register.consultants.names[u], register.clients.names[c], mask)
        for u, c, mask in current.access.rows()
    ]
    rights = [
        (op.key, op.rights.system.tolist(), op.rights.programs.tolist())
        for op in (current.operator, *(current.others or ()))
    ]
    return (
        register.bureau,
        register.timezone,
        register.programs,
        register.consultants.names,
        register.consultants.labels,
        register.consultants.active.tolist(),
        {team: ids.tolist() for team, ids in register.consultants.leads.items()},
        register.clients.names,
        register.clients.labels,
        register.clients.connected.tolist(),
        {tag: ids.tolist() for tag, ids in register.clients.tags.items()},
        pairs,
        current.revision,
        rights,
    )


def test_an_order_becomes_a_job_with_results_and_a_notification(kind: str, tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    with opened(kind, tmp_path / "b.sqlite", token) as backend:
        before = backend.current()
        assert (len(before.access), before.revision) == (0, backend.revision())
        order = give(before.revision, "payroll")
        job = backend.submit(order, "key-1")
        assert backend.submit(order, "key-1").key == job.key
        items = finish(backend, job)
        assert {item.outcome for item in items} == {Outcome.DONE}
        assert len(items) == job.pairs == 4
        after = backend.current()
        assert after.access.cells == len(after.access) == 4
        assert after.revision != before.revision
        (notification,) = backend.notifications()
        assert (notification.job, notification.kind, notification.read) == (job.key, order.kind, False)
        assert sum(notification.outcomes.values()) == notification.outcomes[Outcome.DONE]
        assert notification.created.startswith("20")
        backend.mark_read([notification.key])
        backend.mark_read([notification.key])
        assert backend.notifications()[0].read


def test_notifications_are_marked_as_read_together(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.backends.remote._MOST_READ", 2)
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    with opened(kind, tmp_path / "b.sqlite", token) as backend:
        for key in ("k1", "k2", "k3"):
            finish(backend, backend.submit(give(backend.revision(), "payroll"), key))
        backend.mark_read([])
        assert [one.read for one in backend.notifications()] == [False] * 3
        backend.mark_read([one.key for one in backend.notifications()])
        assert [one.read for one in backend.notifications()] == [True] * 3


def test_what_the_operator_may_not_do_is_refused_with_the_reason(kind: str, tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["some"]
    with opened(kind, tmp_path / "b.sqlite", token) as backend:
        current = backend.current()
        assert current.others is None
        assert current.operator.rights.system.tolist() == [False, True, False]
        items = finish(backend, backend.submit(give(current.revision, "payroll"), "k"))
        refused = {item.client for item in items if item.outcome is Outcome.REFUSED}
        assert refused == {"1042"}
        assert {item.reason for item in items if item.outcome is Outcome.REFUSED} == {
            Reason.NEEDS_SYSTEM_ADMINISTRATOR
        }


def test_both_backends_tell_the_same_state(tmp_path: Path) -> None:
    path = tmp_path / "b.sqlite"
    token = make_bureau(path)["anna"]
    with opened("embedded", path, token) as backend:
        finish(backend, backend.submit(give(backend.revision(), "payroll", "bookkeeping"), "k"))
        here = backend.current()
    with opened("http", path, token) as backend:
        there = backend.current()
    assert plain(here) == plain(there)
    assert here.access == there.access
    assert here.operator.consultant == "anna@b.example"
    assert [other.key for other in here.others or ()] == ["some"]
    assert allows_access(here.operator.rights, here.access.clients).all()


def test_a_rate_limit_is_waited_out(tmp_path: Path) -> None:
    path = tmp_path / "b.sqlite"
    token = make_bureau(path)["anna"]
    limited = Settings(rate_limit=RateLimit(4, 1))
    with served(path, limited) as url, open_backend(BackendConfig("http", {"url": url}, token)) as backend:
        assert len({backend.current().revision for _ in range(2)}) == 1


def test_a_wrong_token_is_refused(kind: str, tmp_path: Path) -> None:
    make_bureau(tmp_path / "b.sqlite")
    with opened(kind, tmp_path / "b.sqlite", "wrong") as backend, pytest.raises(Unauthorised, match="token"):
        backend.current()


def test_a_key_used_for_something_else_is_an_error_with_its_code(kind: str, tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    with opened(kind, tmp_path / "b.sqlite", token) as backend:
        revision = backend.revision()
        backend.submit(give(revision, "payroll"), "k")
        with pytest.raises(BackendError) as caught:
            backend.submit(give(revision, "bookkeeping"), "k")
        assert caught.value.message.values["code"] == "idempotency-key-reused"


def test_an_unknown_job_is_an_error(kind: str, tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    with (
        opened(kind, tmp_path / "b.sqlite", token) as backend,
        pytest.raises(BackendError, match="not-found"),
    ):
        backend.job("a/b?c", 0)


def test_closing_twice_is_closing_once(kind: str, tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    with opened(kind, tmp_path / "b.sqlite", token) as backend:
        backend.close()


def test_a_lease_is_taken_renewed_and_released(kind: str, tmp_path: Path) -> None:
    tokens = make_bureau(tmp_path / "b.sqlite")
    with opened(kind, tmp_path / "b.sqlite", tokens["anna"]) as backend:
        assert backend.lease() is None
        first = backend.take_lease("r.1~", "anna at home", 100)
        assert first == backend.lease() == backend.take_lease("r.1~", "anna at home", 100)
        assert (first.key, first.holder, first.seconds) == ("r.1~", "anna at home", 100)
        assert backend.renew_lease("r.1~") == first
        with pytest.raises(LeaseHeld, match="anna at home"):
            backend.take_lease("r2", "bo", 100)
        for _ in range(2):
            backend.release_lease("r.1~")
        assert backend.lease() is None
        with pytest.raises(LeaseLost):
            backend.renew_lease("r.1~")


def test_what_is_sent_under_a_lost_lease_is_not_taken(kind: str, tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    with opened(kind, tmp_path / "b.sqlite", token) as backend:
        backend.take_lease("r1", "anna", 100)
        job = backend.submit(give(backend.revision(), "payroll"), "k1", "r1")
        finish(backend, job)
        backend.release_lease("r1")
        backend.take_lease("r2", "bo", 100)
        with pytest.raises(LeaseLost, match="bo"):
            backend.submit(give(backend.revision(), "payroll"), "k2", "r1")
        assert len(backend.notifications()) == 1


def test_the_bureau_tells_its_key(kind: str, tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    with opened(kind, tmp_path / "b.sqlite", token) as backend:
        assert backend.bureau() == backend.current().register.bureau == "b"
