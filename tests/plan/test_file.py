"""Plan files: what is written is what is read and printed again, and nothing else is taken for a plan."""

from __future__ import annotations

import datetime as dt
import json

import rfc8785
from hypothesis import given

from reconciler.formats import show_plan
from reconciler.formats.catalogue import catalogue
from reconciler.plan import build
from reconciler.plan.file import Bound, State, read_plan_file, write_plan_file
from reconciler.plan.outcome import outcome_digest
from tests.support.worlds import worlds

DAY = dt.date(2026, 11, 24)
SCOPE = {
    "as-of": "2026-11-24",
    "half": None,
    "ahead": 14,
    "allow": [["removals", "12"]],
    "consultants": [],
    "clients": ["1042"],
    "teams": [],
    "tags": [],
}


def bound(plan, **changes) -> Bound:
    fields = {
        "policies": "0" * 64,
        "commit": "a" * 40,
        "changed": False,
        "backend": "embedded",
        "bureau": plan.register.bureau,
        "revision": plan.revision,
        "operator": plan.operator.key,
        "date": plan.date,
        "scope": SCOPE,
        "state": State(4, 4, 7),
        "tool_version": "1.2.3",
    }
    return Bound(**(fields | changes))


def printed(plan):
    return {
        (form, language, full): show_plan(plan, form, catalogue(language), full=full)
        for form in ("text", "json")
        for language in ("en", "sv")
        for full in (False, True)
    }


@given(worlds())
def test_a_plan_that_is_read_back_prints_the_same_in_every_format_and_language(world):
    plan = build(world.desired, world.current, DAY)
    said = bound(plan)
    content = write_plan_file(plan, said)
    found = read_plan_file(content, "plan.json")
    assert printed(found.plan) == printed(plan)
    assert found.bound == said
    assert found.digest == outcome_digest(plan)
    assert write_plan_file(found.plan, found.bound) == content
    assert rfc8785.dumps(json.loads(content)) == content
