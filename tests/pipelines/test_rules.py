"""The workflows and actions keep our rules, and the rules find what breaks them."""

from __future__ import annotations

import pytest

from tests.pipelines.files import ACTIONS, WORKFLOWS
from tests.pipelines.rules import broken

SOUND = """\
name: sound
on: {schedule: [{cron: "17 4 * * 1-5"}]}
permissions: {}
jobs:
  one:
    permissions: {contents: read}
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: {persist-credentials: false}
      - uses: $/.github/actions/own
      - run: echo "$TITLE"
        env: {TITLE: "${{ github.event.pull_request.title }}", TOKEN: "${{ secrets.TOKEN }}"}
"""


def test_a_sound_workflow_breaks_nothing():
    assert broken(SOUND) == []


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7.0.1", "not pinned"),
        (" # v7.0.1", "", "not pinned"),
        ("v7.0.1", "v6.0.0", "Node 24"),
        ("$TITLE", "${{ github.event.pull_request.title }}", "an expression inside a script"),
        ("persist-credentials: false", "fetch-depth: 0", "leaves its token"),
        ("$/.github", "./.github", "not pinned"),
        ("permissions: {}\n", "", "no permission at all"),
        ("permissions: {}\n", "permissions: {contents: read}\n", "no permission at all"),
        ("schedule: [", "pull_request_target: {}, schedule: [", "untrusted code"),
        ("17 4", "0 4", "on the hour"),
        ("jobs:", "env: {TOKEN: '${{ secrets.TOKEN }}'}\njobs:", "whole workflow"),
        ("    timeout-minutes: 5\n", "", "for hours"),
        ("    timeout-minutes: 5\n", "    timeout-minutes: 5\n    env: {T: '${{ github.token }}'}\n", "all its steps"),
        ("contents: read", "contents: write", "may write"),
        ("{contents: read}", "write-all", "may write"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_found(was, now, told):
    assert was in SOUND
    found = broken(SOUND.replace(was, now))
    assert any(told in one for one in found), found


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=lambda path: path.parent.name + "/" + path.name)
def test_ours_break_nothing(path):
    assert broken(path.read_text("utf-8")) == []
