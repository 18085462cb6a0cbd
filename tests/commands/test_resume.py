"""Runs on the command line: cut off and gone on with, kept apart, listed and shown."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import time
from pathlib import Path

import pytest

from reconciler.apply import Ended
from reconciler.bureau.csvload import load_csv
from reconciler.bureau.store import Store
from reconciler.journal import Journal
from tests.commands.conftest import COMMAND, DAY
from tests.commands.test_audited import entries
from tests.commands.test_commands import valid
from tests.commands.test_stopping import served as served  # noqa: PLC0414 - a fixture

PART = (*DAY, "--client", "1042", "--client", "1055")
ANSWERED = ("--yes", "--format", "json")


def journal_of(folder: Path) -> Journal:
    return Journal(folder / "state" / "journal.db")


def runs(reconciler) -> list[dict]:
    return valid(reconciler("runs", "--format", "json").out)["runs"]


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it, and what it leaves is what is on the disk."""


@pytest.fixture
def cut_off(reconciler, monkeypatch):
    """Apply, and be gone at the n-th request that may change something; `after` its effect or before."""
    from reconciler.exchange.bounded import BoundedTransport

    def call(number: int, *arguments: str, after: bool = True) -> None:
        exchange, left = BoundedTransport.handle_request, [number]

        def handle(transport, request):
            if request.url.path == "/v1/operations":
                left[0] -= 1
                if left[0] < 0 and not after:
                    raise Killed
            response = exchange(transport, request)
            if left[0] < 0:
                raise Killed
            return response

        with monkeypatch.context() as patch:
            patch.setattr(BoundedTransport, "handle_request", handle)
            with pytest.raises(Killed):
                reconciler("apply", *arguments)

    return call


def test_a_run_that_was_cut_off_is_gone_on_with_to_the_same_end(reconciler, example, cut_off, tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "bureau.db")) as db:
        db.execute("VACUUM INTO 'calm.db'")
    cut_off(2, *DAY, *ANSWERED)
    (before,) = runs(reconciler)
    assert before["state"] == "open"
    assert before["operations"]["unanswered"] == 1
    resumed = reconciler("apply", "--resume", *ANSWERED)
    assert resumed.code == 3
    assert "going on with run" in resumed.err
    calm = reconciler("apply", *DAY, *ANSWERED, "--database", "calm.db")
    one, two = valid(resumed.out), valid(calm.out)
    for document in (one, two):
        for operation in document["operations"]:
            operation["job"] = "a job"
        document["run"] = document["plan"]["revision"] = document["left"]["revision"] = "one"
    assert one == two
    after = runs(reconciler)
    assert [run["state"] for run in after] == ["finished", "finished"]
    assert after[1]["attempts"] == 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_wherever_it_is_cut_off_every_order_takes_effect_once(reconciler, example, cut_off, number, after):
    cut_off(number, *PART, *ANSWERED, after=after)
    resumed = valid(reconciler("apply", "--resume", *ANSWERED).out)
    assert {one["ended"] for one in resumed["operations"]} == {"finished"}
    assert resumed["outcomes"]["done"] == sum(one["cells"] for one in resumed["plan"]["operations"])
    with contextlib.closing(sqlite3.connect(example / "bureau.db")) as db:
        assert db.execute("SELECT count(*) FROM job").fetchone()[0] == len(resumed["operations"])


def test_as_text_it_prints_what_the_run_would_have_printed(reconciler, example, cut_off):
    cut_off(1, *PART, "--yes")
    text = reconciler("apply", "--resume").out
    assert text.startswith("Plan for Exempelbyrån on 2026-11-24")
    assert "Result: 8 done" in text
    assert text.count("Notification: ") == 3


def test_it_needs_no_flags_and_takes_no_others(reconciler, example, cut_off):
    cut_off(1, *PART, *ANSWERED)
    for other in (("--client", "1042"), ("--as-of", "2026-11-25"), ("--only", "grants"), ("--expect", "sha256:" + "0" * 64), ("plan.json",)):  # fmt: skip
        refused = reconciler("apply", *other, "--resume")
        assert refused.code == 64, other
    assert reconciler("apply", "--resume", *ANSWERED, *PART).code == 3


def test_what_moved_meanwhile_stops_it_before_anything_is_sent(reconciler, example, cut_off):
    cut_off(1, *PART, *ANSWERED)
    rows = example / "behind.csv"
    rows.write_text("consultant,client,program\nanna.lind@exempelbyran.example,1055,payroll\n", "utf-8")
    with Store.open(example / "bureau.db") as store:
        load_csv(store, "exempelbyran", rows)
        with store.read() as db:
            jobs = db.execute("SELECT count(*) FROM job").fetchone()[0]
    refused = reconciler("apply", "--resume", *ANSWERED)
    assert refused.code == 4
    assert "anna.lind@exempelbyran.example at 1055" in refused.err
    with Store.open(example / "bureau.db") as store, store.read() as db:
        assert db.execute("SELECT count(*) FROM job").fetchone()[0] == jobs
    (run,) = runs(reconciler)
    assert run["state"] == "open"


