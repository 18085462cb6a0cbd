"""The plan page says what `reconciler plan` says, of all and of a part; what it takes, it takes as text."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest


def document(reconciler, *flags: str) -> dict:
    return json.loads(reconciler("plan", "--format", "json", *flags).out)


def rows(page: str, key: str) -> list[list[str]]:
    """The cells of a section's table, as text."""
    section = re.search(rf'<section id="{key}".*?</section>', page, re.DOTALL)
    if section is None:
        return []
    body = section[0].split("<tbody", 1)[1]
    return [
        [
            unescape(re.sub(r"<[^>]+>", " ", cell)).split()
            and " ".join(unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    ]


@pytest.mark.parametrize(
    ("query", "flags"),
    [
        ("", ()),
        (
            "?consultant=anna.lind@exempelbyran.example&only=grants",
            ("--consultant", "anna.lind@exempelbyran.example", "--only", "grants"),
        ),
        ("?client=1042,+1055", ("--client", "1042", "--client", "1055")),
        (
            "?team=malmo&only=removals&day=2027-04-01",
            ("--team", "malmo", "--only", "removals", "--as-of", "2027-04-01"),
        ),
        ("?tag=payroll", ("--tag", "payroll")),
    ],
)
def test_it_is_the_plan_of_the_command(reconciler, reader, query, flags):
    plan = document(reconciler, *flags)
    assert reader.get(f"/plan.json{query}").json() == plan
    page = reader.get(f"/plan{query}")
    assert page.status_code == 200
    for kind in ("give-access", "add-programs", "remove-programs", "remove-access"):
        operations = [one for one in plan["operations"] if one["change"] == kind]
        shown = rows(page.text, kind)
        assert len(shown) == len(operations)
        assert [int(row[-1]) for row in shown] == [one["cells"] for one in operations]
    assert len(rows(page.text, "blocked")) == len(plan["blocked"])
    if plan["operations"]:
        assert f"<code>{plan['digest']}</code>" in page.text


def test_all_of_it_can_be_seen(reader):
    page = reader.get("/plan?client=1042")
    assert "/plan?client=1042&amp;full=1#plan" in page.text
    whole = reader.get("/plan?client=1042&full=1")
    assert whole.status_code == 200
    assert "full=1#plan" not in whole.text
