"""What a hostile forge, or a hostile person at one, says: nothing of it acts where it is printed."""

from __future__ import annotations

import json
import re

import pytest

from reconciler.commands.cli import run
from tests.forge.standin import github_standin
from tests.forge.standin.faults import Fault, status, text
from tests.forge.standin.serving import BOT
from tests.security.attacks import ATTACKS, judge_text

HEAD, MERGE = "a" * 40, "c" * 40
DIGEST = f"<!-- reconciler:digest sha256:{'0' * 64} -->"
MARKER = f"<!-- reconciler:comment plan bureau commit={HEAD} -->"


@pytest.fixture(scope="module")
def forge():
    with github_standin() as standin:
        yield standin


@pytest.fixture
def call(forge, tmp_path, monkeypatch, capsysbinary):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILER_LANG", raising=False)
    monkeypatch.delenv("CI_PROJECT_ID", raising=False)
    (tmp_path / "body.md").write_text("text")

    def call(*arguments: str, number: int = 1, event: str = "pull_request") -> tuple[int, str]:
        """Run it, judge what it printed, and take back what was to go wrong."""
        for name, value in forge.environment(event, number, tmp_path, sha=MERGE).items():
            monkeypatch.setenv(name, value)
        code = run(["ci", *arguments])
        forge.faults.left.clear()
        captured = capsysbinary.readouterr()
        for stream in (captured.out, captured.err):
            assert judge_text(stream.decode()) == [], arguments
        assert code in {0, 1}
        return code, captured.err.decode()

    return call


def answer(forge, path, document, method=""):
    content = json.dumps(document)
    forge.faults.left.append(Fault(text(content, "application/json"), method=method, path=path))


@pytest.mark.parametrize("name", ATTACKS)
def test_what_a_forge_answers(forge, call, name):
    """As a reason, a header, a name, a branch and an address."""
    attack = ATTACKS[name]
    header = re.sub("[^ -~]", "", attack)[:200].strip()
    number = forge.open_pull("anna", branch="b", head=HEAD)
    for code in (403, 422, 500):
        forge.faults.left.append(Fault(status(code, attack), times=9))
        assert (
            call("comment", "--kind", "diff", "--body", "body.md", "--patience", "0.4", number=number)[0] == 1
        )
    forge.faults.left.append(Fault(status(301, attack, {"location": header}), times=9))
    assert call("issue", "--out", "i", "--number", "1", "--patience", "0.4")[0] == 1
    forge.faults.left.append(Fault(status(403, attack, {"x-accepted-github-permissions": header})))
    assert call("issue", "--out", "i", "--number", "1")[0] == 1
    answer(forge, "graphql", {"errors": [{"message": attack}, attack]})
    call("drift-issue", "--body", "body.md")
    answer(forge, "/comments", {"html_url": attack}, "POST")
    assert call("comment", "--kind", "diff", "--body", "body.md", number=number)[0] == 0
    answer(forge, "access/issues/1", {"number": 1, "html_url": attack or "x", "title": attack, "user": None})
    assert call("issue", "--out", "i", "--number", "1")[0] == 0


@pytest.mark.parametrize("name", ATTACKS)
def test_who_wrote_and_where(forge, call, name):
    attack = ATTACKS[name]
    account = forge.world.account(attack)
    number = forge.open_pull(attack, branch="b", head=HEAD)
    item = forge.item(number)
    comment = forge.comment(number, attack, f"{MARKER}\n{DIGEST}")
    forge.merge(number, MERGE)
    item.base = attack
    assert call("approved", "--number", str(number), event="push")[0] == 1
    item.base = "main"
    code, err = call("approved", "--number", str(number), event="push")
    assert code == 1
    assert "and only those of" in err
    comment.author = forge.world.account(BOT)
    comment.editor, comment.edited = account, item.merged
    assert "has edited it" in call("approved", "--number", str(number), event="push")[1]
    comment.editor = comment.author
    item.author = forge.world.account("anna")
    item.reviews.clear()
    assert call("approved", "--number", str(number), "--reviewed", event="push")[0] == 1
    assert call("approved", "--number", str(number), event="push")[0] == 0
