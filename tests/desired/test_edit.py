"""An edit of a rule changes the fewest lines, keeps every comment, and says what was meant."""

from __future__ import annotations

import difflib

import pytest

from reconciler.desired.edit import add_exceptions
from reconciler.desired.fmt import format_text
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source
from reconciler.desired.tree import parse_tree

NEW = {"who": "anna@b.example", "clients": ["1042"], "programs": ["payroll"]}
WORDS = "taken away on 2026-11-03"
ITEM = '{who: anna@b.example, clients: ["1042"], programs: [payroll]}'
LINE = f"except: {ITEM}"

CASES = {
    "below the programs": (
        "# about the file\n\naccess:\n  # of teams\n  own:\n    who: each-team\n    clients: team:self  # own ones\n    programs: [+standard]  # all of it\n    reason: so it is\n    # until then\n\n  other: {who: bo, clients: all, programs: []}\n",
        ["+    # taken away on 2026-11-03", "+    " + LINE],
    ),
    "below a list that takes several lines": (
        "access:\n  own:\n    who: each-team\n    clients: team:self\n    programs:\n      - payroll\n      # and\n      - books\n",
        ["+    # taken away on 2026-11-03", "+    " + LINE],
    ),
    "a file of four spaces, its quotes and its order": (
        'access:\n    own:\n        programs: ["payroll"]\n        clients:   ["1042", "1043"]\n        who: "@malmo"\n',
        ["+        # taken away on 2026-11-03", "+        " + LINE],
    ),
    "a rule in brackets": (
        "access:\n  # one\n  own: {who: each-team, clients: all, programs: [payroll], until: 2027-01-01}  # why\n  two: {who: bo, clients: all, programs: []}\n",
        None,
    ),
    "one exception more": (
        "access:\n  own:\n    who: each-team\n    clients: all\n    programs: [payroll]\n    except: {programs: [books]}  # no\n",
        None,
    ),
    "an exception more of a block": (
        "access:\n  own:\n    who: each-team\n    clients: all\n    programs: [payroll]\n    except:\n      # not that\n      programs: [books]\n    reason: x\n",
        None,
    ),
    "one more of a list": (
        "access:\n  own:\n    who: each-team\n    clients: all\n    programs: [payroll]\n    except: [{programs: [books]}, {clients: ['7']}]\n",
        None,
    ),
    "one more of a list in lines": (
        'access:\n  own:\n    who: each-team\n    clients: all\n    programs: [payroll]\n    except:\n      - {programs: [books]}  # first\n      - {clients: ["7"]}  # second\n    reason: x\n',
        None,
    ),
    "everything in brackets": (
        '{"access": {"own": {"who": "bo", "clients": "all", "programs": ["payroll"]}}}\n',
        None,
    ),
    "no line break at the end": (
        "access:\n  own:\n    who: bo\n    clients: all\n    programs: [payroll]",
        None,
    ),
    "line breaks of Windows": (
        "access:\r\n  own:\r\n    who: bo\r\n    clients: all\r\n    programs: [payroll]\r\n  # end\r\n",
        ["+    # taken away on 2026-11-03\r", "+    " + LINE + "\r"],
    ),
}


def data(text: str):
    document, findings = read_yaml(Source("", text))
    assert document is not None
    assert findings == []
    return document.root


def changed(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_an_exception_more(text, expected):
    edited = add_exceptions(text, "own", [NEW], WORDS)
    assert edited is not None
    before, after = data(text), data(edited)
    was = before["access"]["own"].get("except")
    now = after["access"]["own"]["except"]
    assert now == ([*(was if isinstance(was, list) else [was]), NEW] if was else NEW)
    before["access"]["own"]["except"] = now
    assert before == after
    assert sorted(parse_tree(edited).comments()) == sorted([*parse_tree(text).comments(), f"# {WORDS}"])
    if expected is not None:
        assert changed(text, edited) == expected
    # what is in the shape of fmt before is so afterwards
    tidy = format_text(text)
    edited = add_exceptions(tidy, "own", [NEW], WORDS)
    assert edited == format_text(edited)


def test_several_at_once_and_without_a_word():
    text = "access:\n  own:\n    who: bo\n    clients: all\n    programs: [payroll]\n"
    other = {"who": ["bo", "cia"], "clients": ["7"]}
    edited = add_exceptions(text, "own", [NEW, other])
    assert data(edited)["access"]["own"]["except"] == [NEW, other]
    assert changed(text, edited) == [
        "+    except:",
        f"+      - {ITEM}",
        '+      - {who: [bo, cia], clients: ["7"]}',
    ]


def test_lines_of_other_rules_stay_byte_for_byte():
    ugly = "  odd :   { who : bo,clients: all ,programs: [ ] }   # as it is\n\n\n"
    text = f"access:\n{ugly}  own: {{who: bo, clients: all, programs: [payroll]}}\n{ugly.replace('odd', 'odder')}"
    edited = add_exceptions(text, "own", [NEW])
    assert ugly in edited
    assert ugly.replace("odd", "odder").rstrip("\n") in edited


@pytest.mark.parametrize(
    "text", ["", "access: {}\n", "never: {own: {}}\n", "a: [\n", "access: x\n", "- own\n"]
)
def test_where_the_rule_is_not(text):
    assert add_exceptions(text, "own", [NEW]) is None
