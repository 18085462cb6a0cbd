"""The history through the API: as it was done, and None where a backend does not tell."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from reconciler.apply import Order
from reconciler.backends import BackendConfig, open_backend
from reconciler.errors import BackendError
from reconciler.grid import OperationKind
from reconciler.plan.history import Deed, Doer, HistoryQuery
from tests.backends.bureaus import make_bureau, served
from tests.backends.faults import Faulty, backend, status

ROW = {
    "at": "2026-01-31T12:00:00.000Z",
    "consultant": "u1",
    "client": "1000",
    "change": "given",
    "access": True,
    "programs": ["p"],
    "through": "operation",
    "by": {"operator": {"id": "karin", "name": "Karin"}, "job": "j", "run": None},
}
DEED = Deed(ROW["at"], "u1", "1000", True, True, ("p",), outside=False, by=Doer("karin", "Karin", "j", None))


@pytest.mark.parametrize("kind", ["embedded", "http"])
def test_what_was_done_and_by_whom(tmp_path, kind):
    path = tmp_path / "b.db"
    tokens = make_bureau(path)
    settings = {"database": str(path)}
    with served(path) as url:
        where = BackendConfig(kind, settings if kind == "embedded" else {"url": url}, tokens["anna"])
        with open_backend(where) as it:
            assert it.history(HistoryQuery()) == ()
            order = Order(
                OperationKind.GIVE_ACCESS,
                ("bo@b.example",),
                ("1042", "1043"),
                ("payroll",),
                it.revision(),
                "r1",
            )
            job = it.submit(order, "k1").key
            it.job(job, 30)
            found = it.history(HistoryQuery())
            assert found is not None
            one = Deed(
                "",
                "bo@b.example",
                "1042",
                True,
                True,
                ("payroll",),
                outside=False,
                by=Doer("anna", "Anna", job, "r1"),
            )
            assert sorted((replace(deed, at="") for deed in found), key=lambda deed: deed.client) == [
                one,
                replace(one, client="1043"),
            ]
            assert it.history(HistoryQuery(clients=("1043",))) == tuple(
                deed for deed in found if deed.client == "1043"
            )
            assert it.history(HistoryQuery(("anna@b.example",))) == ()
            assert it.history(HistoryQuery(since="2999-01-01T00:00:00Z")) == ()
        with open_backend(replace(where, token=tokens["some"])) as it:
            assert [deed.by for deed in it.history(HistoryQuery()) or ()] == [None, None]


@pytest.mark.parametrize("code", [404, 405, 501])
def test_a_backend_may_do_without(code: int):
    network = Faulty(faults=[("/v1/history/query", 99, status(code))])
    with backend(network) as it:
        assert it.history(HistoryQuery()) is None
    assert network.sent("/v1/history/query") == 1


def test_nobody_has_no_history_and_is_not_asked_for():
    network = Faulty()
    with backend(network) as it:
        assert it.history(HistoryQuery(consultants=())) == ()
        assert it.history(HistoryQuery(clients=())) == ()
    assert network.requests == []


def answering(*rows: object, total: int | None = None) -> Faulty:
    document = {"total": len(rows) if total is None else total, "items": list(rows)}
    return Faulty(faults=[("/v1/history/query", 99, lambda _request: httpx.Response(200, json=document))])


def test_a_row_is_read():
    with backend(answering(ROW, ROW | {"change": "removed", "through": "outside", "by": None})) as it:
        assert it.history(HistoryQuery()) == (DEED, replace(DEED, given=False, outside=True, by=None))


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        ({"change": "granted"}, "change should be one of given, removed"),
        ({"through": True}, "through should be text"),
        ({"at": "2026-01-31"}, "at should be a date and time"),
        ({"at": "2026-01-31T12:00:00"}, "at should be a date and time with a time zone"),
        ({"access": 1}, "access should be true or false"),
        ({"by": []}, "by should be an object"),
        ({"by": {"operator": {"id": "", "name": ""}, "job": "j"}}, "id should be text that is not empty"),
        ({"programs": [1]}, "programs should be a list of texts"),
    ],
)
def test_rows_that_are_not_as_the_contract_says(spoilt, message: str):
    with backend(answering(ROW | spoilt)) as it, pytest.raises(BackendError, match=message):
        it.history(HistoryQuery())


def test_a_history_that_is_cut_off_is_not_taken_for_the_truth():
    with backend(answering(ROW, total=2)) as it, pytest.raises(BackendError, match="should have 2 rows"):
        it.history(HistoryQuery())
