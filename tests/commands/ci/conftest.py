"""A forge on a port, and a way to run a command as a pipeline of it does."""

from __future__ import annotations

import pytest

from tests.forge.standin import github_standin

HEAD, OTHER, MERGE = "a" * 40, "b" * 40, "c" * 40
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
PLAN = f"""\
## 2 people gain, 1 person loses access

| who | what |
|---|---|
| Åsa | Lön |

`{DIGEST}`

<!-- reconciler:digest {DIGEST} -->
"""


@pytest.fixture
def forge(monkeypatch):
    """GitHub; no variable of a pipeline that these tests themselves run in is left."""
    for name in (
        "GITHUB_TOKEN",
        "GITHUB_TOKEN_FILE",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_OUTPUT",
        "CI_PROJECT_ID",
    ):
        monkeypatch.delenv(name, raising=False)
    with github_standin() as standin:
        yield standin


@pytest.fixture
def pull(forge) -> int:
    """A pull request by Anna."""
    return forge.open_pull("anna", branch="more-access", head=HEAD)


@pytest.fixture
def ci(reconciler, forge, monkeypatch, tmp_path):
    """Run `ci …` in a workflow; `body` is what the file has that --body names."""

    def call(*arguments, event="pull_request", number=None, sha=MERGE, body=PLAN, **more):
        environment = forge.environment(event, number, tmp_path, sha=sha, **more)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "body.md").write_text(body, encoding="utf-8")
        return reconciler("ci", *arguments)

    return call
