"""A plan is applied from its page: exactly that one, once, and never what anybody else forbids."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reconciler.flow.locks import Turn, locked
from reconciler.flow.settings import Where
from reconciler.flow.world import open_world
from tests.commands.test_audited import entries
from tests.web.policy.conftest import pages, reading

ROOT = Path(__file__).parents[3]

YES = ("--yes", "--format", "json")


def plan(reconciler, *flags: str) -> dict:
    return json.loads(reconciler("plan", "--format", "json", *flags).out)


def runs(reconciler) -> list[dict]:
    return json.loads(reconciler("runs", "--format", "json").out)["runs"]


def ask(reader, digest: str, **filters: str) -> str:
    """From the plan to the page that asks once more: its address."""
    reader.get("/plan", params=filters)
    answer = reader.send_form("/plan/apply", digest=digest, **filters)
    return answer.url.path


def ended(reader, path: str):
    """The page of a run when it is over."""
    for _ in range(400):
        page = reader.get(path)
        if "data-again" not in page.text:
            return page
        time.sleep(0.05)
    raise AssertionError(page.text)


def say_yes(reader, path: str):
    answer = reader.send_form(path)
    return ended(reader, answer.url.path)


@pytest.fixture
def calm(folder):
    """What comes of the same plan where the command applies it: to a copy of the bureau."""
    with contextlib.closing(sqlite3.connect(folder / "bureau.db")) as db:
        db.execute("VACUUM INTO 'calm.db'")
    return "--database", "calm.db"


def test_what_is_applied_is_what_the_command_would_apply(reconciler, reader, calm, folder):
    shown = plan(reconciler)
    path = ask(reader, shown["digest"])
    question = reader.get(path)
    assert shown["digest"] in question.text
    assert runs(reconciler) == []  # until somebody says yes
    page = say_yes(reader, path)
    assert "Done: " in page.text
    (run,) = runs(reconciler)
    assert run["state"] == "finished"
    assert run["digest"] == shown["digest"]
    assert run["run"] in page.text
    applied = json.loads(reconciler("apply", *YES, *calm).out)
    left = plan(reconciler)
    for one in (left, applied["left"]):
        one.pop("revision")
    assert left == applied["left"]
    begun = next(one for one in entries(folder) if one["event"] == "run-begun")
    assert begun["approval"] == {"kind": "page"}
    assert begun["plan"] == shown["digest"]
    told = reconciler("audit", "show").out
    assert "on the page that showed it" in told
    assert reconciler("audit", "verify").code == 0


def test_of_a_part_only_the_part_is_done(reconciler, reader):
    part = ("--client", "1042", "--only", "grants")
    whole, shown = plan(reconciler), plan(reconciler, *part)
    assert 0 < len(shown["operations"]) < len(whole["operations"])
    say_yes(reader, ask(reader, shown["digest"], client="1042", only="grants"))
    (run,) = runs(reconciler)
    assert sum(run["outcomes"].values()) >= shown["summary"]["programs-added"]
    told = json.loads(reconciler("runs", "show", run["run"], "--format", "json").out)
    assert {item["client"] for one in told["operations"] for item in one["items"]} == {"1042"}
    left = plan(reconciler)
    assert left["summary"]["accesses-removed"] == whole["summary"]["accesses-removed"]
    assert not plan(reconciler, *part)["operations"]


def test_two_clicks_are_one_run(reconciler, reader, site):
    url, _, links = site
    digest = plan(reconciler)["digest"]
    path, again, late = (ask(reader, digest) for _ in range(3))
    with reading(url, links) as other, ThreadPoolExecutor(6) as pool:
        theirs = ask(other, digest)
        fields = {"csrf": reader.csrf()}
        answers = [pool.submit(reader.post, one, data=fields) for one in (path, path, again, path)]
        answers.append(pool.submit(other.post, theirs, data={"csrf": other.csrf()}))
        led = {answer.result().url.path for answer in answers}
    for one in led:
        ended(reader, one)
    assert len(runs(reconciler)) == 1
    # sent again long after, the same form leads to the same run
    assert reader.send_form(path).url.path == f"/runs/{runs(reconciler)[0]['run']}"
    # and another window that still asks finds that nothing of it is left to do
    assert "Nothing" in say_yes(reader, late).text
    assert len(runs(reconciler)) == 1


def test_nothing_is_done_where_something_has_moved(reconciler, reader, folder):
    path = ask(reader, plan(reconciler)["digest"])
    rules = folder / "policies" / "access.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(
        text
        + '\n  late<i>:\n    who: gun.alm@exempelbyran.example\n    clients: ["1041"]\n    programs: [payroll]\n',
        encoding="utf-8",
    )
    page = reader.get(path)
    assert page.status_code == 409
    assert "Something has moved" in page.text
    assert "gun.alm@exempelbyran.example at 1041" in page.text
    assert "<i>" not in page.text
    answer = say_yes(reader, path)  # who says yes all the same, as the page was open before
    assert "Nothing was done" in answer.text
    assert "gun.alm@exempelbyran.example at 1041" in answer.text
    assert runs(reconciler) == []


def test_where_a_part_has_happened_the_rest_goes_on(reconciler, reader):
    path = ask(reader, plan(reconciler)["digest"])
    assert reconciler("apply", "--client", "1042", *YES).code == 0
    assert "A part of it is so already" in reader.get(path).text
    assert "Done" in say_yes(reader, path).text
    assert not plan(reconciler)["operations"]


def test_another_apply_is_told_of(reconciler, reader):
    path = ask(reader, plan(reconciler)["digest"])
    with open_world(Where()) as world:
        place = f"{world.config.place}\n{world.backend.bureau()}"
        with locked(world.backend, place, Turn("other-run", "<b>Bertil</b>@desk"), lambda _: None):
            page = say_yes(reader, path)
    assert "Nothing was done" in page.text
    assert "another apply of this bureau is at it" in page.text
    assert "&lt;b&gt;Bertil" in page.text
    assert runs(reconciler) == []


def test_a_guardrail_refuses_here_too(reconciler, reader, folder):
    digest = plan(reconciler)["digest"]
    rules = folder / "policies" / "guardrails.yaml"
    rules.write_text(
        re.sub(r"removals: .*", "removals: 1", rules.read_text("utf-8"), count=1), encoding="utf-8"
    )
    page = reader.get("/plan").text
    assert plan(reconciler)["refusals"]
    assert page.index('id="refused"') < page.index('id="blocked"') < page.index('id="remove-access"')
    assert "Apply exactly this plan" not in page
    path = ask(reader, digest)
    assert "A guardrail forbids" in reader.get(path).text
    page = say_yes(reader, path).text
    assert "Nothing was done" in page
    assert "forbid" in page
    assert runs(reconciler) == []
    assert entries(folder)[-1]["event"] == "plan-refused"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "http", "backend": {"url": "https://bureau.example"}}, "The bureau is not on this machine"),
        (
            {"kind": "http", "backend": {"url": "http://127.0.0.1.example:1"}},
            "The bureau is not on this machine",
        ),
        ({"kind": "other"}, "of which this page does not know"),
        ({"allowed_signers": "signers"}, "Only a plan that is signed"),
    ],
)
def test_elsewhere_the_pipeline_applies(reconciler, reader, site, change, told):
    _, desk, _ = site
    desk.settings = replace(desk.settings, **change)
    digest = plan(reconciler)["digest"]
    page = reader.get("/plan").text
    assert told in page
    assert "Apply exactly this plan" not in page
    assert reader.send_form("/plan/apply", digest=digest).status_code == 403
    assert runs(reconciler) == []


def test_on_a_port_of_this_machine_it_may_be_applied(reader, site):
    _, desk, _ = site
    for url in ("http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:1", "https://127.0.0.2"):
        desk.settings = replace(desk.settings, kind="http", backend={"url": url})
        assert "Apply exactly this plan" in reader.get("/plan").text


def test_the_plan_of_another_day_is_to_be_looked_at(reconciler, reader):
    page = reader.get("/plan", params={"day": "2027-04-01"}).text
    assert "Apply exactly this plan" not in page
    digest = plan(reconciler, "--as-of", "2027-04-01")["digest"]
    path = ask(reader, digest, day="2027-04-01")
    assert "Yes, apply it" not in reader.get(path).text


def test_what_is_no_form_of_ours_does_nothing(reconciler, reader, site):
    url, _, links = site
    digest = plan(reconciler)["digest"]
    assert reader.send_form("/plan/apply", digest="sha256:1").status_code == 400
    assert reader.send_form("/plan/apply/nothing").status_code == 404
    path = ask(reader, digest)
    assert reader.post(path).status_code in {403, 415}
    assert reader.post(path, data={"csrf": "x"}).status_code == 403
    assert (
        reader.post(path, data={"csrf": reader.csrf()}, headers={"Origin": "https://x.example"}).status_code
        == 403
    )
    with reading(url, links) as other:  # what one was asked is not another's to answer
        assert other.send_form(path).status_code == 404
    assert runs(reconciler) == []


def test_whoever_leaves_finds_the_run_again(reconciler, reader, site, monkeypatch):
    """The connection is lost right after the form was sent: the run goes on, and stands under /runs."""
    from reconciler.exchange.bounded import BoundedTransport

    held, exchange = threading.Event(), BoundedTransport.handle_request

    def handle(transport, request):
        if request.url.path == "/v1/operations":
            assert held.wait(60)
        return exchange(transport, request)

    monkeypatch.setattr(BoundedTransport, "handle_request", handle)
    path = ask(reader, plan(reconciler)["digest"])
    try:
        led = reader.send_form(path).url.path
        for _ in range(200):
            if "operations have come to their end" in (page := reader.get(led).text):
                break
            time.sleep(0.05)
        assert "data-again" in page
        assert "running now" in reader.get("/runs").text
        assert "--resume" not in page  # it is not cut off
        # and nobody begins another one meanwhile
        digest = plan(reconciler, "--client", "1042")["digest"]
        busy = reader.send_form(ask(reader, digest, client="1042"))
        assert "another apply of this bureau is at it" in busy.text
    finally:
        held.set()
    assert "Done" in ended(reader, led).text
    assert len(runs(reconciler)) == 1


@contextlib.contextmanager
def to_be_killed(after: int):
    """The pages in a process that is killed when it has sent so many operations: its address and its link."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.web.policy.killed", str(after)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        link = next(line.strip() for line in process.stderr if line.startswith("http"))
        yield link.split("/open")[0], link.split("key=")[1], process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.shows_tokens("the link that lets a browser in")
