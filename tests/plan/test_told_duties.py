"""What guardrails do to a plan survives a plan file, fits the schema, and is the same byte for byte."""

from __future__ import annotations

import json
from datetime import timedelta

import jsonschema_rs
from hypothesis import given

from reconciler.plan import build, plan_document
from reconciler.plan.file import read_plan_file, write_plan_file
from reconciler.resources import resource
from tests.plan.test_file import bound, printed
from tests.support.duties import DAY, guarded_worlds

SCHEMA = jsonschema_rs.validator_for(json.loads(resource("schemas/plan.schema.json").read_text("utf-8")))


@given(guarded_worlds())
def test_a_plan_file_keeps_what_waits_what_is_accepted_and_what_ends(world):
    plan = build(world.desired, world.current, DAY)
    found = read_plan_file(write_plan_file(plan, bound(plan))).plan
    assert printed(found) == printed(plan)
    assert [one.after for one in found.operations] == [one.after for one in plan.operations]
    assert [one.waiver for one in found.violations] == [one.waiver for one in plan.violations]
    assert found.ending_waivers == plan.ending_waivers


@given(guarded_worlds())
def test_the_document_is_as_the_schema_says_and_the_same_each_time(world):
    one, other = (plan_document(build(world.desired, world.current, DAY)) for _ in range(2))
    assert json.dumps(one) == json.dumps(other)
    assert SCHEMA.is_valid(one)


@given(guarded_worlds())
def test_waivers_that_end_within_the_days_ahead_are_named(world):
    for ahead in (0, 14, 20):
        named = {one.waiver for one in build(world.desired, world.current, DAY, ahead=ahead).ending_waivers}
        last = DAY + timedelta(days=ahead)
        assert named == {one.name for one in world.desired.guardrails.waivers if one.until <= last}
