"""The files of the pipelines, as values: workflows, actions, what stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = tuple(sorted((GITHUB / "workflows").glob("*.yml")))
ACTIONS = tuple(sorted(GITHUB.glob("actions/*/action.yml")))


def parse(text: str) -> dict[str, Any]:
    """A workflow or an action; every scalar is text, so that `on` is no boolean."""
    return yaml.load(text, yaml.BaseLoader)


def jobs(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The jobs of a workflow by name; the steps of an action as those of one job."""
    return document.get("jobs") or {"(action)": document.get("runs", {})}


def steps(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every step of every job."""
    for job in jobs(document).values():
        yield from job.get("steps", ())
