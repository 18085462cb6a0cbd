"""The body of a form: its answers, and everything that makes it none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.policy import EMPTY
from reconciler.desired.source import Source
from reconciler.request import Request, branch_of, read_form, rule_name, understand
from reconciler.request.form import HEADINGS, Field
from tests.support.policies import small_register

DAY = dt.date(2027, 1, 15)
TEMPLATES = Path(__file__).parents[2] / ".github" / "ISSUE_TEMPLATE"

GOOD = {
    "Consultants": "anna@x.se",
    "Clients": "1041",
    "Programs": "pay",
    "Until": "2027-03-31",
    "Reason": "cover",
}


def body(**changed: str | None) -> str:
    fields = {**GOOD, **{name.capitalize(): text for name, text in changed.items()}}
    return "\n".join(f"### {name}\n\n{text}\n" for name, text in fields.items() if text is not None)


def read(text: str) -> Request | list[str]:
    source = Source("form", text)
    answers = read_form(source)
    found = answers if isinstance(answers, list) else understand(answers, EMPTY, small_register(), DAY)
    if isinstance(found, Request):
        return found
    return [f"{one.position.line}:{one.position.column} {one.message}" for one in found if one.position]


REQUEST = Request(("anna@x.se",), ("1041",), ("pay",), dt.date(2027, 3, 31), "cover")

ASKED = {
    "as it is": (body(), REQUEST),
    "by name": (body(consultants="anna", clients="ett"), REQUEST),
    "with line breaks of Windows": (body().replace("\n", "\r\n"), REQUEST),
    "several": (
        body(consultants="anna@x.se\nBo, Cia", clients="- 1041\n* 1042 Två\n", programs="pay; books\npay"),
        Request(
            ("anna@x.se", "bo@x.se", "cia@x.se"),
            ("1041", "1042"),
            ("pay", "books"),
            dt.date(2027, 3, 31),
            "cover",
        ),
    ),
    "boxes": (
        body(programs="- [x] pay\n- [ ] books\n- [X] bills"),
        Request(("anna@x.se",), ("1041",), ("pay", "bills"), dt.date(2027, 3, 31), "cover"),
    ),
    "no end": (body(until="_No response_"), Request(("anna@x.se",), ("1041",), ("pay",), None, "cover")),
    "a reason of several lines": (
        body(reason="cover:  #1\n\n - for \"Eva\"\t'x'\n# not a field"),
        Request(
            ("anna@x.se",),
            ("1041",),
            ("pay",),
            dt.date(2027, 3, 31),
            "cover: #1 - for \"Eva\" 'x' # not a field",
        ),
    ),
    "in Swedish": (
        "### Konsulter\n\nanna@x.se\n\n### Klienter\n\n1041\n\n### Program\n\npay\n\n### Till och med\n\n2027-03-31\n\n### Skäl\n\ncover",
        REQUEST,
    ),
}


@pytest.mark.parametrize(("text", "expected"), ASKED.values(), ids=ASKED)
def test_what_is_asked_for(text, expected):
    assert read(text) == expected


WRONG = {
    "nothing": ("", ["1:1 this is not a form for access"]),
    "something else": (
        "Hello\n\nplease give me access",
        ["1:1 this stands before the first field", "3:1 this stands before the first field"],
    ),
    "a field less": (body(reason=None), ["16:1 the field “reason” is missing"]),
    "a field twice": (body(reason="x\n### Clients\nall"), ["20:1 “Clients” stands there twice"]),
    "another field": (body(reason="x\n### Rules\nall"), ["20:1 the form has no field “Rules”"]),
    "no answers": (
        body(consultants="_No response_", clients="", programs="- [ ] pay", reason="  "),
        [
            "1:1 nothing is written here",
            "5:1 nothing is written here",
            "9:1 nothing is written here",
            "17:1 nothing is written here",
        ],
    ),
    "unknown names": (
        body(consultants="anna@x.se\nnobody", clients="9999", programs="x"),
        [
            "4:1 there is no consultant “nobody”",
            "8:1 there is no client “9999”",
            "12:1 there is no program “x”",
        ],
    ),
    "several at once": (
        body(clients="104", until="31/3 2027", consultants="eva"),
        ["3:1 Eva has left the bureau", "7:1 “104” could be 2 clients", "15:1 “31/3 2027” is not a day"],
    ),
    "selectors": (
        body(
            consultants="all\nteam:malmo\neach-team",
            clients="tag:payroll & !tag:audit",
            programs="+standard, all",
        ),
        [
            "3:1 there is no consultant “all”",
            "4:1 there is no consultant “team:malmo”",
            "5:1 there is no consultant “each-team”",
            "9:1 there is no client “tag:payroll & !tag:audit”",
            "13:1 there is no program “+standard”",
            "13:12 there is no program “all”",
        ],
    ),
    "outside of the package": (body(programs="bank"), ["11:1 bank is outside of the bureau package"]),
    "a day that has passed": (body(until="2027-01-14"), ["15:1 2027-01-14 has passed"]),
    "a day in another way": (body(until="20270331"), ["15:1 “20270331” is not a day"]),
    "two days": (body(until="2027-03-31\n2027-04-01"), ["15:1 “2027-03-31” is not a day"]),
    "invisible": (
        body(reason="a\u202eb\u200bc"),
        [
            "19:2 the invisible character U+202E stands here",
            "19:4 the invisible character U+200B stands here",
        ],
    ),
    "null": (body(clients="1041\0"), ["7:5 the invisible character U+0000 stands here"]),
    "a long reason": (body(reason="x" * 301), ["19:1 the reason has more than 300 characters"]),
    "many names": (body(clients="1041\n" * 201), ["5:1 there are more than 200 names here"]),
    "far too long": (body(reason="x" * 70_000), ["1:1 the form has more than 65536 characters"]),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_at_its_place(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize("name", ["access-request.yml", "access-request-sv.yml"])
def test_the_templates_have_the_fields_that_are_read(name):
    form = yaml.safe_load((TEMPLATES / name).read_text("utf-8"))
    fields = [one for one in form["body"] if one["type"] != "markdown"]
    assert [HEADINGS[one["attributes"]["label"].casefold()] for one in fields] == list(Field)
    assert [one["id"] for one in fields] == list(Field)
    needed = [one["validations"]["required"] for one in fields]
    assert needed == [True, True, True, False, True]


@given(st.text(max_size=300))
def test_whatever_is_sent_is_read_or_told(text):
    for form in (text, body(consultants=text), body(reason=text), body(clients=text), body(until=text)):
        read(form)


def test_names_of_rules_and_branches():
    assert rule_name(REQUEST, 12, ()) == "request-12"
    assert rule_name(REQUEST, None, ()) == "request-anna-1041-pay"
    assert rule_name(REQUEST, None, {"request-anna-1041-pay"}) == "request-anna-1041-pay-2"
    assert branch_of("request-12") == "request/12"
    assert branch_of("request-anna-1041-pay-2") == "request/anna-1041-pay-2"


@given(st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80), st.text(min_size=1, max_size=80))
def test_a_branch_is_safe_whatever_the_keys_are(who, where, what):
    name = rule_name(Request((who,), (where,), (what,), None, "x"), None, ())
    branch = branch_of(name)
    assert branch.startswith("request/")
    assert set(branch) <= set("abcdefghijklmnopqrstuvwxyz0123456789-/")
    assert len(branch) < 100
