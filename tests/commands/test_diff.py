"""`diff` on real git repositories: what a change means, and what a stranger's commit cannot do."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import jsonschema
import pytest

from reconciler.flow import revision
from reconciler.resources import resource
from tests.commands.conftest import DAY
from tests.support.repositories import commit, git


@pytest.fixture
def repository(reconciler, example) -> Path:
    """The example with its register, committed on the branch main; no backend and no token is left."""
    assert reconciler("register", "pull").code == 0
    (example / "bureau.db").unlink()
    for path in (example / "tokens").iterdir():
        path.unlink()
    (example / ".gitignore").write_text("logs\nstate\nbureau.db*\n")
    git(example, "init", "--quiet", "--initial-branch", "main")
    commit(example)
    return example


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def document(ran) -> dict:
    assert ran.code in (0, 2), ran.err
    found = json.loads(ran.out)
    jsonschema.validate(found, json.loads(resource("schemas/plan.schema.json").read_text("utf-8")))
    return found


def test_what_a_pull_request_changes(reconciler, repository):
    edit(repository, "policies/access.yaml", "team:self & tag:payroll", "team:self & tag:audit")
    edit(repository, "policies/access.yaml", "until: 2027-03-31", "until: 2027-06-30")
    ran = reconciler("diff", "main", *DAY, "--client", "1042", "--client", "1053")
    assert ran.code == 0
    assert (
        ran.out
        == """\
What the YAML changes at Exempelbyrån on 2026-11-24
From main to policies
1 person gains, 1 person loses access; 1 person gets sensitive programs.

Adds programs: 1 program
------------------------
  + David Holm
      at 1053 Domkyrkans Guld & Silver AB
      programs: Payroll
      rule: payroll-leads

Removes programs: 1 program
---------------------------
  - Anna Lind
      at 1042 Sofielunds Bageri AB
      programs: Payroll
      why: no rule gives it any more; before, this one did: payroll-leads

In the YAML: 2 entries say something else
-----------------------------------------
  * rule “parental-leave-eva” is changed, and covers the same as before on
    2026-11-24
      until moved from 2027-03-31 to 2027-06-30
      stands in policies/access.yaml:33
  * rule “payroll-leads” is changed
      clients: team:self & tag:payroll became team:self & tag:audit
      stands in policies/access.yaml:14

