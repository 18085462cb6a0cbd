"""What ends, on a page: as the plan says it, with its place, and who loses what."""

from __future__ import annotations

import json
import re

import pytest

RULES = """
access:
  soon:
    who: gun.alm@exempelbyran.example
    clients: ["1041"]
    programs: [payroll]
    until: {day}
    reason: "<b>until</b> then"
never:
  apart: {{who: gun.alm@exempelbyran.example, clients: ["1042"], reason: spouse, until: {day}}}
"""


@pytest.fixture
def today(site):
    return site[1].today()


def test_it_is_what_the_plan_says_ends(reconciler, reader, folder, today):
    (folder / "policies" / "soon.yaml").write_text(RULES.format(day=today), encoding="utf-8")
    plan = json.loads(reconciler("plan", "--format", "json").out)
    assert {one["rule"] for one in plan["ending"]} == {"soon", "apart"}
    page = reader.get("/ends").text
    for one in plan["ending"]:
        assert f"“{one['rule']}” ends" in page
        assert f"Last day {one['until']}" in page
    assert "policies/soon.yaml:3:3" in page
    assert "&lt;b&gt;until&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "Gun Alm" in page


def test_how_far_can_be_chosen(reader):
    for days in ("14", "30", "90", "365"):
        assert (
            f'href="/ends?days={days}" aria-current="true"' in reader.get("/ends", params={"days": days}).text
        )
    for days in ("0", "-1", "x", "100000"):
        assert 'href="/ends?days=14" aria-current="true"' in reader.get("/ends", params={"days": days}).text


def test_where_nothing_ends_it_says_so(reader, folder):
    for path in (folder / "policies").glob("*.yaml"):
        path.write_text(
            re.sub(r"20[0-9]{2}(-[0-9]{2}-[0-9]{2})", r"2090\1", path.read_text("utf-8")), encoding="utf-8"
        )
    assert "Nothing ends within 14 days" in reader.get("/ends").text
