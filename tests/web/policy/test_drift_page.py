"""Drift on a page: what the command says, by whom, and the way back to what the rules say, for exactly that."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from tests.web.policy.test_applying import ask, plan, say_yes


def drift(reconciler, *flags: str) -> dict:
    return json.loads(reconciler("drift", "--fresh", "--format", "json", *flags).out)


@pytest.fixture
def drifted(reconciler, folder):
    """A bureau that was what the rules say, until somebody changed the rules and somebody else the bureau."""
    assert reconciler("apply", "--yes").code == 3
    rules = folder / "policies" / "access.yaml"
    before = rules.read_text("utf-8")
    rules.write_text(
        before
        + '\n  by-hand:\n    who: gun.alm@exempelbyran.example\n    clients: ["1041", "1042"]\n    programs: [payroll]\n',
        encoding="utf-8",
    )
    assert reconciler("apply", "--yes", "--consultant", "gun.alm@exempelbyran.example").code in {0, 3}
    rules.write_text(before, encoding="utf-8")
    limits = (
        folder / "policies" / "guardrails.yaml"
    )  # of a part of the bureau, a part of what it has is little
    text = limits.read_text("utf-8").replace("removals: 25%", "removals: 100")
    limits.write_text(text.replace("removals-per-client: 75%", "removals-per-client: 20"), encoding="utf-8")
    return folder


def cells_of(document: dict) -> list[tuple]:
    return sorted(
        (one["kind"], tuple(one["consultants"]), tuple(one["clients"]), tuple(one["programs"]), one["cells"])
        for one in document["drift"]
    )


@pytest.mark.parametrize(
    ("query", "flags"), [("", ()), ("?managed=1", ("--ignore-unmanaged",)), ("?since=2026-01-01", ("--since", "2026-01-01"))]
)  # fmt: skip
def test_it_is_what_the_command_says(reconciler, drifted, reader, query, flags):
    told = drift(reconciler, *flags)
    assert told["drift"]
    assert reader.get(f"/drift.json{query}").json() == told
    page = unescape(re.sub(r"<[^>]+>", " ", reader.get(f"/drift{query}").text))
    text = reconciler("drift", "--fresh", "--full", *flags).out
    headings = [
        line
        for line in text.splitlines()
        if re.fullmatch(r"(By .*|Wanted by .*|Nobody knows.*): \d+ changes?", line)
    ]
    assert headings
    for heading in headings:
        assert heading in page
    assert reader.get(f"/drift{query}").text.count('id="what-') == len(told["drift"])


def test_to_restore_is_a_plan_of_exactly_that(reconciler, drifted, reader):
    told = next(one for one in drift(reconciler)["drift"] if one["consultants"] == ["gun.alm@exempelbyran.example"] and one["programs"] == ["payroll"])  # fmt: skip
    page = reader.get("/drift").text
    ways = {unescape(way) for way in re.findall(r'href="(/plan\?[^"]+)"', page)}
    clients = "%2C".join(told["clients"])
    (way,) = [one for one in ways if "gun.alm" in one and f"client={clients}&" in one]
    flags = ("--consultant", "gun.alm@exempelbyran.example", "--only", "removals", *(part for key in told["clients"] for part in ("--client", key)))  # fmt: skip
    shown = plan(reconciler, *flags)
    assert reader.get(way.replace("/plan", "/plan.json")).json() == shown
    assert sum(one["cells"] for one in shown["operations"]) == told["cells"]
    before = plan(reconciler)["summary"]
    page = say_yes(reader, ask(reader, shown["digest"], consultant=told["consultants"][0], client=",".join(told["clients"]), only="removals")).text  # fmt: skip
    assert "Done" in page, page.split("<main")[1]
    left = drift(reconciler)
    assert told not in left["drift"]
    after = plan(reconciler)["summary"]
    assert before["blocked"] == after["blocked"]


def test_where_there_is_none_it_says_so(reconciler, folder, reader):
    assert reconciler("apply", "--yes").code == 3
    page = reader.get("/drift", params={"since": "2090-01-01"}).text
    assert "Nothing was changed since 2090-01-01" in page
    assert "Adopt" not in page


def test_a_day_that_is_none_is_told_on_the_page(folder, reader):
    page = reader.get("/drift", params={"since": "<b>yesterday"})
    assert page.status_code == 400
    assert "“&lt;b&gt;yesterday” is no day" in page.text
    assert "<b>" not in page.text
