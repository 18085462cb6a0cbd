"""The template for GitLab: each secret where it is needed and nowhere else, and scripts that shellcheck finds sound."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
import yaml

from tests.pipelines.files import ROOT
from tests.pipelines.test_linters import BIN

TEMPLATE = ROOT / ".gitlab" / "reconciler.gitlab-ci.yml"
READS, CHANGES, WRITES = "reconciler/plan", "reconciler/apply", "reconciler/comment"


class Loader(yaml.BaseLoader):
    """Reads !reference [job, key] as the list that it is."""


Loader.add_constructor("!reference", lambda loader, node: {"reference": loader.construct_sequence(node)})
DOCUMENT: dict[str, Any] = yaml.load(TEMPLATE.read_text("utf-8"), Loader)


def merged(name: str) -> dict[str, Any]:
    """A job with all that it extends, the later over the earlier."""
    job = DOCUMENT[name]
    extends = job.get("extends", [])
    whole: dict[str, Any] = {"variables": {}}
    for one in (*map(merged, [extends] if isinstance(extends, str) else extends), job):
        whole |= one | {"variables": whole["variables"] | one.get("variables", {})}
    return whole


JOBS = {name: merged(name) for name in DOCUMENT if name.startswith("reconciler:")}


def environment(job: dict[str, Any]) -> str:
    return job.get("environment", {}).get("name", "")


def test_the_rest_is_what_it_extends():
    assert {name for name in DOCUMENT if not name.startswith((".", "reconciler:"))} == {"variables", "stages"}


@pytest.mark.parametrize("name", JOBS)
def test_every_job_says_when_it_runs_and_what_it_may_see(name):
    job = JOBS[name]
    assert job["rules"]
    assert environment(job) in {"", READS, CHANGES, WRITES}
    if environment(job) in {READS, WRITES}:
        assert job["environment"]["action"] == "prepare"  # sees its secrets, and counts as no deployment


def test_what_may_write_has_no_files_of_a_merge_request():
    for name, job in JOBS.items():
        if (
            environment(job) in {WRITES, CHANGES} and name != "reconciler:propose"
        ):  # that one has those of main
            assert job["variables"]["GIT_STRATEGY"] == "none"
            assert set(job["needs"]) <= {
                "reconciler:base", "reconciler:plan", "reconciler:apply", "reconciler:drift", "reconciler:adopt",
            }  # fmt: skip


def test_a_fork_meets_no_secret():
    for job in JOBS.values():
        if environment(job):
            for rule in job["rules"]:
                text = str(rule)
                own = "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID"
                assert own in text or "$CI_DEFAULT_BRANCH" in text or ".reconciler-main" in text


def test_an_apply_is_never_cancelled():
    assert JOBS["reconciler:apply"]["interruptible"] == "false"
    assert JOBS["reconciler:apply"]["resource_group"]


@pytest.mark.parametrize("name", JOBS)
def test_shellcheck_finds_nothing(name):
    job = JOBS[name]
    lines = [*job.get("before_script", []), *job["script"], *job.get("after_script", [])]
    script = "#!/usr/bin/env bash\nset -eo pipefail\n" + "\n".join(lines)
    how = ["--shell=bash", "--exclude=SC1091", "-"]  # the environment that the script itself makes
    ran = subprocess.run(
        [BIN / "shellcheck", *how], input=script, capture_output=True, text=True, check=False
    )
    assert ran.stdout == ""
