"""Every error of the YAML with its whole text and its exact place."""

from __future__ import annotations

import pytest

from tests.support.policies import complaints, small_register, write

RULE = "{who: anna@x.se, clients: all, programs: all"

SYNTAX = {
    "duplicate key": (
        "access:\n  r: {who: a, who: b, clients: all, programs: all}\n",
        [
            "a.yaml:2:15 duplicate-key: who is defined twice; first in line 2 (rename one of them, or make them one)"
        ],
    ),
    "duplicate rule": (
        f"access:\n  r: {RULE}}}\n  r: {RULE}}}\n",
        [
            "a.yaml:3:3 duplicate-key: r is defined twice; first in line 2 (rename one of them, or make them one)"
        ],
    ),
    "empty file": ("", ["a.yaml:1:1 empty-file: the file is empty (write what it should say, or delete it)"]),
    "comments only": (
        "# nothing yet\n",
        ["a.yaml:1:1 empty-file: the file is empty (write what it should say, or delete it)"],
    ),
    "tab": (
        "access:\n\tr: x\n",
        ["a.yaml:2:1 tab: a tab is used for indentation (indent with spaces, two a level)"],
    ),
    "tab after spaces": (
        "access:\n  r:\n  \twho: x\n",
        ["a.yaml:3:3 tab: a tab is used for indentation (indent with spaces, two a level)"],
    ),
    "anchor and alias": (
        "bundles: {a: &x [books], b: *x}\n",
        [
            (
                "a.yaml:1:14 anchor: anchors (“&”) are not used here (write it out, or define a bundle or a team;"
                " a selector that starts with “&” needs quotes)"
            ),
            (
                "a.yaml:1:29 alias: aliases (“*”) are not used here (write it out, or define a bundle or a team;"
                " for everything write “all”)"
            ),
        ],
    ),
    "tag": (
        "bundles: {a: !!python/object:os.system [books]}\n",
        [
            (
                "a.yaml:1:14 tag: YAML tags (“!”) are not used here (a selector that starts with “!” needs quotes,"
                ' such as "!tag:audit")'
            )
        ],
    ),
    "a selector taken for a tag": (
        "access: {r: {who: ! anna@x.se, clients: all, programs: all}}\n",
        [
            (
                "a.yaml:1:19 tag: YAML tags (“!”) are not used here (a selector that starts with “!” needs quotes,"
                ' such as "!tag:audit")'
            )
        ],
    ),
    "a selector with an at sign": (
        "access: {r: {who: @malmo, clients: all, programs: all}}\n",
        [
            (
                "a.yaml:1:19 needs-quotes: a word that starts with “@” needs quotes"
                ' (write "@malmo" in quotes, or team:malmo without)'
            )
        ],
    ),
    "second document": (
        "bureau: x\n---\nbureau: y\n",
        [
            (
                "a.yaml:2:1 second-document: a second document starts here; a file holds one"
                " (put what follows “---” into a file of its own, or delete the line)"
            )
        ],
    ),
    "list as key": (
        "? [a]\n: b\n",
        [
            (
                "a.yaml:1:1 complex-key: a list or a mapping cannot be a name here"
                " (“? ” and “{” start other things in YAML than they seem to: use quotes)"
            )
        ],
    ),
    "open list": (
        "bundles: {a: [books\n",
        ["a.yaml:2:1 yaml-syntax: a list is not closed: “,” or “]” is missing before this"],
    ),
    "open mapping": (
        "bundles: {a: [books]\n",
        ["a.yaml:2:1 yaml-syntax: a mapping is not closed: “,” or “}” is missing before this"],
    ),
    "open quote": (
        "bureau: 'x\n",
        ["a.yaml:2:1 yaml-syntax: a quote is opened and never closed"],
    ),
    "two colons": (
        "bureau: a: b\n",
        [
            (
                "a.yaml:1:10 yaml-syntax: a second “:” is not expected here"
                " (a text with “: ” or “ #” in it needs quotes; is something indented too far?)"
            )
        ],
    ),
    "no mapping": (
        "- a\n",
        ["a.yaml:1:1 wrong-type: this file takes names with values, such as “name: value”"],
    ),
    "bidirectional character in a comment": (
        "bureau: x # \u202e hidden\n",
        [
            (
                "a.yaml:1:13 bidirectional-character: U+202E RIGHT-TO-LEFT OVERRIDE changes the order in which"
                " this line is shown (delete it)"
            )
        ],
    ),
    "bidirectional character as an escape": (
        'bureau: "a\\u202eb"\n',
        [
            (
                "a.yaml:1:9 bidirectional-character: U+202E RIGHT-TO-LEFT OVERRIDE changes the order in which"
                " this line is shown (delete it)"
            )
        ],
    ),
    "invisible character": (
        "bureau: a\u200bb\n",
        [
            "a.yaml:1:10 invisible-character: the invisible character U+200B ZERO WIDTH SPACE stands here (delete it)"
        ],
    ),
    "control character": (
        "bureau: a\x07b\n",
        ["a.yaml:1:10 control-character: the control character U+0007 stands here (delete it)"],
    ),
    "control character as an escape": (
        'bureau: "a\\ab"\n',
        ["a.yaml:1:9 control-character: the control character U+0007 stands here (delete it)"],
    ),
    "Cyrillic letter in an address": (
        "access: {r: {who: ann\u0430@x.se, clients: all, programs: all}}\n",
        [
            (
                "a.yaml:1:22 look-alike: ann\u0430@x.se mixes alphabets: “\u0430” is U+0430 CYRILLIC SMALL LETTER A"
                " (did you mean “anna@x.se”?)"
            )
        ],
    ),
    "accents of their own": (
        "teams: {malmo\u0308: {members: []}}\n",
        [
            (
                "a.yaml:1:9 decomposed: malmo\u0308 is written with accents as characters of their own"
                " (write it anew on the keyboard: “malm\u00f6”)"
            )
        ],
    ),
}

