"""The expressions of workflows, as the runner of the tests reads them."""

from __future__ import annotations

import pytest

from tests.pipelines.expressions import condition, evaluate, fill

CONTEXTS = {
    "github": {
        "repository": "a/b",
        "event": {"pull_request": {"number": 7, "draft": False, "labels": [{"name": "x"}, {"name": "Y"}]}},
    },
    "inputs": {"bureau": ""},
    "vars": {"RECONCILER_BUREAU": "byra"},
    "needs": {"check": {"result": "success"}},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("github.repository", "a/b"),
        ("github.nothing.there", None),
        ("inputs.bureau || vars.RECONCILER_BUREAU || 'bureau'", "byra"),
        ("inputs.bureau || inputs.other", None),
        ("inputs.bureau && 'x'", ""),
        ("github.event.pull_request.number == '7'", True),
        ("github.repository != 'A/B'", False),
        ("!github.event.pull_request.draft && needs.check.result == 'success'", True),
        ("'it''s' == 'it''s'", True),
        ("(true || false) && false", False),
        ("failure() || always()", True),
        ("contains(github.event.pull_request.labels.*.name, 'y')", True),
        ("contains(github.event.pull_request.labels.*.name, 'z')", False),
        ("contains(github.event.issue.labels.*.name, 'z')", False),
    ],
)
def test_what_an_expression_is_worth(text, value):
    assert evaluate(text, CONTEXTS) == value


def test_a_text_is_filled():
    filled = fill({"a": "x-${{ github.event.pull_request.number }}-${{ inputs.bureau }}"}, CONTEXTS)
    assert filled == {"a": "x-7-"}
    assert fill("${{ github.n }} ${{ github.t }}", {"github": {"n": 1, "t": True}}) == "1 true"


@pytest.mark.parametrize(
    ("text", "failed", "runs"),
    [
        ("github.repository", False, True),
        ("github.repository", True, False),
        ("${{ !cancelled() && github.repository }}", True, True),
        ("${{ inputs.bureau }}", False, False),
        ("failure()", False, False),
    ],
)
def test_what_runs_after_what(text, failed, runs):
    assert condition(text, CONTEXTS, failed=failed) is runs
