"""`fmt` on the command line: what it writes, and what it never does."""

from __future__ import annotations

import pytest

UNTIDY = "access:\n    own: {clients: team:self , who: each-team, programs: [ 'books' ]}   # why\n"
TIDY = "access:\n  own: {who: each-team, clients: team:self, programs: [books]}  # why\n"


@pytest.fixture
def folder(reconciler, tmp_path):
    inside = tmp_path / "policies"
    (inside / "more").mkdir(parents=True)
    (inside / "a.yaml").write_text(UNTIDY, encoding="utf-8")
    (inside / "more" / "b.yaml").write_text("bureau: b\n", encoding="utf-8")
    return inside


def test_check_lists_what_would_change_and_writes_nothing(reconciler, folder):
    ran = reconciler("fmt", "--check", "--diff")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out == (
        "would change policies/a.yaml\n"
        "--- a/policies/a.yaml\n"
        "+++ b/policies/a.yaml\n"
        "@@ -1,2 +1,2 @@\n"
        " access:\n"
        "-    own: {clients: team:self , who: each-team, programs: [ 'books' ]}   # why\n"
        "+  own: {who: each-team, clients: team:self, programs: [books]}  # why\n"
    )
    assert (folder / "a.yaml").read_text(encoding="utf-8") == UNTIDY


def test_it_writes_what_changes_and_keeps_the_mode(reconciler, folder):
    (folder / "a.yaml").chmod(0o640)
    kept = (folder / "more" / "b.yaml").stat().st_mtime_ns
    assert reconciler("fmt").out == "wrote policies/a.yaml\n"
    assert (folder / "a.yaml").read_text(encoding="utf-8") == TIDY
    assert (folder / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert (folder / "more" / "b.yaml").stat().st_mtime_ns == kept
    assert sorted(path.name for path in folder.rglob("*")) == ["a.yaml", "b.yaml", "more"]
    again = reconciler("fmt", "--check")
    assert (again.code, again.out, again.err) == (0, "", "")


def test_files_and_folders_by_name(reconciler, folder):
    assert reconciler("fmt", "--check", "policies/more").code == 0
    assert reconciler("fmt", "--check", "policies/more", "policies/a.yaml").code == 1


def test_where_one_file_is_wrong_none_is_written(reconciler, folder):
    (folder / "c.yaml").write_text("access: [\n", encoding="utf-8")
    ran = reconciler("fmt")
    assert ran.code == 1
    assert "policies/c.yaml:2:1: error:" in ran.err
    assert (folder / "a.yaml").read_text(encoding="utf-8") == UNTIDY


def test_a_link_stays_a_link(reconciler, folder, tmp_path):
    (tmp_path / "real.yaml").write_text(UNTIDY, encoding="utf-8")
    link = tmp_path / "link.yaml"
    link.symlink_to("real.yaml")
    assert reconciler("fmt", "link.yaml").code == 0
    assert link.is_symlink()
    assert (tmp_path / "real.yaml").read_text(encoding="utf-8") == TIDY