def test_a_guardrail_that_came_meanwhile_stops_it_and_is_written_down(reconciler, example, cut_off):
    cut_off(1, *PART, *ANSWERED)
    (example / "policies/guardrails.yaml").write_text("guardrails: {limits: {removals: 0}}\n")
    refused = reconciler("apply", "--resume", *ANSWERED)
    assert refused.code == 5
    assert "--allow removals=" in refused.err
    assert [entry["event"] for entry in entries(example)][-1] == "plan-refused"
    (run,) = runs(reconciler)
    assert run["state"] == "open"


def test_rules_that_were_changed_meanwhile_stop_it(reconciler, example, cut_off):
    cut_off(1, *PART, *ANSWERED)
    path = example / "policies" / "access.yaml"
    path.write_text(path.read_text("utf-8").replace("parental-leave-eva", "parental-leave").replace("programs: all", "programs: [payroll]"), "utf-8")  # fmt: skip
    refused = reconciler("apply", "--resume", *ANSWERED)
    assert refused.code == 4
    assert "no longer" in refused.err


def test_another_operator_cannot_go_on_with_it(reconciler, example, cut_off):
    cut_off(1, *PART, *ANSWERED)
    refused = reconciler("apply", "--resume", *ANSWERED, "--token-file", "tokens/managing-partner.token")
    assert refused.code == 1
    assert "it-admin" in refused.err
    assert reconciler("apply", "--resume", *ANSWERED).code == 3


def test_what_is_done_by_the_time_is_only_told(reconciler, example, cut_off):
    """Cut off at the last order: its job is done by the time, and there is nothing left to plan."""
    cut_off(2, *PART, *ANSWERED)
    with Store.open(example / "bureau.db"):
        pass
    resumed = reconciler("apply", "--resume", *ANSWERED)
    assert resumed.code == 3
    assert valid(resumed.out)["left"]["operations"] == []


def test_a_new_apply_is_told_of_it_and_begins_anew(reconciler, example, cut_off):
    cut_off(1, *PART, *ANSWERED)
    (old,) = runs(reconciler)
    again = reconciler("apply", *PART, *ANSWERED)
    assert again.code == 3
    assert f"run {old['run']} was not finished" in again.err
    assert "--resume" in again.err
    assert [run["state"] for run in runs(reconciler)] == ["finished", "superseded"]
    assert reconciler("apply", *PART, *ANSWERED).err == ""
    refused = reconciler("apply", "--resume", old["run"], *ANSWERED)
    assert refused.code == 1
    assert "is over" in refused.err


def test_with_nothing_to_go_on_with_it_says_so(reconciler, example):
    refused = reconciler("apply", "--resume")
    assert (refused.code, refused.out) == (1, "")
    assert "there is no run of exempelbyran to go on with" in refused.err
    reconciler("apply", *DAY, "--yes")
    assert reconciler("apply", "--resume").code == 1
    assert "no run “x”" in reconciler("apply", "--resume", "x").err


def test_a_run_of_another_backend_is_not_gone_on_with(reconciler, example, cut_off):
    cut_off(1, *PART, *ANSWERED)
    (old,) = runs(reconciler)
    with contextlib.closing(sqlite3.connect(example / "bureau.db")) as db:
        db.execute("VACUUM INTO 'copy.db'")
    assert "to go on with" in reconciler("apply", "--resume", "--database", "copy.db").err
    refused = reconciler("apply", "--resume", old["run"], "--database", "copy.db")
    assert refused.code == 1
    assert str(example / "bureau.db") in refused.err


def test_a_plan_file_and_a_digest_are_journalled_as_what_was_approved(reconciler, example, cut_off):
    reconciler("plan", *PART, "--out", "plan.json")
    digest = json.loads((example / "plan.json").read_text("utf-8"))["digest"]
    cut_off(1, "plan.json", *ANSWERED)
    (run,) = runs(reconciler)
    assert run["digest"] == digest
    resumed = reconciler("apply", "--resume", *ANSWERED)
    assert resumed.code == 3
    assert {one["ended"] for one in valid(resumed.out)["operations"]} == {"finished"}


# --- what cannot be written, what cannot be reached


