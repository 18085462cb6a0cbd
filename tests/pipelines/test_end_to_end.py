"""From the pull request to the closed issue: the scripts of the workflows as they are, on one machine.

A git repository, the forge's stand-in and a bureau's server are real; tests/pipelines/runner.py is what is not GitHub's.
"""

from __future__ import annotations

import re

import pytest

from tests.pipelines.runner import JobRun
from tests.pipelines.stage import OPERATOR, Stage, stage

pytestmark = pytest.mark.slow

BERTIL, FIA = "bertil.ek@exempelbyran.example", "fia.temp@exempelbyran.example"
DIGEST = re.compile(r"^<!-- reconciler:digest (sha256:[0-9a-f]{64}) -->$", re.MULTILINE)
COVER = """\
access:
  cover-bertil:
    who: fia.temp@exempelbyran.example
    clients: ["1043"]
    programs: [{programs}]
    until: 2027-01-31
    reason: Bertil is away
"""


def results(jobs: dict[str, JobRun]) -> dict[str, str]:
    return {name: job.result for name, job in jobs.items()}


def told(jobs: dict[str, JobRun]) -> str:
    return "\n".join(f"===== {name}: {job.result}\n{job.log}" for name, job in jobs.items())


def approvable(stage: Stage, number: int) -> str:
    """The digest in the one comment of a pull request."""
    (comment,) = stage.comments(number, "plan")
    (digest,) = DIGEST.findall(comment)
    return digest


@pytest.fixture
def there(tmp_path):
    with stage(tmp_path) as made:
        yield made


def test_from_the_pull_request_to_the_closed_issue(there: Stage):
    begun = there.cells()

    # opened: the comment says what it means, and carries the digest
    number = there.open("cover", {"policies/cover.yaml": COVER.format(programs="payroll, invoicing")})
    jobs = there.pull_request(number)
    assert set(results(jobs).values()) == {"success"}, told(jobs)
    first = approvable(there, number)
    (comment,) = there.comments(number, "plan")
    assert "Fia Tempelman" in comment
    assert first in comment.replace("<!-- ", "")
    assert jobs["plan"].outputs["digest"] == first
    assert "Fia Tempelman" in jobs["plan"].summary
    assert there.cells() == begun

    # changed: the same comment says something else
    there.change(number, {"policies/cover.yaml": COVER.format(programs="invoicing")})
    jobs = there.pull_request(number)
    assert set(results(jobs).values()) == {"success"}, told(jobs)
    second = approvable(there, number)
    assert second != first
    assert len(there.forge.comments(number)) == 1

    # approved and merged: exactly that is done
    there.forge.review(number, "margareta")
    jobs = there.pushed(there.merge(number))
    assert set(results(jobs).values()) == {"success"}, told(jobs)
    assert jobs["apply"].environment == "bureau"
    given = there.cells() - begun
    assert given == {(FIA, "1043", ""), (FIA, "1043", "invoicing")}
    assert begun <= there.cells()
    (done,) = there.comments(number, "apply")
    assert "Fia Tempelman" in done

    # the night finds nothing to tell
    jobs = there.night()
    assert results(jobs)["report"] == "success", told(jobs)
    assert there.forge.issues() == []

    # somebody clicks, and the night tells, once
    there.behind(operation="give-access", consultants=[BERTIL], clients=["1044"], programs=["payroll"])
    for _ in range(2):
        jobs = there.night()
        assert results(jobs) == {
            "heal": "skipped", "drift": "success", "report": "success", "adopt": "skipped", "propose": "skipped",
        }, told(jobs)  # fmt: skip
        (issue,) = there.forge.issues()
        assert issue.open
        assert "Bertil Ek" in issue.body
        assert "Ingrid Admin" in issue.body  # who did it

    # adopted: a pull request like any other, of which nothing is left to do
    jobs = there.started("drift.yml", adopt="true")
    assert results(jobs)["propose"] == "success", told(jobs)
    adoption = max(there.forge.world.items)
    assert there.forge.item(adoption).branch
    jobs = there.pull_request(adoption)
    assert set(results(jobs).values()) == {"success"}, told(jobs)
    approvable(there, adoption)
    before = there.cells()
    jobs = there.pushed(there.merge(adoption))
    assert set(results(jobs).values()) == {"success"}, told(jobs)
    assert there.cells() == before

    # and the issue is closed
    jobs = there.night()
    assert results(jobs)["report"] == "success", told(jobs)
    assert not there.forge.item(issue.number).open
    _nobody_saw_a_token(there)


