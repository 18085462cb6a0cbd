"""An edit becomes a commit on a branch, and nothing else in the repository or the working tree moves."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from reconciler.errors import InputError, Overtaken, ReconcilerError
from reconciler.flow.branches import find_base, new_name, tip_of
from reconciler.flow.commits import Onto, author, commit
from reconciler.flow.edited import Edited
from reconciler.flow.git import ask
from tests.flow.conftest import ACCESS, BUREAU
from tests.support import repositories
from tests.support.repositories import git, plant_hooks

MORE = ACCESS + b"  more: {who: all, clients: all, programs: [receipts]}\n"
BRANCH = "access/more"


def onto(policies: Path, branch: str = BRANCH) -> Onto:
    base = find_base(policies)
    assert base is not None
    return Onto(branch, base.commit, tip_of(policies, branch))


def snapshot(repository: Path) -> dict[str, object]:
    """All that a commit on another branch must not touch: files with their times, the index, HEAD, other refs."""
    files = {
        str(path): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(repository.rglob("*"))
        if path.is_file()
        and (".git" not in path.parts or path.name in {"index", "HEAD", "config", "ORIG_HEAD"})
    }
    refs = [line for line in git(repository, "for-each-ref").split("\n") if "refs/heads/access/" not in line]
    return {"files": files, "refs": refs}


def changed(repository: Path, revision: str) -> set[str]:
    told = git(repository, "diff-tree", "-r", "-z", "--no-renames", "--name-only", f"{revision}^", revision)
    return set(told.split("\0")[:-1])


def content(repository: Path, name: str) -> bytes:
    return subprocess.run(
        ["git", "cat-file", "blob", name], cwd=repository, capture_output=True, check=True
    ).stdout


def test_the_file_of_the_branch_is_new_and_nothing_else_moves(repository, policies):
    marker = repository.parent / "mark"
    plant_hooks(repository, marker)
    (repository / ".gitattributes").write_text("*.yaml filter=evil diff=evil\n")
    (policies / "bureau.yaml").write_bytes(b"bureau: half-written\n")
    git(repository, "add", "README.md")
    marker.unlink(missing_ok=True)
    before = snapshot(repository)
    made = commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "Give more\n\nbecause\n")
    assert snapshot(repository) == before
    assert not marker.exists()
    assert tip_of(policies, BRANCH) == made
    assert changed(repository, made) == {"policies/access.yaml"}
    assert content(repository, f"{made}:policies/access.yaml") == MORE
    assert content(repository, f"{made}:policies/bureau.yaml") == BUREAU
    told = git(repository, "log", "-1", "--format=%an|%ae|%cn|%s|%b|%P", made).strip().replace("\n", "")
    assert told == f"Anna Lind|anna@exempelbyran.example|Anna Lind|Give more|because|{onto(policies).base}"
    assert git(repository, "fsck", "--strict") == ""


def test_a_branch_goes_on_from_its_tip(repository, policies):
    first = commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "one")
    second = commit(policies, [Edited("bureau.yaml", BUREAU, BUREAU + b"# x\n")], onto(policies), "two")
    assert git(repository, "rev-parse", f"{second}^").strip() == first
    assert changed(repository, second) == {"policies/bureau.yaml"}


@pytest.mark.parametrize("how", ["moved", "made", "gone"])
def test_a_branch_that_somebody_else_moved_stays_theirs(repository, policies, how):
    if how != "made":
        commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "one")
    seen = onto(policies)
    if how == "gone":
        git(repository, "branch", "-D", BRANCH)
        theirs = None
    else:
        theirs = commit(policies, [Edited("new.yaml", None, b"theirs")], onto(policies), "theirs")
    with pytest.raises(Overtaken) as caught:
        commit(policies, [Edited("bureau.yaml", BUREAU, b"bureau: ours\n")], seen, "ours")
    assert "nothing was written" in str(caught.value)
    assert tip_of(policies, BRANCH) == theirs


def test_a_file_that_is_not_what_was_shown(repository, policies):
    edits = [
        Edited("access.yaml", b"something else\n", MORE),
        Edited("bureau.yaml", None, b"new\n"),
        Edited("gone.yaml", b"x", b"y"),
    ]
    with pytest.raises(Overtaken) as caught:
        commit(policies, edits, onto(policies), "x")
    assert [str(one.position) for one in caught.value.findings] == [
        "policies/access.yaml:1:1",
        "policies/bureau.yaml:1:1",
        "policies/gone.yaml:1:1",
    ]
    assert tip_of(policies, BRANCH) is None


def test_two_on_one_branch_one_wins_and_the_other_is_told(policies):
    seen = onto(policies)
    for _ in range(5):
        outcomes = at_once(lambda i: commit(policies, [Edited("access.yaml", ACCESS, MORE)], seen, f"{i}"), 4)
        won = [one for one in outcomes if isinstance(one, str)]
        assert len(won) == 1, outcomes
        assert all(isinstance(one, Overtaken) for one in outcomes if not isinstance(one, str)), outcomes
        assert tip_of(policies, BRANCH) == won[0]
        git(policies.parent, "branch", "-D", BRANCH)


def test_two_on_different_branches_are_both_there(policies):
    base = onto(policies).base
    outcomes = at_once(
        lambda i: commit(
            policies, [Edited("access.yaml", ACCESS, MORE + b"#" * i)], Onto(f"access/b{i}", base), f"{i}"
        ),
        4,
    )
    assert [tip_of(policies, f"access/b{i}") for i in range(4)] == outcomes


def test_one_that_is_just_moving_the_branch_is_waited_for(repository, policies, monkeypatch):
    lock = repository / ".git/refs/heads/access/more.lock"
    lock.parent.mkdir()
    lock.touch()
    with monkeypatch.context() as hurried:
        hurried.setattr("reconciler.flow.commits._TRIES", 2)
        with pytest.raises(ReconcilerError, match=r"more\.lock"):
            commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")
    timer = threading.Timer(0.5, lock.unlink)
    timer.start()
    made = commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")
    timer.join()
    assert tip_of(policies, BRANCH) == made


def at_once(call, n: int) -> list[object]:
    """What a function gives, or raises, called by several threads at the same time."""
    gate, outcomes = threading.Barrier(n), [None] * n

    def one(i: int) -> None:
        gate.wait()
        try:
            outcomes[i] = call(i)
        except ReconcilerError as error:
            outcomes[i] = error

    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


# -- files ----------------------------------------------------------------------------------------------------------

ODD = [
    "-n.yaml",
    "a b.yaml",
    "å ä/ö.yaml",
    "q\"uo'te.yaml",
    "--.yaml",
    "$(x).yaml",
    "*.yaml",
    ":(top).yaml",
    "x\u00a0y.yaml",
]


@pytest.mark.parametrize("in_root", [False, True])
@pytest.mark.parametrize("name", ODD)
def test_odd_names(repository, policies, name, in_root):
    folder = repository if in_root else policies
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"old\n")
    repositories.commit(repository)
    edits = [Edited(name, b"old\n", b"new\n"), Edited(f"beside {name}", None, b"more\n")]
    made = commit(folder, edits, onto(folder), "odd")
    inner = "" if in_root else "policies/"
    assert changed(repository, made) == {f"{inner}{name}", f"{inner}beside {name}"}
    assert content(repository, f"{made}:{inner}{name}") == b"new\n"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/x",
        "../x.yaml",
        "a/../b.yaml",
        "./a.yaml",
        ".git/config",
        ".hidden",
        "a//b",
        "a\\b",
        "a\nb",
        "a\0b",
    ],
)
def test_names_that_lead_elsewhere(policies, name):
    with pytest.raises(InputError):
        commit(policies, [Edited(name, None, b"x")], onto(policies), "x")
    assert tip_of(policies, BRANCH) is None


@pytest.mark.parametrize("attributes", ["", "* text=auto\n", "*.yaml text eol=crlf\n", "* -text\n"])
def test_ends_of_lines_stay_as_they_are(repository, policies, attributes):
    crlf = b"bureau: exempelbyran\r\n# one\n# two\r\n"
    (policies / "bureau.yaml").write_bytes(crlf)
    repositories.commit(repository)
    (repository / ".gitattributes").write_text(attributes)
    made = commit(policies, [Edited("bureau.yaml", crlf, crlf + b"# three\r\n")], onto(policies), "x")
    assert content(repository, f"{made}:policies/bureau.yaml") == crlf + b"# three\r\n"


def test_a_file_that_git_gave_other_ends_of_lines_keeps_those_of_git(repository, policies):
    shown = ACCESS.replace(b"\n", b"\r\n")
    made = commit(policies, [Edited("access.yaml", shown, MORE.replace(b"\n", b"\r\n"))], onto(policies), "x")
    assert content(repository, f"{made}:policies/access.yaml") == MORE


def test_modes_stay(repository, policies):
    (policies / "access.yaml").chmod(0o755)
    repositories.commit(repository)
    edits = [Edited("access.yaml", ACCESS, MORE), Edited("new.yaml", None, b"# x\n")]
    made = commit(policies, edits, onto(policies), "x")
    listed = git(repository, "ls-tree", made, "policies/")
    assert [line.split()[0] for line in listed.splitlines()] == ["100755", "100644", "100644"]


@pytest.mark.parametrize("name", ["link.yaml", "inner/x.yaml", "module/x.yaml", "module", "folder"])
def test_links_submodules_and_folders_are_not_written_through(repository, policies, name):
    (policies / "link.yaml").symlink_to("../README.md")
    (policies / "inner").symlink_to("..")
    (policies / "folder").mkdir()
    (policies / "folder/x.yaml").write_bytes(b"# x\n")
    head = repositories.commit(repository)
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{head},policies/module")
    git(repository, "commit", "--quiet", "--message", "module")
    for before in (None, b"rules\n"):
        with pytest.raises(InputError) as caught:
            commit(policies, [Edited(name, before, b"x")], onto(policies), "x")
        assert "not written through" in str(caught.value.findings[0].message)
    assert tip_of(policies, BRANCH) is None


@examples(max_examples=25)
@given(
    st.dictionaries(
        st.sampled_from(["access.yaml", "bureau.yaml", "n.yaml", "sub/a.yaml", "sub/b c.yaml", "å.yaml"]),
        st.binary(max_size=40),
        min_size=1,
    )
)
def test_the_tree_differs_in_exactly_the_files_that_were_given(tmp_path_factory, files):
    repository = tmp_path_factory.mktemp("r")
    (repository / "policies").mkdir()
    (repository / "policies/access.yaml").write_bytes(ACCESS)
    (repository / "policies/bureau.yaml").write_bytes(BUREAU)
    git(repository, "init", "--quiet", "--initial-branch", "main")
    git(repository, "config", "user.name", "a")
    git(repository, "config", "user.email", "a@x.example")
    repositories.commit(repository)
    policies, was = repository / "policies", {"access.yaml": ACCESS, "bureau.yaml": BUREAU}
    edits = [Edited(name, was.get(name), after) for name, after in files.items()]
    differ = {f"policies/{one.path}" for one in edits if one.before != one.after}
    if not differ:
        with pytest.raises(InputError):
            commit(policies, edits, onto(policies), "x")
        return
    made = commit(policies, edits, onto(policies), "x")
    assert changed(repository, made) == differ
    for name, after in files.items():
        assert content(repository, f"{made}:policies/{name}") == after


# -- repositories ---------------------------------------------------------------------------------------------------


def test_a_head_that_is_no_branch(repository, policies):
    git(repository, "checkout", "--quiet", "--detach")
    base = find_base(policies)
    assert base is not None
    assert base.branch is None
    made = commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")
    assert git(repository, "rev-parse", f"{made}^", "HEAD").split() == [base.commit] * 2


def test_nothing_of_the_index_is_left_in_the_repository(repository, policies):
    for setting in ("core.splitIndex", "core.untrackedCache", "core.sparseCheckout"):
        git(repository, "config", setting, "true")
    before = {path.name for path in (repository / ".git").iterdir()}
    commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")
    assert {path.name for path in (repository / ".git").iterdir()} == before


def test_what_git_does_not_give_is_not_taken_for_nothing(repository, policies):
    seen = onto(policies)
    blob = git(repository, "rev-parse", "HEAD:policies/bureau.yaml").strip()
    tree = git(repository, "rev-parse", "HEAD:policies").strip()
    for name in (blob, tree):
        path = repository / ".git/objects" / name[:2] / name[2:]
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(ReconcilerError, match="git cannot write the commit"):
            commit(policies, [Edited("bureau.yaml", None, b"bureau: other\n")], seen, "x")
        path.write_bytes(content)
    assert tip_of(policies, BRANCH) is None


def test_a_folder_that_is_new(repository, policies):
    folder = repository / "-other"
    folder.mkdir()
    made = commit(folder, [Edited("sub/a.yaml", None, b"# a\n")], onto(folder), "x")
    assert changed(repository, made) == {"-other/sub/a.yaml"}
    again = commit(folder, [Edited("sub/a.yaml", b"# a\n", b"# b\n")], onto(folder), "x")
    assert changed(repository, again) == {"-other/sub/a.yaml"}


def test_longer_hashes(settings, tmp_path):
    (tmp_path / "access.yaml").write_bytes(ACCESS)
    git(tmp_path, "init", "--quiet", "--object-format=sha256")
    repositories.commit(tmp_path)
    made = commit(tmp_path, [Edited("access.yaml", ACCESS, MORE)], onto(tmp_path), "x")
    assert len(made) == 64
    assert tip_of(tmp_path, BRANCH) == made


def test_no_setting_makes_a_question_go_out(repository, policies):
    marker = repository.parent / "mark"
    plant_hooks(repository, marker)
    git(repository, "config", "protocol.ext.allow", "always")
    assert ask(policies, "ls-remote", "--", f"ext::{repository}/.git/program.sh") is None
    assert not marker.exists()


def test_no_commit_yet_and_no_repository(settings, tmp_path):
    assert find_base(tmp_path) is None
    git(tmp_path, "init", "--quiet")
    with pytest.raises(InputError, match="no commit yet"):
        find_base(tmp_path)


def test_a_repository_that_git_does_not_read_is_not_taken_for_none(repository, policies, monkeypatch):
    (repository / ".git/HEAD").write_text("nonsense\n")
    with pytest.raises(InputError, match="not a git repository"):
        find_base(policies)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match="git cannot be run here"):
        find_base(policies)
    assert find_base(repository.parent) is None


def test_a_branch_that_is_checked_out_is_not_moved(repository, policies, tmp_path):
    commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "other"), BRANCH)
    with pytest.raises(InputError, match="is checked out"):
        commit(policies, [Edited("bureau.yaml", BUREAU, b"x")], onto(policies), "x")


@pytest.mark.parametrize(
    "name",
    [
        "main",
        "refs/heads/access/x",
        "access/",
        "access/a..b",
        "access/x.lock",
        "access/@{1}",
        "access/-\0",
        "-d",
        "access/a b",
    ],
)
def test_names_that_are_no_branch_of_ours(policies, name):
    with pytest.raises(InputError, match="is no name for a branch"):
        commit(policies, [Edited("access.yaml", ACCESS, MORE)], Onto(name, onto(policies).base), "x")


def test_a_branch_where_the_name_of_ours_begins(repository, policies):
    git(repository, "branch", "access")
    with pytest.raises(ReconcilerError, match="'refs/heads/access' exists"):
        commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")


def test_new_names(repository, policies):
    assert new_name(policies, "Ge Åsa lön; rm -rf / @{-1}") == "access/ge-asa-lon-rm-rf-1"
    assert new_name(policies, "!") == "access/change"
    git(repository, "branch", "access/change")
    git(repository, "update-ref", "refs/remotes/some/where/access/change-2", "HEAD")
    assert new_name(policies, "") == "access/change-3"


# -- who ------------------------------------------------------------------------------------------------------------


def test_without_a_name_nothing_is_committed(policies, settings, monkeypatch):
    assert author(policies) == "Anna Lind <anna@exempelbyran.example>"
    monkeypatch.setenv("EMAIL", "somebody@machine.example")
    for told in ("", "[user]\n\tname = Anna\n", "[user]\n\temail = a@x.example\n"):
        settings.write_text(told)
        with pytest.raises(ReconcilerError, match="git does not know who you are") as caught:
            commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")
        assert "user.email" in str(caught.value.hint)
    assert tip_of(policies, BRANCH) is None


def test_it_is_signed_where_that_is_on(repository, policies, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in {"gpg.format": "ssh", "user.signingKey": str(key), "commit.gpgSign": "yes"}.items():
        git(repository, "config", name, value)
    made = commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "x")
    assert "-----BEGIN SSH SIGNATURE-----" in git(repository, "cat-file", "commit", made)
    key.unlink()
    with pytest.raises(ReconcilerError, match="the commit cannot be signed"):
        commit(policies, [Edited("access.yaml", MORE, ACCESS)], onto(policies), "x")
    assert tip_of(policies, BRANCH) == made


def test_what_git_says_when_the_repository_cannot_be_written(repository, policies):
    seen = onto(policies)
    for place in (repository / ".git/objects" / f"{i:02x}" for i in range(256)):
        if not place.exists():
            place.write_text("in the way")
    with pytest.raises(ReconcilerError, match="git cannot write the commit: unable to"):
        commit(policies, [Edited("access.yaml", ACCESS, MORE)], seen, "x")