def test_where_no_journal_can_be_nothing_is_sent(reconciler, example, monkeypatch):
    (example / "file").write_text("")
    for place in (example / "file" / "state", example / "file"):
        monkeypatch.setenv("RECONCILER_STATE_DIR", str(place))
        refused = reconciler("apply", *DAY, *ANSWERED)
        assert (refused.code, refused.out) == (1, "")
        assert "RECONCILER_STATE_DIR" in refused.err
    with Store.open(example / "bureau.db") as store, store.read() as db:
        assert db.execute("SELECT count(*) FROM job").fetchone()[0] == 0


def test_a_journal_that_fills_up_stops_the_run_with_the_reason(reconciler, example, monkeypatch):
    """SQLite itself says that it is full, after the second order was written down."""
    from reconciler.journal import Writer

    sending, count = Writer.sending, [0]

    def filling(writer, place):
        count[0] += 1
        if count[0] == 3:
            writer._db.execute("PRAGMA max_page_count = 1")
            # all room that is left is used up
            with contextlib.suppress(sqlite3.OperationalError):
                writer._db.execute("UPDATE progress SET problem = hex(randomblob(1000000))")
            writer._db.execute("PRAGMA query_only = ON")
        sending(writer, place)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "sending", filling)
        stopped = reconciler("apply", *DAY, *ANSWERED)
    assert stopped.code == 1
    document = valid(stopped.out)
    assert "journal" in document["stopped"]
    ended = [one["ended"] for one in document["operations"]]
    assert ended[:2] == ["finished", "finished"]
    assert set(ended[2:]) == {"not-sent"}
    # what was sent is done, and when there is room again the rest follows
    resumed = reconciler("apply", "--resume", *ANSWERED)
    assert resumed.code == 3
    assert {one["ended"] for one in valid(resumed.out)["operations"]} == {"finished"}


def test_what_was_done_is_told_where_the_bureau_is_gone_by_then(reconciler, example, monkeypatch):
    import httpx

    from reconciler.exchange.bounded import BoundedTransport

    exchange, sent = BoundedTransport.handle_request, [0]

    def handle(transport, request):
        sent[0] += request.url.path == "/v1/operations"
        if sent[0] > 2:
            raise httpx.ConnectError("gone", request=request)
        return exchange(transport, request)

    monkeypatch.setattr(BoundedTransport, "handle_request", handle)
    path = example / "reconciler.yaml"
    path.write_text(path.read_text("utf-8").replace("backend:\n", "backend:\n  retries: 0\n"), "utf-8")
    stopped = reconciler("apply", *DAY, *ANSWERED)
    assert stopped.code == 1
    document = valid(stopped.out)
    assert document["left"] is None
    ended = [one["ended"] for one in document["operations"]]
    assert ended.count("unanswered") == 1
    assert set(ended[3:]) == {"not-sent"}
    text = reconciler("runs", "show", document["run"]).out
    assert "it may or may not have reached the backend" in text
    monkeypatch.setattr(BoundedTransport, "handle_request", exchange)
    resumed = reconciler("apply", "--resume", *ANSWERED)
    assert {one["ended"] for one in valid(resumed.out)["operations"]} == {"finished"}


# --- stopped by hand


