"""The page that explains a pair says what `reconciler explain` says, whoever asks for whatever."""

from __future__ import annotations

import itertools
import json
import re
from html import unescape
from urllib.parse import quote

import pytest

from tests.support.repositories import commit
from tests.web.bureau.office import rows_of, text_of
from tests.web.test_matrices import shown

PEOPLE = ("gun.alm@exempelbyran.example", "anna.lind@exempelbyran.example")
CLIENTS = ("1042", "1062")
PROGRAMS = ("", "payroll", "payments")
MARKUP = "<script>alert(1)</script>"


def page_of(reader, consultant: str, client: str, program: str = "", **more: str) -> str:
    said = {"consultant": consultant, "client": client, "program": program, **more}
    answer = reader.get("/explain?" + "&".join(f"{name}={quote(value)}" for name, value in said.items()))
    assert answer.status_code == 200, answer.text
    return answer.text


def parts(page: str) -> dict[str, list[list[str]]]:
    """By heading its points, each as its own text and what there is to say about it."""
    found = re.findall(r'<section class="part">\s*<h2>(.*?)</h2>(.*?)</section>', page, re.DOTALL)
    sign = r'<li><span class="sign" aria-hidden="true">.*?</span>'
    return {
        unescape(title): [
            [said for one in re.split("<li>|</span>", point) if (said := text_of(one))]
            for point in re.split(sign, body)[1:]
        ]
        for title, body in found
    }


def points(page: str) -> dict[str, list[str]]:
    """The same, each point as one text."""
    return {title: [" ".join(one) for one in some] for title, some in parts(page).items()}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("consultant", PEOPLE)
def test_it_says_what_the_command_says(reconciler, reader, consultant, client, program):
    asked = (consultant, client, *([program] if program else []))
    told = json.loads(reconciler("explain", *asked, "--format", "json").out)
    text = " ".join(reconciler("explain", *asked, "--full").out.split())
    page = page_of(reader, *asked)
    found = points(page)
    said = [point for title, some in found.items() if "plan" not in title for point in some]
    for rule in told["rules"]:
        assert any(
            f"{rule['rule']}: " in point and f"stands in {rule['file']}:{rule['line']}" in point
            for point in said
        )
        assert rule["reason"] in unescape(page)
        assert (f"last day: {rule['until']}" in " ".join(said)) or not rule["until"]
        assert f"last changed: {rule['changed']['date']} by {rule['changed']['author']}" in " ".join(said)
    steps = next(some for title, some in found.items() if title.startswith("What a plan of"))
    assert len(steps) == max(1, len(told["steps"]) + told["left-as-it-is"]["access"])
    at = 0
    for said_there in [
        one for title, some in parts(page).items() for one in [title, *itertools.chain(*some)]
    ]:
        # everything in the order in which the command says it
        assert said_there in text[at:]
        at = text.index(said_there, at)
    n = len(told["others-who-have-it"])
    assert f"{n} others ha" in page or f"{n} other ha" in page or (not n and "Nobody else has" in page)
    assert set(re.findall(r'<li><a href="/consultants/(.*?)">', page)) == {
        quote(key, safe="") for key in told["others-who-have-it"]
    }
    headline = re.search(r'<p class="headline">(.*?)</p>', page)
    assert headline
    assert unescape(headline[1]) in text


def test_what_stands_first_is_what_should_be(reader):
    page = page_of(reader, "gun.alm@exempelbyran.example", "1062", day="2026-11-24")
    assert "on 2026-11-24</h1>" in page
    assert "independence-1062: forbids access to the client" in text_of(page)


def test_names_are_taken_as_the_command_takes_them(reader):
    by_key = points(page_of(reader, "gun.alm@exempelbyran.example", "1042", "payroll"))
    assert points(page_of(reader, "gun", "1042", "Lön")) == by_key


def test_what_is_wrong_stands_beside_its_field(reader):
    answer = reader.get("/explain?consultant=ana+lind&client=%3Ci%3E&program=payrol+x&day=x")
    assert answer.status_code == 400
    for name, said in (
        ("consultant", "there is no consultant “ana lind” – did you mean “Anna Lind”?"),
        ("client", "there is no client “<i>”"),
        ("program", "there is no program “payrol x”"),
        ("day", "“x” is no day such as 2027-01-31."),
    ):
        found = re.search(rf'id="{name}-wrong">(.*?)</span>', answer.text)
        assert found
        assert unescape(found[1]).startswith(said)
        assert f'aria-describedby="{name}-wrong"' in answer.text
    assert "<i>" not in answer.text
    assert 'value="ana lind"' in answer.text


def test_one_of_two_is_asked_for(reader):
    answer = reader.get("/explain?consultant=gun")
    assert answer.status_code == 400
    assert "Say which client is meant." in answer.text
    assert reader.get("/explain").status_code == 200


def test_markup_in_a_reason_is_text(reader, folder):
    (folder / "policies/own.yaml").write_text(
        f'access:\n  own: {{who: gun.alm@exempelbyran.example, clients: ["1041"], programs: [payroll], reason: "{MARKUP}"}}\n',
        encoding="utf-8",
    )
    page = page_of(reader, "gun", "1041")
    assert f"reason: {MARKUP}" in unescape(page)
    assert MARKUP not in page


def test_when_a_rule_was_changed_last(reader, folder):
    assert "last changed: not committed yet" not in page_of(reader, "gun", "1062")
    denials = folder / "policies/denials.yaml"
    denials.write_text(
        denials.read_text(encoding="utf-8").replace("2030-12-31", "2031-12-31"), encoding="utf-8"
    )
    assert "last changed: not committed yet" in page_of(reader, "gun", "1062")
    commit(folder, "Later")
    assert "last changed: not committed yet" not in page_of(reader, "gun", "1062")


def test_each_cell_of_a_table_leads_to_why_it_is_so(reader):
    page = reader.get("/clients/1042").text
    links = [unescape(link) for link in re.findall(r'<td[^>]*><a href="([^"]*)"', page)]
    assert len(links) == (len(shown(page)) - 2) * len(shown(page)["Consultant"])
    for link in links[:4]:
        assert "What a plan of" in reader.get(link).text


def test_the_rules_behind_a_table_are_those_of_who(reconciler, reader):
    for path, flag in (
        ("/clients/1042", ("--client", "1042")),
        (f"/consultants/{PEOPLE[1]}", ("--consultant", PEOPLE[1])),
    ):
        told = json.loads(reconciler("who", *flag, "--format", "json").out)
        pairs: dict[tuple[str, str], set] = {}
        for entry in told["entries"]:
            for rule in entry["rules"] or ["no rule"]:
                pairs.setdefault((rule, entry["ground"]), set()).add((entry["consultant"], entry["client"]))
        rows = [row for row in rows_of(reader.get(path).text) if len(row) == 4 and row[0] not in {"✓", "·"}]
        behind = [(row[0], int(row[3])) for row in rows if row[3].isdigit()]
        assert sorted(behind) == sorted((rule, len(found)) for (rule, _), found in pairs.items())
        places = {rule["rule"]: f"{rule['file']}:{rule['line']}" for rule in told["rules"]}
        assert all(row[2] == places.get(row[0], "–") for row in rows if row[3].isdigit())


def test_broken_yaml_hides_no_table(reader, folder):
    (folder / "policies/broken.yaml").write_text("access: [", encoding="utf-8")
    page = reader.get("/clients/1042").text
    assert "Anna Lind" in page
    assert "cannot be told which rules give this" in page
    assert reader.get("/explain?consultant=gun&client=1042").status_code == 400