def _nobody_saw_a_token(there: Stage) -> None:
    """No token stands in anything that was written by a job: files, artifacts, comments."""
    secrets = [
        *there.tokens.values(),
        *(one for one in there.forge.world.tokens if one.startswith("ghs_job")),
    ]
    texts = [one.read_bytes() for one in (there.folder / "runs").rglob("*") if one.is_file()]
    texts += [one.body.encode() for one in there.forge.world.comments]
    for secret in secrets:
        assert not any(secret.encode() in text for text in texts)


def test_a_pull_request_cannot_send_the_token_elsewhere(there: Stage):
    config = "backend: {kind: http, url: http://127.0.0.1:9/, allow-plain-http: 'yes'}\n"
    number = there.open(
        "evil", {"reconciler.yaml": config, "policies/cover.yaml": COVER.format(programs="payroll")}
    )
    jobs = there.pull_request(number)
    assert set(results(jobs).values()) == {"success"}, told(jobs)  # it was planned at the address of main
    approvable(there, number)


def test_a_pull_request_cannot_choose_what_is_installed(there: Stage):
    number = there.open(
        "evil", {"reconciler.lock": "evil==1.0\n", "policies/cover.yaml": COVER.format(programs="payroll")}
    )
    jobs = there.pull_request(number)
    assert set(results(jobs).values()) == {"success"}, told(jobs)
    for path in (there.folder / "runs").glob("*/*/workspace/base/reconciler.lock"):
        assert "evil" not in path.read_text("utf-8")


def test_a_fork_is_told_what_it_means_and_gets_nothing_else(there: Stage):
    there.runner.secrets, secrets = {}, there.runner.secrets
    number = there.open("cover", {"policies/cover.yaml": COVER.format(programs="invoicing")})
    jobs = there.pull_request(number, fork="stranger/access")
    assert results(jobs) == {
        "base": "success",
        "check": "success",
        "plan": "skipped",
        "comment": "skipped",
    }, told(jobs)
    assert "Fia Tempelman" in jobs["check"].summary
    assert there.forge.comments(number) == []
    assert secrets


def test_without_a_bureau_changes_are_explained_and_nothing_is_planned(tmp_path):
    with stage(tmp_path, variables={}) as there:
        number = there.open("cover", {"policies/cover.yaml": COVER.format(programs="invoicing")})
        jobs = there.pull_request(number)
        assert results(jobs) == {
            "base": "success", "check": "success", "plan": "skipped", "comment": "success",
        }, told(jobs)  # fmt: skip
        (comment,) = there.comments(number, "diff")
        assert not DIGEST.search(comment)
        assert set(results(there.pushed(there.merge(number))).values()) == {"skipped"}
        assert set(results(there.night()).values()) == {"skipped"}


def test_what_is_wrong_stands_at_its_line_and_is_not_planned(there: Stage):
    number = there.open(
        "slip", {"policies/cover.yaml": "access:\n  cover: {who: all, client: all, programs: all}\n"}
    )
    jobs = there.pull_request(number)
    assert results(jobs)["check"] == "failure"
    assert "::error file=policies/cover.yaml,line=2" in jobs["check"].log
    assert there.forge.comments(number) == []