@pytest.mark.slow
@pytest.mark.parametrize("signals", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_a_signal_it_says_how_to_go_on_and_does(example, served, reconciler, signals):
    environment = {**os.environ, "RECONCILER_LANG": "en"}
    apply = subprocess.Popen(
        [*COMMAND, "apply", *DAY, "--yes", "--url", served],
        cwd=example, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert "finished" in apply.stderr.readline()
    apply.send_signal(signals)
    out, err = apply.communicate(timeout=90)
    assert apply.returncode == 130, err
    assert "Traceback" not in err
    assert "Stopped by hand: nothing more was sent." in out
    assert "apply --resume" in out
    assert reconciler("runs").out.count("not finished") == 1
    resumed = reconciler("apply", "--resume", *ANSWERED, "--url", served)
    assert resumed.code == 3, resumed.err
    assert {one["ended"] for one in valid(resumed.out)["operations"]} == {"finished"}


@pytest.mark.slow
def test_a_second_apply_at_the_same_time_is_refused_or_waits(example, served, reconciler):
    environment = {**os.environ, "RECONCILER_LANG": "en"}
    first = subprocess.Popen(
        [*COMMAND, "apply", *DAY, "--yes", "--url", served, "--format", "json"],
        cwd=example, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert "finished" in first.stderr.readline()
    refused = reconciler("apply", *DAY, "--yes", "--url", served)
    assert refused.code == 75
    assert re.search(r"another apply of this bureau is at it: run \S+ of \S+ since 20", refused.err)
    assert refused.out == ""
    waited = reconciler("apply", *DAY, *ANSWERED, "--url", served, "--wait", "120")
    out, err = first.communicate(timeout=90)
    assert first.returncode == 3, err
    assert waited.code == 3
    assert valid(waited.out)["operations"] == []
    assert "waiting: another apply" in waited.err
    assert {one["ended"] for one in valid(out)["operations"]} == {"finished"}


@pytest.mark.slow
def test_killed_for_real_and_gone_on_with(example, served, reconciler):
    apply = subprocess.Popen(
        [*COMMAND, "apply", *DAY, *ANSWERED, "--url", served],
        cwd=example, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    apply.stderr.readline()
    apply.send_signal(signal.SIGKILL)
    apply.communicate(timeout=30)
    resumed = reconciler("apply", "--resume", *ANSWERED, "--url", served)
    assert resumed.code == 3, resumed.err
    document = valid(resumed.out)
    assert {one["ended"] for one in document["operations"]} == {"finished"}
    assert document["outcomes"]["done"] == sum(one["cells"] for one in document["plan"]["operations"])


# --- runs


def test_runs_are_listed_and_shown_offline_and_without_a_token(reconciler, example, tmp_path):
    applied = reconciler("apply", *PART, "--yes")
    for path in ("bureau.db", "tokens", "reconciler.yaml", "policies"):
        (tmp_path / path).rename(tmp_path / f"{path}-gone")
    listed = reconciler("runs")
    assert listed.code == 0
    assert "finished" in listed.out
    assert "operator it-admin" in listed.out
    assert "3 of 3 operations came to their end: 8 done, 5 already so" in listed.out
    (run,) = runs(reconciler)
    shown = reconciler("runs", "show", run["run"])
    assert shown.code == 0
    # names and all, as when it was applied
    lines = [line for line in applied.out.splitlines() if line.startswith("  * ")]
    assert lines
    for line in lines:
        assert line in shown.out
    assert run["digest"] in shown.out
    document = valid(reconciler("runs", "show", run["run"], "--format", "json").out)
    assert document["journal"] == run
    assert document["outcomes"] == run["outcomes"] == {"done": 8, "already": 5}


def test_no_runs(reconciler, tmp_path):
    assert reconciler("runs").out == "There are no runs.\n"
    assert runs(reconciler) == []
    assert reconciler("runs", "show", "x").code == 1
    assert not (tmp_path / "state" / "journal.db").exists()


def test_many_runs_are_folded_and_old_ones_can_be_forgotten(reconciler, example):
    from tests.journal.test_book import begun, start

    for number in range(25):
        with journal_of(example) as journal:
            writer = journal.begin(begun(f"r{number:02}", operator=f"{number}"), start(1, f"r{number:02}"))
            if number != 3:
                writer.close(final=True)
    assert reconciler("runs").out.count("bureau b") == 20
    assert "5 more" in reconciler("runs").out
    assert reconciler("runs", "--full").out.count("bureau b") == 25
    assert reconciler("runs", "prune", "--keep", "2").out == "22 runs forgotten.\n"
    assert [run["run"] for run in runs(reconciler)] == ["r24", "r23", "r03"]
    # a plan that cannot be read any more takes away the names, and nothing else
    assert "k0 at 1" not in reconciler("runs", "show", "r03").out
    assert "goes on with it" in reconciler("runs", "show", "r03").out


def test_what_is_kept_can_be_read_by_its_owner_only_and_holds_no_token(reconciler, example):
    reconciler("apply", *DAY, "--yes")
    token = (example / "tokens" / "it-admin.token").read_text().strip().encode()
    files = [path for path in (example / "state").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"journal.db"}
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
        assert token not in path.read_bytes()
    for path in (example / "state").rglob("*"):
        assert not path.is_dir() or stat.S_IMODE(path.stat().st_mode) == 0o700, path


def test_names_cannot_act_on_the_terminal(reconciler, example):
    from reconciler.apply import Result, Results
    from reconciler.apply.results import finished
    from tests.journal.test_book import begun, items, order

    evil = "x\x1b[2J\u202ey"
    one = order(0, consultants=(evil,), clients=(evil,), programs=(evil,))
    with journal_of(example) as journal:
        run = begun("r1", bureau=evil, operator=evil, who=evil, digest=evil, source=evil)
        writer = journal.begin(run, Results("r1", (Result(0, one, Ended.NOT_SENT),)))
        writer.ended(0, finished(0, one, evil, items(one)))
    for arguments in (("runs",), ("runs", "show", "r1"), ("runs", "show", "r1", "--format", "json")):
        out = reconciler(*arguments).out
        assert "x" in out
        assert not set(out) & {"\x1b", "\u202e"}


def test_the_journal_says_when(reconciler, example):
    reconciler("apply", *DAY, "--yes")
    (run,) = runs(reconciler)
    now = time.strftime("%Y-%m-%dT", time.gmtime())
    assert run["begun"].startswith(now[:4])
    assert run["ended"] >= run["begun"]