UNQUOTED = {
    "1042": "1042 without quotes is a number, not a name",
    "1e3": "1e3 without quotes is a number, not a name",
    "12:30:45": "12:30:45 without quotes is a number, not a name",
    "0x1F": "0x1F without quotes is a number, not a name",
    "-.5": "-.5 without quotes is a number, not a name",
    "0042": "0042 without quotes is a number that loses its zero, not a name",
    "0o17": "0o17 without quotes is a number that loses its zero, not a name",
    "no": "no without quotes means yes or no, not a name",
    "On": "On without quotes means yes or no, not a name",
    "2026-01-01": "2026-01-01 without quotes is a date, not a name",
    "null": "null without quotes means nothing at all, not a name",
    "~": "~ without quotes means nothing at all, not a name",
}

SCHEMA = {
    "unknown key": (
        "acces: {}\n",
        ["a.yaml:1:1 unknown-key: “acces” is not known here (did you mean “access”?)"],
    ),
    "unknown key of a rule": (
        "access: {r: {who: x, cleints: all, clients: all, programs: all}}\n",
        ["a.yaml:1:22 unknown-key: “cleints” is not known here (did you mean “clients”?)"],
    ),
    "unknown key like nothing": (
        "manage: {xyzzy: all}\n",
        [
            (
                "a.yaml:1:10 unknown-key: “xyzzy” is not known here"
                " (known are: unlisted, clients, consultants, programs, outside-package, taken-over)"
            )
        ],
    ),
    "missing keys": (
        "access: {r: {who: x}}\n",
        ["a.yaml:1:10 missing-key: “r” has no “clients”", "a.yaml:1:10 missing-key: “r” has no “programs”"],
    ),
    "a text where a block belongs": (
        "access: {r: all}\n",
        ["a.yaml:1:13 wrong-type: “r” takes names with values, such as “name: value”"],
    ),
    "a block where a text belongs": (
        "access: {r: {who: {a: b}, clients: all, programs: all}}\n",
        ["a.yaml:1:19 wrong-type: “who” takes one text or a list of texts"],
    ),
    "a list where a text belongs": (
        "bureau: [a]\n",
        ["a.yaml:1:9 wrong-type: “bureau” takes one word or text"],
    ),
    "nothing after a colon": (
        "access:\n  r:\n    who:\n    clients: all\n    programs: all\n",
        ["a.yaml:3:5 empty-value: nothing stands in “who” (write a value, or delete the line)"],
    ),
    "empty list": (
        "access: {r: {who: [], clients: all, programs: all}}\n",
        ["a.yaml:1:14 empty-value: nothing stands in “who” (write a value, or delete the line)"],
    ),
    "not a choice": (
        "manage: {unlisted: delete}\n",
        ["a.yaml:1:20 not-a-choice: “delete” is not one of: remove, report, keep"],
    ),
    "nearly a choice": (
        "manage: {unlisted: removed}\n",
        ["a.yaml:1:20 not-a-choice: “removed” is not one of: remove, report, keep (did you mean “remove”?)"],
    ),
    "no date": (
        f"access: {{r: {RULE}, until: 31/3, reason: x}}}}\n",
        ["a.yaml:1:66 bad-value: “31/3” is not a date (write year-month-day, such as 2027-03-31)"],
    ),
    "no number": (
        "guardrails: {limits: {removals: some}}\n",
        [
            (
                "a.yaml:1:33 bad-value: “some” is neither a number nor a part in percent"
                " (write a number such as 50, or 2%)"
            )
        ],
    ),
    "no whole number": (
        "guardrails: {limits: {grants: 5%}}\n",
        ["a.yaml:1:31 bad-value: “5%” is not a whole number (write a number such as 50)"],
    ),
    "a limit that was elsewhere": (
        "manage: {max-removals: 2%}\n",
        [
            (
                "a.yaml:1:10 unknown-key: “max-removals” is not known here"
                " (write it as “removals” under “limits” under “guardrails”)"
            )
        ],
    ),
    "an unknown limit": (
        "guardrails: {limits: {removal: 5%}}\n",
        ["a.yaml:1:23 unknown-key: “removal” is not known here (did you mean “removals”?)"],
    ),
    "an unknown guardrail": (
        "guardrails: {limit: {removals: 5}}\n",
        ["a.yaml:1:14 unknown-key: “limit” is not known here (did you mean “limits”?)"],
    ),
    "nothing is protected": (
        "guardrails: {protected: {reason: x}}\n",
        ["a.yaml:1:14 missing-key: “protected” takes at least one of: who, clients"],
    ),
    "nothing of a list is protected": (
        "guardrails:\n  protected:\n    - {who: x}\n    - {reason: x}\n",
        ["a.yaml:4:7 missing-key: “protected” takes at least one of: who, clients"],
    ),
    "a team where each-team is": (
        "guardrails: {protected: {who: each-team}}\n",
        [
            (
                "a.yaml:1:31 misplaced-selector: each-team makes a rule for every team; this is not for every"
                " team (name the team)"
            )
        ],
    ),
    "a selector of what is taken over": (
        "manage: {taken-over: [{clients: 'tag:a &'}, {programs: [+b]}]}\n",
        [
            "a.yaml:1:41 selector: the selector ends where a word is expected",
            "a.yaml:1:57 unknown-bundle: there is no bundle “b”",
        ],
    ),
    "a requirement without anything": (
        "guardrails: {require: {r: {programs: [pay]}}}\n",
        ["a.yaml:1:24 missing-key: “r” takes at least one of: reason, ticket, until-within"],
    ),
    "a requirement of a reason that is one": (
        "guardrails: {require: {r: {reason: because}}}\n",
        [
            (
                "a.yaml:1:36 bad-value: “because” is neither true nor false"
                " (write true where a rule must give a reason)"
            )
        ],
    ),
    "a waiver without an end": (
        "waivers: {w: {guardrail: g, who: x, clients: all, reason: y, approved-by: z}}\n",
        ["a.yaml:1:11 missing-key: “w” has no “until”"],
    ),
    "a name with a space": (
        "bundles: {year end: [books]}\n",
        [
            "a.yaml:1:11 bad-name: “year end” cannot be a name here (use letters, digits, “-”, “_” and “.”; no spaces)"
        ],
    ),
    "until without reason": (
        f"access: {{r: {RULE}, until: 2027-03-31}}}}\n",
        [
            (
                "a.yaml:1:59 until-without-reason: “r” ends, and no reason is given"
                " (add “reason:”, so that it can be judged when it ends)"
            )
        ],
    ),
}

