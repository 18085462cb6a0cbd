"""When a rule was last changed: real repositories, and what is no repository."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess

import pytest

from reconciler.desired import load, resolve
from reconciler.flow.blame import last_changes
from tests.commands.test_commands import valid
from tests.support.policies import small_register

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")

ACCESS = """\
access:
  one:                     # written first
    who: anna@x.se
    clients: ["1041"]
    programs: [books]
  two:
    who: bo@x.se
    clients: ["1041"]
    programs: [books]
never:
  three: {who: all, clients: ["1061"]}
"""
ZONE = "Europe/Stockholm"


class Repository:
    """A folder with a history."""

    def __init__(self, folder):
        self.folder = folder
        self.git("init", "-q")

    def git(self, *arguments, **environment):
        identity = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        subprocess.run(
            ["git", "-c", "commit.gpgsign=false", *arguments],
            cwd=self.folder,
            check=True,
            capture_output=True,
            env={**os.environ, **identity, **environment},
        )

    def commit(self, author: str, date: str):
        who = {"NAME": author, "EMAIL": "who@x.se", "DATE": date}
        self.git("add", "-A")
        roles = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
        self.git("commit", "-q", "-m", "change", **roles)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "access.yaml").write_text(ACCESS, encoding="utf-8")
    made = Repository(tmp_path)
    made.commit("Ann Author", "2026-05-12T23:30:00+0000")
    return made


def rewrite(repository, old, new):
    path = repository.folder / "policies" / "access.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def changed(repository, timezone=ZONE):
    policy = load(repository.folder / "policies")
    rules = resolve(policy, small_register(), dt.date(2027, 1, 15)).rules
    edits = last_changes(policy, rules, range(len(rules)), timezone)
    return {rules[n].name: (str(edit.date), edit.author) for n, edit in edits.items()}


def test_each_rule_has_the_date_and_the_author_of_its_own_lines(repository):
    rewrite(repository, "who: bo@x.se", "who: cia@x.se")
    repository.commit("Bo Author", "2026-10-01T12:00:00+0200")
    assert changed(repository) == {
        "one": ("2026-05-13", "Ann Author"),
        "two": ("2026-10-01", "Bo Author"),
        "three": ("2026-05-13", "Ann Author"),
    }


def test_the_day_is_that_of_the_bureau(repository):
    assert changed(repository, "America/New_York")["one"] == ("2026-05-12", "Ann Author")


def test_the_last_line_of_a_rule_is_its_own_and_the_next_rule_is_not(repository):
    rewrite(repository, "    programs: [books]\n  two", "    programs: [books, pay]\n  two")
    repository.commit("Bo Author", "2026-10-01T12:00:00+0200")
    assert changed(repository)["one"] == ("2026-10-01", "Bo Author")
    assert changed(repository)["two"] == ("2026-05-13", "Ann Author")


def test_what_is_not_committed_yet_is_told_as_that(repository):
    rewrite(repository, "who: bo@x.se", "who: cia@x.se")
    assert changed(repository)["two"] == ("None", "")
    assert changed(repository)["one"] == ("2026-05-13", "Ann Author")


def test_many_rules_of_one_file(repository):
    rules = "".join(f"  r{i}: {{who: bo@x.se, clients: ['1041'], programs: []}}\n" for i in range(60))
    rewrite(repository, "never:", f"{rules}never:")
    repository.commit("Bo Author", "2026-10-01T12:00:00+0200")
    found = changed(repository)
    assert len(found) == 63
    assert found["r59"] == ("2026-10-01", "Bo Author")


def test_a_history_that_is_cut_off_does_not_date_what_is_older(repository, tmp_path, monkeypatch):
    rewrite(repository, "who: bo@x.se", "who: cia@x.se")
    repository.commit("Bo Author", "2026-10-01T12:00:00+0200")
    rewrite(repository, "three: {who: all", "three: {who: bo@x.se")
    repository.commit("Cia Author", "2026-10-02T12:00:00+0200")
    repository.git("clone", "-q", "--depth", "2", f"file://{tmp_path}", "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    repository.folder = tmp_path / "shallow"
    # at the boundary git blames the oldest commit that is there for everything before it
    assert changed(repository) == {"three": ("2026-10-02", "Cia Author")}


def test_no_repository_no_history(tmp_path, monkeypatch):
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "access.yaml").write_text(ACCESS, encoding="utf-8")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    class Folder:
        folder = tmp_path

    assert changed(Folder) == {}


def test_no_git_no_history(repository, monkeypatch):
    monkeypatch.setenv("PATH", str(repository.folder))
    assert changed(repository) == {}


def test_a_file_that_is_not_in_the_history_has_none(repository):
    (repository.folder / "policies" / "-L1,9.yaml").write_text(
        "access: {new: {who: bo@x.se, clients: ['1041'], programs: []}}\n", encoding="utf-8"
    )
    assert "new" not in changed(repository)
    repository.commit("Bo Author", "2026-10-01T12:00:00+0200")
    assert changed(repository)["new"] == ("2026-10-01", "Bo Author")


def test_a_hook_of_another_repository_does_not_lead_astray(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert changed(repository)["one"] == ("2026-05-13", "Ann Author")


def test_what_a_repository_would_start_is_not_started(repository):
    mark = repository.folder / "started"
    for setting in ("core.fsmonitor", "diff.x.textconv", "core.pager"):
        repository.git("config", setting, f"touch {mark};:")
    (repository.folder / ".git" / "info").mkdir(exist_ok=True)
    (repository.folder / ".git" / "info" / "attributes").write_text("*.yaml diff=x\n")
    assert changed(repository)["one"] == ("2026-05-13", "Ann Author")
    assert not mark.exists()


def test_an_author_may_be_called_anything(repository):
    rewrite(repository, "who: bo@x.se", "who: cia@x.se")
    repository.commit("\tboundary\u202e 0", "2026-10-01T12:00:00+0200")
    assert changed(repository)["two"][0] == "2026-10-01"


def test_explain_and_who_tell_of_the_history(reconciler, example):
    made = Repository(example)
    made.commit("Ann \u202eAuthor", "2026-05-12T12:00:00+0000")
    text = reconciler("explain", "anna", "1042", "payroll", "--as-of", "2026-11-24").out
    assert "last changed: 2026-05-12 by Ann \\u202eAuthor (commit " in text
    assert "last changed" not in reconciler("explain", "anna", "1042", "--no-blame").out
    json = ("who", "--client", "1042", "--format", "json", "--as-of", "2026-11-24")
    assert {rule["changed"] for rule in valid(reconciler(*json).out)["rules"]} == {None}
    rules = valid(reconciler(*json, "--blame").out)["rules"]
    assert {rule["changed"]["date"] for rule in rules} == {"2026-05-12"}
    assert "changed 2026-05-12 by" in reconciler("who", "--client", "1042", "--blame").out
