"""Which files are not as they are committed; nothing of the repository runs to find out."""

from __future__ import annotations

import pytest

from reconciler.errors import InputError
from reconciler.flow.contents import committed
from reconciler.flow.revision import find_revision
from reconciler.flow.unsaved import Kind, Unsaved, unsaved
from tests.flow.conftest import ACCESS, BUREAU
from tests.support import repositories
from tests.support.repositories import plant_hooks


@pytest.fixture
def head(policies):
    return lambda: find_revision(policies, "HEAD")


def test_what_differs(repository, policies, head):
    assert unsaved(policies, head()) == ()
    assert committed(policies, head()) == {"access.yaml": ACCESS, "bureau.yaml": BUREAU}
    marker = repository.parent / "mark"
    plant_hooks(repository, marker)
    (repository / ".gitattributes").write_text("*.yaml filter=evil\n")
    (repository / ".gitignore").write_text("ignored.yaml\n")
    (repository / "README.md").write_text("other\n")
    (policies / "notes.txt").write_text("other\n")
    (policies / "access.yaml").write_bytes(ACCESS + b"#\n")
    (policies / "bureau.yaml").unlink()
    (policies / "ignored.yaml").write_bytes(b"# x\n")
    (policies / "sub").mkdir()
    (policies / "sub/å.yaml").write_bytes(b"# x\n")
    assert unsaved(policies, head()) == (
        Unsaved("access.yaml", Kind.CHANGED),
        Unsaved("bureau.yaml", Kind.GONE),
        Unsaved("ignored.yaml", Kind.NEW),
        Unsaved("sub/å.yaml", Kind.NEW),
    )
    assert not marker.exists()


def test_ends_of_lines_that_git_gave_are_no_difference(policies, head):
    (policies / "access.yaml").write_bytes(ACCESS.replace(b"\n", b"\r\n"))
    assert unsaved(policies, head()) == ()


def test_links_are_refused(repository, policies, head):
    (policies / "link.yaml").symlink_to("../README.md")
    with pytest.raises(InputError, match="is not a file"):
        unsaved(policies, head())
    repositories.commit(repository)
    with pytest.raises(InputError) as caught:
        committed(policies, head())
    assert caught.value.findings[0].code == "link"