RULES = {
    "from after until": (
        f"access: {{r: {RULE}, from: 2027-05-01, until: 2027-03-31, reason: x}}}}\n",
        [
            (
                "a.yaml:1:65 from-after-until: “r” starts on 2027-05-01, after it has ended on 2027-03-31"
                " (are the two dates swapped?)"
            )
        ],
    ),
    "no such day": (
        f"access: {{r: {RULE}, from: 2027-02-30}}}}\n",
        ["a.yaml:1:65 no-such-day: there is no day 2027-02-30"],
    ),
    "unknown bundle": (
        "bundles: {standard: [books]}\naccess: {r: {who: all, clients: all, programs: [+standart]}}\n",
        ["a.yaml:2:49 unknown-bundle: there is no bundle “standart” (did you mean “standard”?)"],
    ),
    "circular bundle": (
        "bundles: {a: [+b], b: [+c], c: [+b]}\n",
        [
            "a.yaml:1:20 circular-bundle: the bundle “b” contains itself",
            "a.yaml:1:29 circular-bundle: the bundle “c” contains itself",
        ],
    ),
    "team:self without each-team": (
        "access: {r: {who: all, clients: team:self, programs: all}}\n",
        [
            (
                "a.yaml:1:33 misplaced-selector: team:self is the own clients of each team; this rule is not for"
                " each team (write “who: each-team”, or name the team)"
            )
        ],
    ),
    "team:self as consultants": (
        "access: {r: {who: [all, team:self], clients: all, programs: all}}\n",
        [
            (
                "a.yaml:1:25 misplaced-selector: team:self stands for clients"
                " (for the consultants of each team write each-team)"
            )
        ],
    ),
    "each-team as clients": (
        'access: {r: {who: each-team, clients: "all & each-team", programs: all}}\n',
        [
            (
                "a.yaml:1:46 misplaced-selector: each-team stands for consultants"
                " (for the own clients of each team write team:self)"
            )
        ],
    ),
    "a lead as client": (
        "access: {r: {who: all, clients: team:a.lead, programs: all}}\n",
        [
            (
                "a.yaml:1:33 misplaced-selector: team:a.lead stands for a consultant"
                " (for the clients of a team write team:a)"
            )
        ],
    ),
    "each-team outside of rules": (
        "manage: {consultants: each-team}\n",
        [
            (
                "a.yaml:1:23 misplaced-selector: each-team makes a rule for every team; this is not for every team"
                " (name the team)"
            )
        ],
    ),
    "selector: operator missing": (
        "access: {r: {who: all, clients: tag:a and tag:b, programs: all}}\n",
        ["a.yaml:1:39 selector: an operator is missing before “and” (write “&” instead)"],
    ),
    "selector: parenthesis open": (
        'access: {r: {who: all, clients: "(tag:a | tag:b", programs: all}}\n',
        ["a.yaml:1:34 selector: this “(” is never closed"],
    ),
    "selector: ends early": (
        "access: {r: {who: all, clients: tag:a &, programs: all}}\n",
        ["a.yaml:1:40 selector: the selector ends where a word is expected"],
    ),
    "rename chain": (
        "renames: {clients: {c: b, b: a}}\n",
        ["a.yaml:1:24 rename-chain: b is renamed itself (name what the register calls it today)"],
    ),
    "renamed twice": (
        "renames: {clients: {b: a, c: a}}\n",
        ["a.yaml:1:30 renamed-twice: a becomes both b and c"],
    ),
    "previously still there": (
        f"access: {{r: {RULE}, previously: q}}, q: {RULE}}}}}\n",
        ["a.yaml:1:71 previously-exists: “r” was previously “q”, which still exists (delete one of the two)"],
    ),
    "a team called self": (
        "teams: {self: {members: []}}\n",
        ["a.yaml:1:9 bad-name: “self” cannot be the name of a team: it means something else"],
    ),
}

