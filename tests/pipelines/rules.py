"""The rules that every workflow and action here keeps; what the linters do not check, or only warn of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.pipelines.files import jobs, parse, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
OURS = re.compile(r"uses: \$/\S+$")
USES = re.compile(r"^\s*(?:- )?(uses:.*)$", re.MULTILINE)
MAIN = "${{ github.event.repository.default_branch }}"
SECRET = re.compile(r"\bsecrets\b|github\.token")
NODE_24 = {
    "actions/checkout": "v7.",
    "actions/setup-python": "v7.",
    "actions/upload-artifact": "v7.",
    "actions/download-artifact": "v8.",
}
"""The majors that run on Node 24."""


def broken(text: str) -> list[str]:
    """What a workflow or an action breaks, in words."""
    document = parse(text)
    found = [*_of_uses(text), *_of_steps(document)]
    if "jobs" in document:
        found += [*_of_workflow(document), *_of_jobs(document)]
    return found


def _of_uses(text: str) -> Iterator[str]:
    for uses in USES.findall(text):
        if not (PINNED.match(uses) or OURS.match(uses)):
            yield f"not pinned by hash with its version beside it: {uses}"
        for name, major in NODE_24.items():
            if uses.startswith(f"uses: {name}@") and f"# {major}" not in uses:
                yield f"not the major on Node 24: {uses}"


def _of_steps(document: dict[str, Any]) -> Iterator[str]:
    for step in steps(document):
        if "${{" in step.get("run", ""):
            yield f"an expression inside a script: {step['run']}"
        checkout = step.get("uses", "").startswith("actions/checkout@")
        if checkout and step.get("with", {}).get("persist-credentials") != "false":
            yield "a checkout leaves its token in the folder"


def _of_workflow(document: dict[str, Any]) -> Iterator[str]:
    if document.get("permissions") != {}:
        yield "the workflow does not begin with no permission at all"
    events = document.get("on", {})
    if "pull_request_target" in events or "workflow_run" in events:
        yield "an event that gives untrusted code the rights of the base branch"
    if SECRET.search(str(document.get("env", ""))):
        yield "a secret for the whole workflow"
    for entry in events.get("schedule", ()) if isinstance(events, dict) else ():
        if entry["cron"].split()[0] in {"0", "*"}:
            yield f"a schedule on the hour, when every schedule runs: {entry['cron']}"


def _of_jobs(document: dict[str, Any]) -> Iterator[str]:
    for name, job in jobs(document).items():
        if "uses" not in job and "timeout-minutes" not in job:
            yield f"{name} may run for hours"
        if SECRET.search(str(job.get("env", ""))):
            yield f"{name} gives a secret to all its steps"
        permissions = job.get("permissions")
        writes = permissions == "write-all" or (
            isinstance(permissions, dict) and "write" in permissions.values()
        )
        if writes and any(_proposed(step) for step in job.get("steps", ())):
            yield f"{name} may write to the forge and has the files of a branch beside it"


def _proposed(step: dict[str, Any]) -> bool:
    """Whether a step checks out what may not have been merged."""
    ref = step.get("with", {}).get("ref")
    return step.get("uses", "").startswith("actions/checkout@") and ref != MAIN
