"""What an edit of the YAML is called, told from before and after."""

from __future__ import annotations

from time import perf_counter

import pytest

from reconciler.compare import edits
from reconciler.desired.folder import load_contents

RULE = "access: {r: {who: anna@x.se, clients: '1', programs: [pay]%s}}"


def told(before: str, after: str) -> list[str]:
    found = edits(load_contents({"a.yaml": before.encode()}), load_contents({"a.yaml": after.encode()}))
    return [
        " ".join([edit.section, edit.name, edit.kind, *(f"[{sentence}]" for sentence in edit.told)])
        for edit in found
    ]


CASES = {
    "until moved": (
        RULE % ", until: 2027-03-31, reason: hm",
        RULE % ", until: 2027-06-30, reason: hm",
        ["access r changed [until moved from 2027-03-31 to 2027-06-30]"],
    ),
    "an end": (
        RULE % "",
        RULE % ", until: 2027-06-30, reason: hm",
        ["access r changed [reason: hm is new] [until: 2027-06-30 is new]"],
    ),
    "no end": (
        RULE % ", until: 2027-06-30, reason: hm",
        RULE % ", reason: hm",
        ["access r changed [until: 2027-06-30 is gone]"],
    ),
    "a new rule": (
        RULE % "",
        "access: {r: {who: anna@x.se, clients: '1', programs: [pay]}, s: {who: [b, a], clients: all, programs: all}}",
        ["access s new [who: b, a] [clients: all] [programs: all]"],
    ),
    "a rule less": (RULE % "", "bureau: byra", ["bureau bureau new [bureau: byra]", "access r gone"]),
    "another name": (
        RULE % "",
        RULE.replace("r:", "pay:") % ", previously: r",
        ["access pay changed [was called r]"],
    ),
    "another bureau": ("bureau: a", "bureau: b", ["bureau bureau changed [a became b]"]),
    "members and lead": (
        "teams: {malmo: {lead: a, members: [b, c]}}",
        "teams: {malmo: {lead: d, members: [b, e, f]}}",
        ["teams malmo changed [lead: a became d] [e, f joined, c left]"],
    ),
    "a member more": (
        "teams: {m: {members: [b]}}",
        "teams: {m: {members: [c, b]}}",
        ["teams m changed [c joined]"],
    ),
    "a bundle": ("bundles: {s: [p, q]}", "bundles: {s: [p]}", ["bundles s changed [q is gone]"]),
    "a program by its bundle": (
        RULE % "",
        RULE.replace("[pay]", "[pay, +s, q]") % "" + "\nbundles: {s: [p]}",
        ["bundles s new [s: p]", "access r changed [programs: +s, q is new]"],
    ),
    "clients": (
        RULE % "",
        RULE.replace("'1'", "['2', '1', tag:x]") % "",
        ["access r changed [clients: 2, tag:x is new]"],
    ),
    "an exception": (
        RULE % ", except: {programs: [pay]}",
        RULE % ", except: [{programs: [pay]}, {clients: ['1']}]",
        ["access r changed [except: clients: 1 is new]"],
    ),
    "a denial": (
        "never: {d: {who: a, clients: '1', reason: x}}",
        "never: {d: {who: a, clients: '1', reason: z}}",
        ["never d changed [reason: x became z]"],
    ),
    "a limit": (
        "guardrails: {limits: {removals: 2%}}",
        "guardrails: {limits: {removals: 3%, grants: 5}}",
        ["guardrails.limits grants new [grants: 5]", "guardrails.limits removals changed [2% became 3%]"],
    ),
    "protected": (
        "guardrails: {protected: {who: a}}",
        "guardrails: {protected: {who: [a, b]}}",
        ["guardrails protected changed [who: b is new]"],
    ),
    "sensitive": (
        "sensitive: [pay]",
        "sensitive: [pay, bills]",
        ["sensitive sensitive changed [bills is new]"],
    ),
    "an expression": (
        "guardrails: {expressions: {e: {must: 'true', message: {en: bad, sv: nej}}}}",
        "guardrails: {expressions: {e: {must: 'false', message: {en: bad, sv: nix}}}}",
        ["guardrails.expressions e changed [message.sv: nej became nix] [must: true became false]"],
    ),
    "manage": (
        "manage: {unlisted: report}",
        "manage: {unlisted: remove}",
        ["manage unlisted changed [report became remove]"],
    ),
    "the same in another shape": (
        "access: {r: {who: [a, b], clients: ['1'], programs: pay, except: {clients: ['1']}}}",
        "# a comment\naccess:\n  r:\n    programs: [pay]\n    who: [b, a]\n    except: [{clients: '1'}]\n    clients: \"1\"\n",
        [],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_what_is_told(before, after, expected):
    assert told(before, after) == expected
    assert told(after, after) == []


def test_another_file_is_no_edit():
    one = load_contents({"a.yaml": b"bureau: a\n", "b.yaml": b"bundles: {s: [p]}\n"})
    other = load_contents({"z.yaml": b"bundles: {s: [p]}\nbureau: a\n"})
    assert edits(one, other) == ()


@pytest.mark.slow
def test_it_takes_time_for_what_differs_and_not_for_all_there_is():
    def rules(number: int, program: str) -> bytes:
        lines = (
            f"  r{i}: {{who: anna@x.se, clients: '{i}', programs: [{program}]}}\n" for i in range(number)
        )
        return b"access:\n" + "".join(lines).encode()

    def seconds(before, after) -> float:
        start = perf_counter()
        edits(before, after)
        return perf_counter() - start

    many, few = load_contents({"a.yaml": rules(20_000, "p")}), load_contents({"a.yaml": rules(200, "p")})
    one = load_contents({"a.yaml": rules(20_000, "p").replace(b"'7', programs: [p]", b"'7', programs: [q]")})
    assert seconds(many, one) < 20 * seconds(few, load_contents({"a.yaml": rules(200, "q")}))