NAMES = {
    "consultant": (
        "access: {r: {who: ana@x.se, clients: all, programs: all}}\n",
        ["a.yaml:1:19 unknown-consultant: there is no consultant “ana@x.se” (did you mean “anna@x.se”?)"],
    ),
    "client": (
        'access: {r: {who: all, clients: ["1041", "1401"], programs: all}}\n',
        ["a.yaml:1:43 unknown-client: there is no client “1401” (did you mean “1041”?)"],
    ),
    "team": (
        "access: {r: {who: team:malmoe, clients: all, programs: all}}\n",
        ["a.yaml:1:19 unknown-team: there is no team “malmoe” (did you mean “malmo”?)"],
    ),
    "team without its mark": (
        "access: {r: {who: malmo, clients: all, programs: all}}\n",
        ["a.yaml:1:19 unknown-consultant: there is no consultant “malmo” (for the team write team:malmo)"],
    ),
    "tag without its mark": (
        "access: {r: {who: all, clients: audit, programs: all}}\n",
        ["a.yaml:1:33 unknown-client: there is no client “audit” (for the tag write tag:audit)"],
    ),
    "tag that nobody has": (
        "access: {r: {who: all, clients: all & tag:payrol, programs: all}}\n",
        [
            "? a.yaml:1:10 selects-nothing: “r” selects nothing",
            "? a.yaml:1:39 unknown-tag: no client has the tag “payrol” (did you mean “payroll”?)",
        ],
    ),
    "program": (
        "access: {r: {who: all, clients: all, programs: [boks]}}\n",
        ["a.yaml:1:49 unknown-program: there is no program “boks” (did you mean “books”?)"],
    ),
    "program of a bundle, told once": (
        "bundles: {s: [boks]}\naccess: {r: {who: all, clients: all, programs: [+s]}}\n",
        ["a.yaml:1:15 unknown-program: there is no program “boks” (did you mean “books”?)"],
    ),
    "bundle without its mark": (
        "bundles: {std: [books]}\naccess: {r: {who: all, clients: all, programs: [std]}}\n",
        ["a.yaml:2:49 unknown-program: there is no program “std” (for the bundle write +std)"],
    ),
    "program outside the package": (
        "access: {r: {who: all, clients: all, programs: [bank]}}\n",
        [
            (
                "a.yaml:1:49 outside-package: “bank” is not in the bureau package"
                " (programs outside of it are neither given nor removed here)"
            )
        ],
    ),
    "rule that selects nothing": (
        "access: {r: {who: team:malmo & team:lund & tag:authorised, clients: all, programs: all}}\n",
        ["? a.yaml:1:10 selects-nothing: “r” selects nothing"],
    ),
    "consultant who has left": (
        "access: {r: {who: [all, eva@x.se], clients: all, programs: all}}\n",
        ["? a.yaml:1:25 consultant-left: eva@x.se has left the bureau and gets nothing"],
    ),
    "outside of what is managed": (
        "manage: {clients: team:malmo}\naccess: {r: {who: bo@x.se, clients: all, programs: all}}\n",
        [
            (
                "? a.yaml:2:10 outside-scope: “r” gives what this folder does not manage, at 3 pairs of consultant"
                " and client (it is left as it is; see “manage:”)"
            )
        ],
    ),
    "another bureau": (
        "bureau: byran\n",
        [
            (
                "a.yaml:1:9 other-bureau: this folder is for the bureau “byran”, and the backend is that of “byra”"
                " (is it the right backend?)"
            )
        ],
    ),
    "rename of nobody": (
        "renames: {clients: {'2': '10412'}}\n",
        ["a.yaml:1:21 rename-unknown: the register has neither 2 nor 10412 (did you mean “1041”?)"],
    ),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [*SYNTAX.values(), *SCHEMA.values(), *RULES.values()],
    ids=[*SYNTAX, *SCHEMA, *RULES],
)
def test_what_is_wrong_with_a_file(tmp_path, text, expected):
    assert complaints(write(tmp_path, a=text)) == expected