Summary: 1 program added, 1 program removed.
"""
    )


def test_exit_codes_and_the_document(reconciler, repository):
    same = document(reconciler("diff", "main", "--format", "json", "--detailed-exitcode", *DAY))
    assert (same["changes-access"], same["edits"], same["operations"]) == (False, [], [])
    assert reconciler("diff", "main", "--detailed-exitcode", *DAY).code == 0
    edit(repository, "policies/access.yaml", "until: 2027-03-31", "until: 2026-11-01")
    ran = reconciler("diff", "main", "--format", "json", "--detailed-exitcode", *DAY)
    assert ran.code == 2
    changed = document(ran)
    assert changed["changes-access"]
    assert {"digest", "operator", "revision", "in-sync"} & set(changed) == set()
    (rule,) = changed["edits"]
    assert (rule["name"], rule["kind"], rule["same-access"]) == ("parental-leave-eva", "changed", False)
    assert {name for one in changed["operations"] for name in one["rules"]} == {"parental-leave-eva"}
    assert reconciler("diff", "main", "main", "--detailed-exitcode", *DAY).code == 0


def test_revisions_folders_and_the_tree_that_is_there_say_the_same(reconciler, repository):
    edit(repository, "policies/access.yaml", "team:self & tag:payroll", "team:self & tag:audit")
    there = document(reconciler("diff", "main", "--format", "json", *DAY))
    commit(repository)
    (repository / "old").mkdir()
    for name in git(repository, "ls-tree", "--name-only", "main~1", "policies/").split():
        (repository / "old" / Path(name).name).write_text(git(repository, "show", f"main~1:{name}"), "utf-8")
    for sides in (("main~1", "main"), ("main~1", "policies"), ("./old",), ("old", "HEAD"), ("HEAD~1",)):
        found = document(reconciler("diff", *sides, "--format", "json", *DAY))
        assert found["operations"] == there["operations"]
        assert [(one["name"], one["differences"]) for one in found["edits"]] == [
            (one["name"], one["differences"]) for one in there["edits"]
        ]
    back = document(reconciler("diff", "main", "main~1", "--format", "json", *DAY))
    assert back["summary"]["programs-added"] == there["summary"]["programs-removed"]
    assert back["summary"]["programs-removed"] == there["summary"]["programs-added"]


def test_comments_and_shape_are_no_change(reconciler, repository):
    text = (repository / "policies/access.yaml").read_text("utf-8")
    (repository / "policies/access.yaml").unlink()
    (repository / "policies/else.yaml").write_text(f"# moved\n{text}", "utf-8")
    ran = reconciler("diff", "main", *DAY)
    assert "No entry of the YAML says anything else than before." in ran.out
    assert "Nobody gains or loses access." in ran.out


def test_merge_base_looks_at_what_the_branch_changed(reconciler, repository):
    git(repository, "switch", "--quiet", "--create", "feature")
    edit(repository, "policies/access.yaml", "until: 2027-03-31", "until: 2027-06-30")
    commit(repository)
    git(repository, "switch", "--quiet", "main")
    edit(repository, "policies/access.yaml", "team:self & tag:payroll", "team:self & tag:audit")
    commit(repository)
    every = document(reconciler("diff", "main", "feature", "--format", "json", *DAY))
    own = document(reconciler("diff", "main", "feature", "--merge-base", "--format", "json", *DAY))
    assert [one["name"] for one in every["edits"]] == ["parental-leave-eva", "payroll-leads"]
    assert [one["name"] for one in own["edits"]] == ["parental-leave-eva"]
    git(repository, "switch", "--quiet", "feature")
    assert document(reconciler("diff", "main", "--merge-base", "--format", "json", *DAY))["edits"] == [
        one | {"file": "policies/access.yaml"} for one in own["edits"]
    ]
    ran = reconciler("diff", "./policies", "--merge-base")
    assert (ran.code, "--merge-base is for two revisions" in ran.err) == (1, True)


def test_errors_now_stop_and_are_told_as_validate_tells_them(reconciler, repository):
    edit(repository, "policies/access.yaml", "team:self & tag:payroll", "team:self & tag:pay roll")
    edit(repository, "policies/access.yaml", "fia.temp@", "fia.tmp@")
    ran = reconciler("diff", "main", *DAY)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("policies/access.yaml:16:")
    commit(repository)
    assert reconciler("diff", "main~1", "main", *DAY).err.startswith("policies/access.yaml:16:")


def test_a_name_that_the_register_does_not_know_stops(reconciler, repository):
    edit(repository, "policies/access.yaml", "fia.temp@", "fia.tmp@")
    ran = reconciler("diff", "main", *DAY)
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean “fia.temp@exempelbyran.example”?" in ran.err


def test_errors_before_are_told_and_everything_counts_as_new(reconciler, repository):
    good = (repository / "policies/access.yaml").read_text("utf-8")
    (repository / "policies/access.yaml").write_text("access: {r: {who: x}}\n")
    commit(repository)
    (repository / "policies/access.yaml").write_text(good, "utf-8")
    ran = reconciler("diff", "main", *DAY)
    assert ran.code == 0
    assert "main cannot be read, so everything above counts as new" in ran.out
    assert "main:policies/access.yaml:1:10: error: “r” has no “clients”" in ran.out
    found = document(reconciler("diff", "main", "--format", "json", *DAY))
    assert found["unread"]
    assert found["summary"]["accesses-given"] > 10
    assert found["summary"]["accesses-removed"] == 0


def test_the_first_change_of_a_repository(reconciler, repository):
    git(repository, "rm", "-r", "--quiet", "--cached", "policies", "register")
    git(repository, "commit", "--quiet", "--amend", "--message", "nothing yet")
    found = document(reconciler("diff", "main", "--format", "json", *DAY))
    assert [one["code"] for one in found["unread"]] == ["no-files"]
    assert found["summary"]["accesses-given"] > 10


def test_somebody_leaves_the_register_and_the_rules_at_once(reconciler, repository):
    edit(
        repository, "policies/access.yaml", "fia.temp@exempelbyran.example", "eva.strand@exempelbyran.example"
    )
    consultants = repository / "register/consultants.csv"
    lines = [line for line in consultants.read_text("utf-8").splitlines() if not line.startswith("fia")]
    consultants.write_text("\n".join(lines) + "\n", "utf-8")
    ran = reconciler("diff", "main", *DAY)
    assert ran.code == 0, ran.err
    assert "1 consultant is gone: fia.temp@exempelbyran.example" in ran.out
    assert "who: fia.temp@exempelbyran.example became eva.strand@exempelbyran.example" in ran.out
    assert "cannot be read" not in ran.out
    commit(repository)
    assert document(reconciler("diff", "main~1", "main", "--format", "json", *DAY))["unread"] == []


def test_a_register_that_is_named_is_the_one_that_is_read(reconciler, repository, tmp_path):
    trusted = tmp_path / "trusted"
    trusted.mkdir()
    for path in (repository / "register").iterdir():
        (trusted / path.name).write_bytes(path.read_bytes())
    (repository / "register/clients.csv").write_text("id,name,status,tags,team\n")
    edit(repository, "policies/access.yaml", "until: 2027-03-31", "until: 2026-11-01")
    assert reconciler("diff", "main", *DAY).code == 1  # the rules name clients that it leaves out
    found = document(reconciler("diff", "main", "--register", str(trusted), "--format", "json", *DAY))
    assert (found["register"], found["changes-access"]) == (None, True)


def test_no_register(reconciler, repository):
    git(repository, "rm", "-r", "--quiet", "register")
    ran = reconciler("diff", "main", *DAY)
    assert ran.code == 1
    assert "there is no register in policies" in ran.err
    assert "reconciler register pull" in ran.err


@pytest.mark.parametrize(
    "name",
    [
        "nothing",
        "--upload-pack=touch owned",
        "-h",
        "main:policies",
        "HEAD~99",
        "$(touch owned)",
        "main\nmain",
        "",
    ],
)
def test_what_is_no_revision(reconciler, repository, name):
    ran = reconciler("diff", *DAY, "--", name)
    assert (ran.code, ran.out) == (1, "")
    assert "is no revision that git knows here, and no folder" in ran.err
    assert not (repository / "owned").exists()


def test_a_name_of_both_a_branch_and_a_folder(reconciler, repository):
    (repository / "main").mkdir()
    ran = reconciler("diff", "main", *DAY)
    assert (ran.code, "“main” is a revision and a folder" in ran.err) == (1, True)
    assert reconciler("diff", "refs/heads/main", *DAY).code == 0


def test_outside_of_a_repository(reconciler, example, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(example.parent))
    assert "is no revision that git knows here" in reconciler("diff", "main").err


def test_rules_outside_of_the_repository(reconciler, repository, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    ran = reconciler("diff", "main", "--policies", str(elsewhere))
    assert ran.code == 1
    assert "is no revision" in ran.err or "is outside of the git repository" in ran.err


def test_no_connection_is_opened_and_no_token_is_looked_for(reconciler, repository, monkeypatch):
    def refuse(*_arguments, **_more):
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    (repository / "reconciler.yaml").write_text(
        "policies: policies\nbackend: {kind: http, url: https://bureau.example/, token-file: no/such/file}\n"
    )
    monkeypatch.setenv("RECONCILER_TOKEN", "canary")
    ran = reconciler("diff", "main", *DAY)
    assert ran.code == 0, ran.err
    assert "canary" not in ran.out + ran.err


def add_blob(folder: Path, mode: str, path: str, content: str) -> None:
    """Put an entry of any mode into the index."""
    name = git(folder, "hash-object", "-w", "--stdin", input=content).strip()
    git(folder, "update-index", "--add", "--cacheinfo", f"{mode},{name},{path}")


def test_a_link_or_a_submodule_in_a_revision_is_not_followed(reconciler, repository):
    secret = repository / "secret.yaml"
    secret.write_text("access: {leaked: {who: nobody}}\n")
    add_blob(repository, "120000", "policies/link.yaml", "../secret.yaml")
    add_blob(repository, "120000", "register/clients.csv", "../secret.yaml")
    head = git(repository, "rev-parse", "HEAD").strip()
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},policies/module")
    git(repository, "commit", "--quiet", "--message", "links")
    ran = reconciler("diff", "main~1", "main", *DAY)
    assert (ran.code, ran.out) == (1, "")
    assert "register/clients.csv:1:1: error: this is a link, which is not followed in a revision" in ran.err
    git(repository, "rm", "--quiet", "--cached", "register/clients.csv")
    git(repository, "add", "register")
    git(repository, "commit", "--quiet", "--message", "links of rules alone")
    ran = reconciler("diff", "main~2", "main", "--register", "register", *DAY)
    assert "policies/link.yaml:1:1: error: this is a link" in ran.err
    assert "policies/module:1:1: error: this is a submodule" in ran.err
    assert "leaked" not in ran.err


def test_what_is_too_large_is_not_read(reconciler, repository, monkeypatch):
    monkeypatch.setattr("reconciler.flow.comparing.LIMIT", 2_000)
    (repository / "policies/large.yaml").write_text("# " + "x" * 3_000)
    commit(repository)
    ran = reconciler("diff", "main~1", "main", *DAY)
    assert ran.code == 1
    assert "policies/large.yaml has 1 MB" in ran.err
    monkeypatch.setattr("reconciler.flow.comparing.LIMIT", 20_000)
    monkeypatch.setattr(revision, "MOST_BYTES", 4_000)
    assert "than are read" in reconciler("diff", "main~1", "main", *DAY).err


def test_nothing_of_the_repository_is_run(reconciler, repository):
    marker = repository / "owned"
    program = repository / "program.sh"
    program.write_text(f"#!/bin/sh\ntouch '{marker}'\ncat\n")
    program.chmod(0o755)
    (repository / ".gitattributes").write_text("*.yaml filter=evil diff=evil\n*.csv filter=evil\n")
    commit(repository)
    for key in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
    ):
        git(repository, "config", key, str(program))
    for hook in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
        path = repository / ".git/hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(program.read_text())
        path.chmod(0o755)
    marker.unlink(missing_ok=True)
    assert reconciler("diff", "main~1", "main", *DAY).code == 0
    assert reconciler("diff", "main~1", "--merge-base", *DAY).code == 0
    assert not marker.exists()


def test_names_that_are_no_utf_8_and_files_that_do_not_count(reconciler, repository):
    add_blob(repository, "100644", "policies/.hidden.yaml", "access: [wrong]\n")
    add_blob(repository, "100644", "policies/.hidden/x.yaml", "access: [wrong]\n")
    add_blob(repository, "100644", "policies/notes.txt", "access: [wrong]\n")
    git(repository, "commit", "--quiet", "--message", "odd")
    assert document(reconciler("diff", "main~1", "main", "--format", "json", *DAY))["edits"] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("policies/access.yaml", "team:self & tag:payroll", "team:self & tag:audit"),
        ("policies/access.yaml", "until: 2027-03-31", "until: 2026-11-01"),
        ("policies/access.yaml", "who: each-team.lead", "who: each-team"),
        ("policies/denials.yaml", 'clients: ["1062"]', "clients: tag:payroll"),
        ("policies/bureau.yaml", "[bookkeeping, invoicing, receipts]", "[bookkeeping, receipts]"),
    ],
)
def test_a_plan_against_a_bureau_that_is_what_the_rules_said_shows_the_same(
    reconciler, repository, name, old, new
):
    def shown(found: dict) -> list[dict]:
        # by which rule something was given before, a plan does not know
        return [{key: value for key, value in one.items() if key != "rules"} for one in found["operations"]]

    for path in (repository / "tokens").glob("*"):
        path.unlink()
    assert reconciler("bureau", "load", "--example").code == 0
    token = ("--token-file", "tokens/managing-partner.token")
    reconciler("apply", "--yes", *DAY, *token)
    assert document(reconciler("plan", *DAY, *token, "--format", "json"))["operations"] == []
    edit(repository, name, old, new)
    plan = document(reconciler("plan", *DAY, *token, "--format", "json"))
    found = document(reconciler("diff", "main", *DAY, "--format", "json"))
    assert shown(found)
    assert shown(found) == shown(plan)


@pytest.mark.parametrize("form", ["html", "csv", "xlsx", "sarif", "github", "gitlab"])
def test_every_format_of_a_plan_tells_the_access(reconciler, repository, form):
    edit(repository, "policies/access.yaml", "team:self & tag:payroll", "team:self & tag:audit")
    ran = reconciler("diff", "main", "--format", form, "--to", "out", *DAY)
    assert (ran.code, ran.err) == (0, "")
    content = (repository / "out").read_bytes()
    assert content
    assert b"sha256:" not in content


def test_a_page_tells_what_was_edited_and_names_no_operator(reconciler, repository):
    edit(repository, "policies/access.yaml", "until: 2027-03-31", "until: 2027-06-30")
    edit(repository, "register/clients.csv", "Malmö Hamnkök AB", "Malmö Hamnkrog AB")
    page = reconciler("diff", "main", "--format", "html", *DAY).out
    assert "In the YAML: 1 entry says something else" in page
    assert "until moved from 2027-03-31 to 2027-06-30" in page
    assert "1 client has another name, status, tag or team: 1041" in page
    assert "Operator:" not in page


def test_a_comment_for_a_pull_request(reconciler, repository):
    edit(repository, "policies/access.yaml", "team:self & tag:payroll", "team:self & tag:audit")
    edit(repository, "policies/access.yaml", "until: 2027-03-31", "until: 2027-06-30")
    ran = reconciler("diff", "main", "--format", "markdown", "--fits", "github", *DAY)
    assert ran.out.startswith("### 2 people gain, 3 people lose access; 2 people get sensitive programs\n")
    assert "no rule gives it any more; before, this one did: payroll-leads" in ran.out
    assert "#### In the YAML: 2 entries say something else\n" in ran.out
    assert "; clients: `team:self & tag:payroll` became `team:self & tag:audit`\n" in ran.out
    assert ran.out.endswith("<!-- reconciler:complete -->\n")
    assert "digest" not in ran.out


def test_a_comment_about_rules_that_could_not_be_read_says_so_first(reconciler, repository):
    good = (repository / "policies/access.yaml").read_text("utf-8")
    (repository / "policies/access.yaml").write_text("access: {r: {who: x}}\n")
    commit(repository)
    (repository / "policies/access.yaml").write_text(good, "utf-8")
    ran = reconciler("diff", "main", "--format", "markdown", *DAY)
    first = ran.out.index("#### main cannot be read, so everything counts as new\n")
    assert first == ran.out.index("####")
    assert "- `main:policies/access.yaml:1`: “r” has no “clients”\n" in ran.out


def test_a_comment_that_is_too_long_is_cut(reconciler, repository):
    rules = "".join(
        f"  r{i}: {{who: anna.lind@exempelbyran.example, clients: '1042', programs: [payroll], reason: {'x' * 60}}}\n"
        for i in range(400)
    )
    (repository / "policies/many.yaml").write_text(f"access:\n{rules}")
    ran = reconciler("diff", "main", "--format", "markdown", "--fits", "bitbucket", *DAY)
    assert len(ran.out.encode()) <= 32_768 - 1_024
    assert ran.out.endswith("<!-- reconciler:cut -->\n")
    assert "#### In the YAML: 400 entries say something else\n" in ran.out


def test_what_a_guardrail_holds_back_is_remarked_at_a_file_of_now(reconciler, repository):
    edit(repository, "policies/access.yaml", "  hamnkok-payments:", "  another-name:")
    edit(
        repository,
        "policies/access.yaml",
        'anna.lind@exempelbyran.example\n    clients: ["1041"]',
        'bertil.ek@exempelbyran.example\n    clients: ["1041"]',
    )
    commit(repository)
    for sides in (("main~1",), ("main~1", "main")):
        ran = reconciler("diff", *sides, "--format", "sarif", *DAY)
        uris = {
            place["physicalLocation"]["artifactLocation"]["uri"]
            for one in json.loads(ran.out)["runs"][0]["results"]
            for place in one.get("locations", [])
        }
        assert uris
        assert all(uri.startswith("policies/") for uri in uris)
