"""What others say of our pipelines: actionlint with shellcheck, zizmor, and the schemas of those who run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.files import ACTIONS, GITHUB, ROOT, WORKFLOWS

BIN = Path(sys.executable).parent
SCHEMAS = {
    "vendor.github-workflows": WORKFLOWS,
    "vendor.github-actions": ACTIONS,
    "vendor.github-issue-forms": tuple(sorted(GITHUB.glob("ISSUE_TEMPLATE/[!c]*.yml"))),
    "vendor.gitlab-ci": tuple(sorted(ROOT.glob(".gitlab/*.gitlab-ci.yml"))),
}


def said(program: str, *arguments: str | Path) -> tuple[int, str]:
    """The exit code of a program of the environment, and all that it prints."""
    command = [str(BIN / program), *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return ran.returncode, ran.stdout + ran.stderr


def actionlint(*paths: Path) -> tuple[int, str]:
    return said("actionlint", "-no-color", "-pyflakes=", f"-shellcheck={BIN / 'shellcheck'}", *paths)


def zizmor(path: Path) -> tuple[int, str]:
    return said("zizmor", "--offline", "--persona=auditor", "--no-progress", "--strict-collection", path)


def test_actionlint_finds_nothing():
    assert actionlint(*WORKFLOWS) == (0, "")


def test_zizmor_finds_nothing():
    code, text = zizmor(GITHUB)
    assert code == 0, text
    assert "No findings" in text
    for path in (*WORKFLOWS, *ACTIONS):
        assert str(path.relative_to(ROOT)) in text.replace(str(ROOT) + "/", "")


@pytest.mark.parametrize(("schema", "paths"), SCHEMAS.items(), ids=SCHEMAS)
def test_the_schemas_of_those_who_run_them_fit(schema, paths):
    for path in paths:
        how = ["--data-transform", "gitlab-ci"] if schema.endswith("gitlab-ci") else []
        code, text = said("check-jsonschema", "--builtin-schema", schema, *how, path)
        assert code == 0, text


WRONG = """\
name: wrong
on: [push]
permissions: {}
jobs:
  one:
    name: one
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - run: echo $X ${{ github.event.pull_request.title }}
        tiemout-minutes: 5
"""


def test_each_of_them_would_find_something(tmp_path):
    path = tmp_path / ".github" / "workflows" / "wrong.yml"
    path.parent.mkdir(parents=True)
    path.write_text(WRONG, encoding="utf-8")
    code, text = actionlint(path)
    assert code == 1
    assert "SC2086" in text
    assert "tiemout-minutes" in text
    path.write_text(WRONG.replace("        tiemout-minutes: 5\n", ""), encoding="utf-8")
    code, text = zizmor(path)
    assert code != 0
    assert "template-injection" in text
    path.write_text(WRONG.replace("runs-on", "run-on"), encoding="utf-8")
    assert said("check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)[0] == 1