@pytest.mark.parametrize(("text", "expected"), NAMES.values(), ids=NAMES)
def test_what_only_the_register_can_tell(tmp_path, text, expected):
    assert complaints(write(tmp_path, a=text), small_register()) == expected


@pytest.mark.parametrize(("name", "message"), UNQUOTED.items())
@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("access: {r: {who: all, clients: [%s], programs: all}}\n", 34),
        ("access: {r: {who: %s, clients: all, programs: all}}\n", 19),
        ("access: {%s: {who: all, clients: all, programs: all}}\n", 10),
    ],
    ids=["client", "consultant", "rule"],
)
def test_a_name_without_quotes_that_is_no_text(tmp_path, name, message, text, column):
    findings = complaints(write(tmp_path, a=text % name))
    assert f'a.yaml:1:{column} needs-quotes: {message} (put it in quotes: "{name}")' in findings
    assert not any("needs-quotes" in told for told in complaints(write(tmp_path, a=text % f'"{name}"')))


def test_dates_numbers_and_free_text_need_no_quotes(tmp_path):
    text = f"guardrails: {{limits: {{removals: 10}}}}\naccess: {{r: {RULE}, from: 2027-01-01, until: 2027-02-01, reason: 2027}}}}\n"
    assert complaints(write(tmp_path, a=text)) == []


