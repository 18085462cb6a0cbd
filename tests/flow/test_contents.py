"""From what was shown to what is saved: the same bytes, in place or on a branch."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciler.amend import amend
from reconciler.amend.values import Choice, Wording
from reconciler.errors import InputError, Overtaken
from reconciler.flow.branches import find_base, new_name
from reconciler.flow.commits import Onto, commit
from reconciler.flow.contents import Contents
from reconciler.flow.edited import Edited
from reconciler.flow.inplace import write_in_place
from reconciler.flow.proposals import at, proposals
from reconciler.flow.revision import find_revision
from reconciler.flow.unsaved import unsaved
from reconciler.formats.catalogue import catalogue
from reconciler.formats.commit import Change, Picked, commit_message
from reconciler.grid import OperationKind
from tests.support import repositories
from tests.support.policies import small_register
from tests.support.repositories import git

SAY = catalogue("en")
RULES = b'\xef\xbb\xbfaccess:\r\n  one: {who: bo@x.se, clients: ["1041"], programs: [books]}  # \xc3\xa5\r\n'
CHOICE = Choice(OperationKind.GIVE_ACCESS, ("bo@x.se",), ("1042",), ("books",), reason="Cia is away")


def amended(contents: Contents):
    """What the policy becomes, as edits, and what was done."""
    wording = Wording(SAY.message, contents.name("given.yaml"))
    found = amend(contents.policy(), small_register(), dt.date(2026, 11, 24), CHOICE, wording)
    added = {wording.file: found.added} if found.added else {}
    return contents.edits({**found.edited, **added}), tuple(deed.message for deed in found.how)


@pytest.fixture(params=["inside", "elsewhere"])
def rules(request, repository, policies, monkeypatch):
    """Rules with a byte order mark and ends of lines of Windows; names are relative where one works in the folder."""
    (policies / "access.yaml").write_bytes(RULES)
    repositories.commit(repository)
    if request.param == "inside":
        monkeypatch.chdir(repository)
    return policies


def test_a_choice_becomes_a_commit(repository, rules):
    base = find_base(rules)
    assert base is not None
    head = find_revision(rules, base.commit)
    assert head is not None
    contents = Contents.of(rules, head)
    assert unsaved(rules, head) == ()
    edits, how = amended(contents)
    message = commit_message(Change(Picked(CHOICE, small_register()), CHOICE.reason, how=how), SAY)
    branch = new_name(rules, message.partition("\n")[0])
    made = commit(rules, edits, Onto(branch, base.commit), message)
    [proposal] = proposals(base)
    assert (proposal.branch, proposal.tip) == ("access/give-bo-books-at-1042-tva", made)
    assert proposal.subject == "Give Bo books at 1042 Två"
    assert git(repository, "diff", "--name-only", "main", made).split() == ["policies/access.yaml"]
    after = Contents.of(rules, at(proposal, rules))
    assert after.files["access.yaml"].startswith(b"\xef\xbb\xbfaccess:\r\n")
    assert after.files["access.yaml"].count(b"\r\n") == after.files["access.yaml"].count(b"\n")
    assert b'"1042"' in after.files["access.yaml"]
    assert amended(after)[0] == ()  # it is said already


def test_a_choice_is_written_in_place(rules):
    contents = Contents.now(rules)
    edits, _ = amended(contents)
    [edit] = edits
    assert (edit.path, edit.before) == ("access.yaml", RULES)
    (rules / "access.yaml").write_bytes(RULES + b"# typed meanwhile\r\n")
    with pytest.raises(Overtaken):
        write_in_place(rules, edits)
    (rules / "access.yaml").write_bytes(RULES)
    write_in_place(rules, edits)
    assert (rules / "access.yaml").read_bytes() == edit.after


def test_new_files_and_those_of_folders(rules):
    (rules / "sub").mkdir()
    (rules / "sub/x.yaml").write_bytes(b"# x\n")
    contents = Contents.now(rules)
    told = {contents.name("sub/x.yaml"): "# y\n", contents.name("new.yaml"): "# n\n", "/etc/passwd": "x"}
    assert contents.edits(told) == (
        Edited("/etc/passwd", None, b"x"),
        Edited("new.yaml", None, b"# n\n"),
        Edited("sub/x.yaml", b"# x\n", b"# y\n"),
    )
    with pytest.raises(InputError):
        write_in_place(rules, contents.edits(told))


def test_no_rules_at_all(rules):
    with pytest.raises(InputError):
        Contents(rules, {}).policy()