@pytest.mark.parametrize("after", [1, 3])
def test_killed_in_the_middle_it_is_gone_on_with(reconciler, folder, calm, after):
    digest = plan(reconciler)["digest"]
    with to_be_killed(after) as (url, key, process), reading(url) as reader:
        reader.post("/open", data={"key": key})
        path = ask(reader, digest)
        with contextlib.suppress(httpx.HTTPError):
            reader.send_form(path)
        assert process.wait(60) == -signal.SIGKILL
    (run,) = runs(reconciler)
    assert run["state"] == "open"
    with pages() as (url, _, links), reading(url, links) as reader:
        assert "Something is not finished" in reader.get("/runs").text
        page = reader.get(f"/runs/{run['run']}").text
        assert "This run is not finished" in page
        assert f"reconciler apply --resume {run['run']}" in page
        resumed = json.loads(reconciler("apply", "--resume", run["run"], *YES).out)
        applied = json.loads(reconciler("apply", *YES, *calm).out)
        for one in (resumed["left"], applied["left"]):
            one.pop("revision")
        assert resumed["left"] == applied["left"]
        assert "Done" in reader.get(f"/runs/{run['run']}").text
    assert [one["state"] for one in runs(reconciler)] == ["finished", "finished"]


def test_what_the_bureau_refuses_comes_first(reconciler, reader, folder, monkeypatch):
    """Somebody takes the operator's rights away after the plan was made: the bureau has the last word, item by item."""
    from reconciler.exchange.bounded import BoundedTransport

    exchange, sent = BoundedTransport.handle_request, []

    def handle(transport, request):
        if request.url.path == "/v1/operations":
            sent.append(request)
            if len(sent) == 2:
                with contextlib.closing(sqlite3.connect(folder / "bureau.db")) as db, db:
                    db.execute("PRAGMA foreign_keys = ON")
                    db.execute("DELETE FROM operator_right")
        return exchange(transport, request)

    monkeypatch.setattr(BoundedTransport, "handle_request", handle)
    page = say_yes(reader, ask(reader, plan(reconciler)["digest"])).text
    (run,) = runs(reconciler)
    assert run["outcomes"]["refused"] > 0
    assert "Done, but something was refused or has failed" in page
    assert page.index('id="refused"') < page.index('id="done"')
    told = json.loads(reconciler("runs", "show", run["run"], "--format", "json").out)
    wrong = [
        item
        for one in told["operations"]
        for item in one["items"]
        if item["outcome"] in {"refused", "failed"}
    ]
    section = page.split('id="refused"')[1].split("</section>")[0]
    assert section.count("<tr ") - 1 == len(wrong)
    assert "refused: needs a system administrator at the client" in section
    assert "still to be made" in page or "are left" in page
