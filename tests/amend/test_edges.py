"""What golden files cannot show: byte order marks, hostile reasons, and who takes part in an edit of several files."""

from __future__ import annotations

import pytest

from reconciler.amend import Choice, DeedKind, Wording, amend
from reconciler.desired.folder import load_contents
from reconciler.errors import InputError
from reconciler.grid import OperationKind
from tests.support.policies import DAY, small_register

WORDING = Wording(str, "given.yaml")
RULE = b'access:\n  bo: {who: bo@x.se, clients: ["1041"], programs: [pay]}  # aside\n'
GIVE = OperationKind.GIVE_ACCESS


def edit(raw: bytes, choice: Choice, **more: bytes):
    files = {"access.yaml": raw, **{f"{name}.yaml": text for name, text in more.items()}}
    return amend(load_contents(files), small_register(), DAY, choice, WORDING)


def test_a_byte_order_mark_and_the_line_breaks_of_windows_stay():
    raw = b"\xef\xbb\xbf" + RULE.replace(b"\n", b"\r\n")
    made = edit(raw, Choice(GIVE, ("anna@x.se",), ("1041",), ("pay",), "why"))
    assert made.edited["access.yaml"].encode() == raw.replace(
        b"  bo: {who: bo@x.se,", b"  # anna@x.se: why\r\n  bo: {who: [bo@x.se, anna@x.se],"
    )


@pytest.mark.parametrize(
    "reason",
    ["x: y", "# again", "'", '"', "{who: all}", "- a", "\\", "|", "&a *a", "räksmörgås", "{reason}", "%"],
)
@pytest.mark.parametrize("client", ["1041", "1061"])
def test_a_reason_is_a_text_whatever_stands_in_it(reason, client):
    made = edit(RULE, Choice(GIVE, ("anna@x.se",), (client,), ("pay",), reason))
    text = made.edited["access.yaml"]
    assert load_contents({"access.yaml": text.encode()}).digest == made.policy.digest
    assert reason in text or reason in made.policy.assignments["anna-1061-pay"].value["reason"]
    assert set(made.policy.assignments) <= {"bo", "anna-1061-pay"}


@pytest.mark.parametrize("reason", ["two\nlines", "x\u202ey", " x", "x\r", "\u200bx", "x\u2028admin: all"])
def test_a_reason_that_does_not_fit_a_line_is_refused(reason):
    with pytest.raises(InputError) as refused:
        edit(RULE, Choice(GIVE, ("anna@x.se",), ("1041",), ("pay",), reason))
    assert {finding.code for finding in refused.value.findings} == {"reason-unwritable"}


def test_rules_in_several_files_are_edited_together():
    other = b"access:\n  all-books:\n    who: all\n    clients: all\n    programs: [books]\n"
    made = edit(RULE, Choice(OperationKind.REMOVE_ACCESS, ("bo@x.se",), ("1041",), reason="why"), other=other)
    assert sorted(made.edited) == ["access.yaml", "other.yaml"]
    assert {deed.rule: deed.kind for deed in made.how} == {
        "bo": DeedKind.REMOVED,
        "all-books": DeedKind.EXCEPTED,
    }


def test_many_rules_of_one_file_are_edited_together():
    lines = "".join(
        f"  r{n}: {{who: [bo@x.se, cia@x.se], clients: all, programs: [pay]}}\n" for n in range(20)
    )
    made = edit(
        b"access:\n" + lines.encode(),
        Choice(OperationKind.REMOVE_ACCESS, ("bo@x.se",), ("1041",), reason="why"),
    )
    assert len(made.how) == 20
    assert [deed.position.line for deed in made.how] == list(range(3, 42, 2))


def test_a_rule_in_a_section_in_brackets_is_edited_where_it_stands():
    raw = b"access: {a: {who: bo@x.se, clients: ['1041', '1042'], programs: [pay]}, b: {who: cia@x.se, clients: all, programs: []}}\n"
    made = edit(raw, Choice(OperationKind.REMOVE_ACCESS, ("bo@x.se",), ("1042",)))
    assert made.edited["access.yaml"].encode() == raw.replace(b", '1042'", b"")


def test_rules_that_share_a_line_are_not_edited_at_once():
    raw = b"access: {a: {who: bo@x.se, clients: all, programs: [pay]}, b: {who: all, clients: all, programs: []}}\n"
    with pytest.raises(InputError) as refused:
        edit(raw, Choice(OperationKind.REMOVE_ACCESS, ("bo@x.se",), ("1042",)))
    (finding,) = refused.value.findings
    assert (finding.code, str(finding.hint)) == ("not-editable", "“reconciler fmt” brings it into shape")


def test_of_two_rules_that_keep_each_others_access_one_stays():
    raw = (
        b"access:\n  a: {who: [bo@x.se, cia@x.se], clients: ['1041'], programs: [pay]}\n"
        b"  b: {who: [bo@x.se, dan@x.se], clients: ['1041'], programs: [pay]}\n"
    )
    made = edit(raw, Choice(OperationKind.REMOVE_PROGRAMS, ("bo@x.se",), ("1041",), ("pay",)))
    assert [str(deed.kind) for deed in made.how] == ["narrowed", "excepted"]
    assert len(made.desired.access) == 3
