"""When the server itself fails: a problem without details, and jobs that go on when the cause is gone."""

from __future__ import annotations

import logging
import sqlite3
import threading

import pytest

from reconciler.bureau.store import Store
from tests.bureau.world import make_bureau, served


def test_a_failure_tells_nothing_about_the_inside(store: Store, caplog: pytest.LogCaptureFixture):
    token = make_bureau(store)
    with store.write() as db:
        db.execute("UPDATE program SET labels = 'no JSON'")
    with served(store, token) as api:
        response = api.get("/v1/bureau")
        assert (response.status_code, response.json()["code"]) == (500, "internal-error")
        assert "JSON" not in response.text
    assert "Traceback" in caplog.text


def test_a_database_that_is_busy_is_a_passing_problem(store: Store, caplog: pytest.LogCaptureFixture):
    token = make_bureau(store)
    with served(store, token) as api, sqlite3.connect(store.path, isolation_level=None) as other:
        with store.read() as db:
            db.execute("PRAGMA busy_timeout = 50")  # the connection that the server gets next
        other.execute("BEGIN IMMEDIATE")
        response = api.send("POST", "/v1/notifications/x/read")
        other.execute("ROLLBACK")
        assert (response.status_code, response.json()["code"]) == (503, "unavailable")
        assert response.headers["Retry-After"] == "5"
    other.close()
    assert "database is locked" in caplog.text


def test_a_chunk_that_fails_is_done_when_the_cause_is_gone(store: Store, caplog: pytest.LogCaptureFixture):
    token = make_bureau(store)
    failed = threading.Event()

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            failed.set()

    logging.getLogger("reconciler.bureau.worker").addHandler(heard := Heard())
    with store.write() as db:
        db.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON result BEGIN SELECT raise(ABORT, 'disk on fire'); END"
        )
    with served(store, token) as api:
        response = api.post({"operation": "give-access", "consultants": ["anna"], "clients": ["1"]})
        assert failed.wait(10)
        assert api.access() == {}
        with store.write() as db:
            db.execute("DROP TRIGGER broken")
        assert api.get(response.headers["Location"], Prefer="wait=20").json()["outcomes"]["done"] == 1
        assert api.access() == {("anna", "1"): []}
    logging.getLogger("reconciler.bureau.worker").removeHandler(heard)
    assert "disk on fire" in caplog.text
