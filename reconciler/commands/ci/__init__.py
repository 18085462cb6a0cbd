"""`reconciler ci …`: the steps of a pipeline, which speaks with GitHub or GitLab."""

from __future__ import annotations

import click

from reconciler.commands.ci.approved import command as approved
from reconciler.commands.ci.comment import command as comment
from reconciler.commands.ci.drift_issue import command as drift_issue
from reconciler.commands.ci.issue import command as issue
from reconciler.commands.ci.links import command as links
from reconciler.commands.ci.output import command as output
from reconciler.commands.ci.pull_request import command as pull_request
from reconciler.commands.ci.summary import command as summary
from reconciler.commands.ci.widget import command as widget
from reconciler.commands.help import Group
from reconciler.commands.language import N_
from reconciler.commands.options import language


@click.group(
    "ci",
    cls=Group,
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


for _one in (comment, approved, drift_issue, pull_request, issue, summary, output, widget, links):
    command.add_command(_one)
