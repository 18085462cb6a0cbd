"""Who runs this, and where: for the audit log. What a pipeline says of itself is taken down as it says it."""

from __future__ import annotations

import getpass
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.audit.entries import Source
    from reconciler.plan.file import Bound

_LONGEST = 300
"""Characters of a fact: a variable may hold anything."""


def source_of(bound: Bound) -> Source:
    """Where a run comes from.

    Args:
        bound: what its plan was made from.
    """
    from reconciler.audit.entries import Source

    actor, run = pipeline(os.environ)
    return Source(
        user=_user(),
        host=socket.gethostname()[:_LONGEST],
        ci_actor=actor,
        ci_run=run,
        tool=bound.tool_version,
        commit=bound.commit or "",
        dirty=bound.changed,
        policies=bound.policies,
    )


def pipeline(said: Mapping[str, str]) -> tuple[str, str]:
    """On whose behalf a pipeline runs, and the address of its run; "" where there is none.

    Args:
        said: the environment of GitHub Actions, GitLab CI, Azure Pipelines, Jenkins, or none of them.
    """
    if said.get("GITHUB_RUN_ID"):
        place = f"{said.get('GITHUB_SERVER_URL', '')}/{said.get('GITHUB_REPOSITORY', '')}"
        actor = said.get("GITHUB_TRIGGERING_ACTOR") or said.get("GITHUB_ACTOR", "")
        return _fact(actor), _fact(f"{place}/actions/runs/{said['GITHUB_RUN_ID']}")
    if said.get("GITLAB_CI"):
        return _fact(said.get("GITLAB_USER_LOGIN", "")), _fact(said.get("CI_JOB_URL", ""))
    if said.get("BUILD_BUILDID"):
        place = f"{said.get('SYSTEM_COLLECTIONURI', '')}{said.get('SYSTEM_TEAMPROJECT', '')}"
        run = f"{place}/_build/results?buildId={said['BUILD_BUILDID']}"
        return _fact(said.get("BUILD_REQUESTEDFOR", "")), _fact(run)
    return _fact(said.get("BUILD_USER_ID", "")), _fact(said.get("BUILD_URL", ""))


def _user() -> str:
    """Who the process runs as, by the system rather than by a variable, where it tells."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        pass
    try:
        return getpass.getuser()[:_LONGEST]
    except (OSError, KeyError, ImportError):
        return ""


def _fact(text: str) -> str:
    return text[:_LONGEST]