def test_a_name_defined_in_two_files_shows_both_places(tmp_path):
    folder = write(tmp_path, a=f"access:\n  r: {RULE}}}\n", b=f"# comment\naccess:\n  r: {RULE}}}\n")
    assert complaints(folder) == [
        (
            "b.yaml:3:3 defined-twice: r is defined twice; first in ./a.yaml:2:3"
            " (rename one of them, or make them one)"
        )
    ]


def test_all_errors_of_all_files_are_told_at_once(tmp_path):
    folder = write(
        tmp_path,
        a="access:\n  r: {who: 1042, clients: all, programs: [+no]}\n  s: {who: x}\n",
        b="bureau: [\n",
        c=b"bureau: \xff\n",
        d=f"access: {{t: {RULE}, from: 2027-05-01, until: 2027-03-31, reason: x}}}}\n",
    )
    assert [line.partition(": ")[0] for line in complaints(folder)] == [
        "a.yaml:2:12 needs-quotes",
        "a.yaml:2:43 unknown-bundle",
        "a.yaml:3:3 missing-key",
        "a.yaml:3:3 missing-key",
        "b.yaml:2:1 yaml-syntax",
        "c.yaml:1:9 not-utf-8",
        "d.yaml:1:65 from-after-until",
    ]


def test_a_file_full_of_errors_gives_a_page_of_them(tmp_path):
    text = "access:\n" + "".join(f"  r{i}: {{who: x}}\n" for i in range(1000))
    assert len(complaints(write(tmp_path, a=text))) == 50