def test_where_the_bureau_has_moved_nothing_is_done_until_it_was_looked_at(there: Stage):
    number = there.open("cover", {"policies/cover.yaml": COVER.format(programs="payroll, invoicing")})
    there.pull_request(number)
    there.behind(operation="give-access", consultants=[FIA], clients=["1043"], programs=["payroll"])
    before = there.cells()
    jobs = there.pushed(there.merge(number))
    assert results(jobs) == {"apply": "failure", "comment": "success"}, told(jobs)
    assert there.cells() == before
    (comment,) = there.comments(number, "apply")
    assert "not what was approved" in comment

    # by hand: first it is shown, then that is done
    jobs = there.started("apply.yml")
    assert results(jobs)["apply"] == "success", told(jobs)
    assert there.cells() == before
    (digest,) = set(re.findall(r"sha256:[0-9a-f]{64}", jobs["apply"].summary))
    jobs = there.started("apply.yml", digest=digest)
    assert results(jobs)["apply"] == "success", told(jobs)
    assert there.cells() - before == {(FIA, "1043", "invoicing")}


def test_what_nobody_planned_is_not_applied(there: Stage):
    commit = there.write("main", {"policies/cover.yaml": COVER.format(programs="invoicing")})
    before = there.cells()
    jobs = there.pushed(commit)
    assert results(jobs)["apply"] == "failure", told(jobs)
    assert there.cells() == before


def test_healing_takes_away_and_gives_nothing(tmp_path):
    with stage(tmp_path, {"RECONCILER_BUREAU": "exempelbyran", "RECONCILER_HEAL": "removals"}) as there:
        begun = there.cells()
        there.behind(operation="give-access", consultants=[BERTIL], clients=["1044"], programs=["payroll"])
        there.behind(
            operation="remove-programs", consultants=[BERTIL], clients=["1041"], programs=["invoicing"]
        )
        jobs = there.night()
        assert results(jobs)["heal"] == "success", told(jobs)
        assert there.cells() == begun - {(BERTIL, "1041", "invoicing")}
        (issue,) = there.forge.issues()  # of what it does not give
        assert "Bertil Ek" in issue.body


def test_the_operator_of_the_two_tokens_is_the_same(there: Stage):
    assert there.runner.secrets["RECONCILER_READ_TOKEN"] != there.runner.secrets["RECONCILER_TOKEN"]
    assert there.runner.secrets["RECONCILER_TOKEN"] == there.tokens[OPERATOR]


FORM = """\
### Consultants

Fia Tempelman

### Clients

1043

### Programs

Invoicing

### Until

2027-01-31

### Reason

Bertil is away; `$(touch /tmp/x)`
"""


def test_a_form_becomes_a_pull_request_and_a_strangers_does_not(there: Stage):
    number = there.forge.open_issue("fia", "Access for Fia $(touch x) `touch y`", FORM)
    assert set(results(there.asked(number, by="NONE")).values()) == {"skipped"}
    jobs = there.asked(number)
    assert results(jobs) == {"read": "success", "propose": "success", "answer": "skipped"}, told(jobs)
    proposed = max(there.forge.world.items)
    assert there.forge.item(proposed).branch == f"request/{number}"
    assert there.forge.item(proposed).body.rstrip().endswith(f"Closes #{number}")
    jobs = there.pull_request(proposed)
    assert set(results(jobs).values()) == {"success"}, told(jobs)
    assert "Fia Tempelman" in there.comments(proposed, "plan")[0]
    # written anew, not once more
    assert results(there.asked(number))["propose"] == "success"
    assert max(there.forge.world.items) == proposed
    (answer,) = there.comments(number, "request")
    assert f"/{proposed}" in answer


def test_whoever_asks_is_told_what_is_wrong_and_then_that_it_is_right(there: Stage):
    wrong = FORM.replace("Invoicing", "Invoicin ``` @everybody")
    number = there.forge.open_issue("fia", "Access for Fia", wrong)
    jobs = there.asked(number)
    assert results(jobs) == {"read": "success", "propose": "skipped", "answer": "failure"}, told(jobs)
    (answer,) = there.comments(number, "request")
    assert "Mend the form above" in answer
    assert "Invoicin" in answer
    assert answer.count("```") == 2, "what was written ends no block of code"
    there.forge.item(number).body = FORM
    jobs = there.asked(number)
    assert results(jobs) == {"read": "success", "propose": "success", "answer": "skipped"}, told(jobs)
    (answer,) = there.comments(number, "request")
    assert f"/{max(there.forge.world.items)}" in answer
