"""`reconciler ci …`: the steps of a pipeline, which speaks with GitHub or GitLab."""

from __future__ import annotations

import click

from reconciler.commands.help import Lazy
from reconciler.commands.language import N_
from reconciler.commands.options import language


@click.group(
    "ci",
    cls=Lazy,
    package=__name__,
    names=(
        "comment",
        "approved",
        "drift-issue",
        "pull-request",
        "issue",
        "summary",
        "output",
        "widget",
        "links",
    ),
    help=N_(
        "Steps of a pipeline: comment on a pull request, find out what was approved, hand on results.\n\n"
        "Where the repository is, and which pull request is meant, the pipeline says itself in its variables. The"
        " token is read from GITHUB_TOKEN or GITLAB_TOKEN, or from a file that GITHUB_TOKEN_FILE or"
        " GITLAB_TOKEN_FILE names."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""
