"""The hooks for pre-commit, called as it calls them: the entry, the arguments, the files that fit, in the repository."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.pipelines.files import ROOT

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}


def call(hook: dict, repository: Path) -> tuple[int, str, bool]:
    """Exit code, output, and whether files were changed: either fails the commit."""
    files = sorted(p.relative_to(repository).as_posix() for p in repository.rglob("*") if p.is_file())
    fitting = [name for name in files if re.search(hook["files"], name)]
    assert fitting
    command = shlex.split(hook["entry"]) + hook.get("args", []) + fitting * hook.get("pass_filenames", True)
    before = {name: (repository / name).read_bytes() for name in fitting}
    program = Path(sys.executable).parent / command[0]
    ran = subprocess.run([program, *command[1:]], cwd=repository, capture_output=True, text=True, check=False)
    after = {name: (repository / name).read_bytes() for name in fitting}
    return ran.returncode, ran.stdout + ran.stderr, before != after


@pytest.fixture
def repository(tmp_path):
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    (tmp_path / "reconciler.yaml").write_text("backend: {kind: http, url: https://bureau.invalid/}\n")
    return tmp_path


def test_the_manifest_names_what_pre_commit_needs():
    assert set(HOOKS) == {"reconciler-fmt", "reconciler-validate"}
    for hook in HOOKS.values():
        assert {"id", "name", "entry", "language", "files"} <= set(hook)
        assert hook["language"] == "python"
        assert hook["entry"].split()[0] == "reconciler"  # the script that the package installs


@pytest.mark.parametrize("name", HOOKS)
def test_the_example_passes(repository, name):
    code, output, changed = call(HOOKS[name], repository)
    assert (code, changed) == (0, False), output


def test_fmt_mends_the_file_that_is_committed_and_so_stops_the_commit(repository):
    path = repository / "policies" / "denials.yaml"
    sound = path.read_bytes()
    path.write_text(path.read_text("utf-8").replace("  ", "      "), encoding="utf-8")
    code, output, changed = call(HOOKS["reconciler-fmt"], repository)
    assert (code, changed) == (0, True), output
    assert path.read_bytes() == sound


def test_validate_stops_the_commit_of_what_is_wrong(repository):
    (repository / "policies" / "more.yaml").write_text("access: {new: {who: all}}\n", encoding="utf-8")
    code, output, _ = call(HOOKS["reconciler-validate"], repository)
    assert code == 1
    assert "more.yaml:1" in output
