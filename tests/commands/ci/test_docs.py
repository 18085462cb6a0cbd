"""What docs/ci-commands.md tells to write into a pipeline, run by a shell as a pipeline does, against both forges."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.ci.conftest import HEAD, MERGE
from tests.forge.standin import github_standin, gitlab_standin

PAGE = Path(__file__).parents[3] / "docs" / "ci-commands.md"
BLOCK = re.compile(r"(?:^ {4}.+\n)+", re.MULTILINE)
SHELL = 'set -euo pipefail\nreconciler() { "$PYTHON" -m reconciler "$@"; }\n'


def blocks() -> dict[str, str]:
    """The blocks of commands, by the first word after `ci` of their last line but one."""
    found = [re.sub("^ {4}", "", one, flags=re.MULTILINE) for one in BLOCK.findall(PAGE.read_text("utf-8"))]
    return {re.findall(r"reconciler ci ([a-z-]+)", one)[0]: one for one in found}


@pytest.mark.slow
@pytest.mark.parametrize("made", [github_standin, gitlab_standin], ids=["GitHub", "GitLab"])
def test_the_page_is_a_pipeline_that_works(reconciler, example, tmp_path, monkeypatch, made):
    for name in ("GITHUB_REPOSITORY", "CI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RECONCILER_AS_OF", "2026-11-24")
    told = blocks()
    with made() as forge:

        def run(name: str, event: str, number: int | None, sha: str = MERGE) -> str:
            more = {
                "PYTHON": sys.executable,
                "GITHUB_OUTPUT": str(tmp_path / "output"),
                "digest": "sha256:00",
            }
            more |= {"CI_PROJECT_URL": "https://gitlab.example/byran/access", "CI_JOB_ID": "7"}
            more |= {"ADOPT": "https://forge.example/adopt", "APPLY": "https://forge.example/apply"}
            environment = {**os.environ, **more, **forge.environment(event, number, tmp_path, sha=sha)}
            ran = subprocess.run(
                ["bash", "-c", SHELL + told.pop(name)],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode in {0, 3}, ran.stderr  # 3: something is blocked in the example
            return ran.stdout

        number = forge.open_pull("anna", branch="more", head=HEAD)
        assert f"/{number}#" in run("comment", "pull_request", number)
        assert len(forge.comments(number)) == 1
        forge.review(number, "david")
        forge.merge(number, MERGE)
        assert "Looked again: " in run("approved", "push", None)
        assert reconciler("plan", "--out", "plan.json").code == 0
        run("widget", "push", None)
        assert (tmp_path / "job.env").read_text() == "digest=sha256:00\n"
        (tmp_path / "drift.md").write_text("## 2 people have more\n")
        assert run("drift-issue", "schedule", None).count("/issues/") == 2
        assert [one.open for one in forge.issues()] == [False]
        forge.push_branch("drift/2026-11-24")
        assert "://" in run("pull-request", "schedule", None)
        asked = forge.open_issue("anna", "Access", "### Client\n\n1042\n")
        if made is github_standin:
            run("issue", "issues", asked)
            assert (tmp_path / "issue.md").read_text() == "### Client\n\n1042\n"
            assert told == {}
