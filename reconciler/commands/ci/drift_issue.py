"""`reconciler ci drift-issue`: the one issue that tells of drift, open as long as there is any."""

from __future__ import annotations

import html
import re
from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.commands.ci.body import ADDRESS, body, bureau, labels, read_text
from reconciler.commands.ci.place import HERE, kind_of_forge
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import language, option
from reconciler.errors import Exit
from reconciler.flow.forges import one_line, open_forge
from reconciler.formats.safe import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.forge.seam import Forge
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "drift-issue",
    cls=Command,
    help=N_(
        "Open the issue that tells of drift, or write the open one anew; with --closed, close it.\n\n"
        "Below the report it names the two ways out: adopt what was changed into the YAML, or apply the YAML. Only an"
        " issue that the account of the token opened is touched. Prints its address."
    ),
)
@body(required=False)
@option("--closed", is_flag=True, help=N_("The drift is gone: say so in the issue, and close it."))
@option(
    "--title",
    help=N_("The title of the issue, in one line; it has the headline of the report if nothing is said."),
)
@labels("access-drift")
@option("--adopt-url", type=ADDRESS, help=N_("Where to adopt what was changed; linked from the issue."))
@option("--apply-url", type=ADDRESS, help=N_("Where to apply the YAML; linked from the issue."))
@bureau
@HERE
@language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    text: str | None,
    closed: bool,
    title: str | None,
    labels: Sequence[str],
    adopt_url: str | None,
    apply_url: str | None,
    bureau: str,
    forge: str | None,
    patience: float,
) -> int:
    """Open, write anew or close."""
    from reconciler.forge.markers import issue_marker
    from reconciler.forge.sticky import put_issue

    if (text is None) != closed:
        raise click.UsageError(gettext("give either --body or --closed"))
    report = read_text(text) if text is not None else ""
    with open_forge(kind_of_forge(forge), patience) as there:
        if closed:
            _close(there, bureau, say)
            return Exit.OK
        whole = f"{issue_marker(bureau)}\n{report.rstrip()}\n\n{ways_out(say, adopt_url, apply_url)}"
        name = one_line(title if title is not None else _title(report, say))
        click.echo(short(put_issue(there, bureau, name, whole, labels)))
    return Exit.OK


def _title(report: str, say: Catalogue) -> str:
    """The title where none is given: it has the headline, if the report begins with one."""
    found = re.match(r"#{1,6} +(\S.*)", report)
    if found is None:
        return say("Access differs from the YAML")
    plain = re.sub(r"\\(.)", r"\1", html.unescape(found[1]))
    return say("Access differs from the YAML: {what}", what=plain)


def ways_out(say: Catalogue, adopt: str | None, apply: str | None) -> str:
    """What to do about drift, in Markdown, with links where there are addresses."""
    lines = (
        ("1.", say("What was changed is right: adopt it into the YAML, as a pull request."), adopt),
        ("2.", say("What was changed is wrong: apply the YAML, which takes it back."), apply),
    )
    heading, here = say("Two ways out"), say("Do it here")
    shown = [f"{n} {text} [{here}]({url})" if url else f"{n} {text}" for n, text, url in lines]
    return "\n".join([f"## {heading}", "", *shown, ""])


def _close(forge: Forge, bureau: str, say: Catalogue) -> None:
    """Close what is open; where there are several of ours, all of them."""
    from reconciler.forge.sticky import issues_of

    for issue in issues_of(forge, bureau):
        forge.close_issue(issue.number, say("The bureau is what the YAML says again."))
        click.echo(short(issue.url))
