"""A clock that is wrong, or goes back, changes what is told of times, and nothing else."""

from __future__ import annotations

import datetime as dt
import json

import httpx
import pytest

from reconciler.backends import api
from reconciler.flow import audited, world
from reconciler.journal import book
from tests.commands.conftest import DAY
from tests.commands.several import team as team  # noqa: PLC0414 - a fixture
from tests.commands.test_audited import entries
from tests.commands.test_resume import cut_off as cut_off  # noqa: PLC0414 - a fixture
from tests.commands.test_stopping import served as served  # noqa: PLC0414 - a fixture

PART = (*DAY, "--client", "1042", "--client", "1055")


@pytest.fixture
def backwards(monkeypatch):
    """Each time that the clock is read, it is a day earlier."""

    class Backwards(dt.datetime):
        left = 0

        @classmethod
        def now(cls, tz=None):
            Backwards.left += 1
            return dt.datetime.now(tz) - dt.timedelta(days=Backwards.left)

    monkeypatch.setattr(audited, "datetime", Backwards)
    monkeypatch.setattr(book, "datetime", Backwards)


def test_an_audit_log_whose_times_go_back_is_whole_and_told_in_its_order(reconciler, example, backwards):
    for client in ("1042", "1055"):
        assert reconciler("apply", "--yes", *DAY, "--client", client).code in (0, 3)
    times = [entry["at"] for entry in entries(example)]
    assert len(set(times)) > 4
    assert times == sorted(times, reverse=True)
    assert reconciler("audit", "verify").code == 0
    told = json.loads(reconciler("audit", "show", "--format", "json").out)
    clients = [client for part in told["results"] for client in part["clients"]]
    assert list(dict.fromkeys(clients)) == ["1042", "1055"]


def test_runs_are_in_the_order_in_which_they_were_begun(reconciler, example, backwards):
    for client in ("1042", "1055"):
        assert reconciler("apply", "--yes", *DAY, "--client", client).code in (0, 3)
    runs = json.loads(reconciler("runs", "--format", "json").out)["runs"]
    assert [run["state"] for run in runs] == ["finished", "finished"]
    assert runs[0]["begun"] < runs[1]["begun"]  # the newest stands first, whatever the clock said
    assert reconciler("runs", "prune", "--keep", "1").code == 0
    assert [run["run"] for run in json.loads(reconciler("runs", "--format", "json").out)["runs"]] == [
        runs[0]["run"]
    ]


def test_a_run_is_gone_on_with_before_it_was_begun(reconciler, example, cut_off, backwards):
    cut_off(1, *PART, "--yes", "--format", "json")
    ran = reconciler("apply", "--resume", "--yes", "--format", "json")
    assert ran.code == 3
    assert {one["ended"] for one in json.loads(ran.out)["operations"]} == {"finished"}
    assert reconciler("audit", "verify").code == 0


def test_a_drift_of_a_day_that_comes_again_is_looked_for_again(reconciler, example, monkeypatch):
    """What was in sync on a day says nothing of the day before, whichever of them was looked at first."""
    for path in (example / "policies").glob("*.yaml"):
        path.unlink()
    (example / "policies" / "access.yaml").write_text(
        "bureau: exempelbyran\n"
        'manage: {consultants: bertil.ek@exempelbyran.example, clients: ["1060"]}\n'
        'access: {cover: {who: bertil.ek@exempelbyran.example, clients: ["1060"], programs: [payroll],'
        " from: 2026-11-25, reason: cover}}\n"
    )
    found = []
    for day in (24, 25, 24, 25):
        monkeypatch.setattr(world, "day_in", lambda _zone, day=day: dt.date(2026, 11, day))
        found.append(reconciler("drift").code)
    assert found == [0, 2, 0, 2]


def at_the_bureau(monkeypatch, off: dt.timedelta) -> None:
    """Have every answer say that it was sent so much later than it was."""
    monkeypatch.setattr(api, "_sent", lambda _response: dt.datetime.now(dt.UTC) + off)


COMMANDS = ["plan", "drift", "apply --yes", "plan --as all", "apply --as all --yes"]


@pytest.mark.parametrize("days", [-400, -2, 2, 400])
@pytest.mark.parametrize("command", COMMANDS)
def test_where_it_is_another_day_at_the_bureau_nothing_is_planned(
    reconciler, team, monkeypatch, command, days
):
    team("ingrid")
    at_the_bureau(monkeypatch, dt.timedelta(days=days))
    ran = reconciler(*command.split())
    assert (ran.code, ran.out) == (1, "")
    assert "by this machine's clock, and 20" in ran.err
    assert "name the day with --as-of" in ran.err
    assert json.loads(reconciler("runs", "--format", "json").out)["runs"] == []
    assert reconciler(*command.split(), *DAY).code in (0, 2, 3)


@pytest.mark.parametrize("minutes", [-59, 0, 59])
def test_clocks_that_are_a_little_apart_are_borne_with_even_at_midnight(
    reconciler, example, monkeypatch, minutes
):
    at_the_bureau(monkeypatch, dt.timedelta(minutes=minutes))
    assert reconciler("plan").code == 0


def test_what_a_server_says_of_its_clock_is_read(reconciler, example, served, monkeypatch):
    seen = []
    whole = api._sent
    monkeypatch.setattr(api, "_sent", lambda response: seen.append(whole(response)) or seen[-1])
    assert reconciler("plan", "--url", served).code == 0
    assert all(abs(at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5) for at in seen)
    assert seen


@pytest.mark.parametrize(
    "date", [None, "", "noon", "Tue, 24 Nov 2026 10:00:00 -0000", "Tue, 99 Nov 2026 10:00:00 GMT"]
)
def test_a_server_that_does_not_tell_its_time_is_not_asked_for_it(date):
    assert api._sent(httpx.Response(200, headers={"date": date} if date is not None else {})) is None
