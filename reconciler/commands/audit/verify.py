"""`reconciler audit verify`: whether the audit log is what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.audit.chain import Head
    from reconciler.audit.verify import Verdict
    from reconciler.errors import Finding
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "verify",
    cls=Command,
    help=N_(
        "Find out whether the audit log is what was written, and tell each line that is not.\n\n"
        "Lines that were changed, removed, inserted or moved break the chain. That the end was cut off shows by"
        " the head, which is kept apart from the log on this machine; --head takes one that a pipeline or an"
        " auditor has kept, of now or of some time ago."
    ),
)
@options.config
@options.audit_log
@options.option(
    "--head", metavar="HEAD", help=N_("What the log must contain: what apply has printed as its head.")
)
@options.output
@options.language
@click.pass_obj
def command(
    say: Catalogue, /, config: Path | None, audit_log: Path | None, head: str | None, form: str
) -> int:
    """Verify and tell."""
    from reconciler.audit.verify import verify
    from reconciler.errors import AuditFailed, InputError, Message
    from reconciler.flow.auditing import find_log
    from reconciler.formats import show_findings
    from reconciler.formats.audit import verdict_document
    from reconciler.formats.json import to_json

    log = find_log(config, audit_log)
    verdict = verify(log, _head(head))
    if form == "json":
        click.echo(to_json(verdict_document(verdict)), nl=False)
        return Exit.OK if verdict.sound and verdict.anchored else Exit.ERROR
    found = findings(verdict, log.path)
    if not verdict.sound:
        raise InputError.of(found)
    click.echo(show_findings(found, form, say), nl=False, err=True)
    if not verdict.anchored:
        raise AuditFailed(
            Message("no head was found to hold the log against: its end may have been cut off"),
            Message("the chain holds; give the head that was kept with --head"),
        )
    told = say.count(
        "The audit log is what was written: {n} line.",
        "The audit log is what was written: {n} lines.",
        verdict.head.lines,
    )
    click.echo(told)
    click.echo(say("Its head: {head}", head=verdict.head))
    return Exit.OK


def _head(text: str | None) -> Head | None:
    from reconciler.audit.chain import read_head
    from reconciler.errors import InputError, Message

    if text is None:
        return None
    head = read_head(text)
    if head is None:
        raise InputError(
            Message("“{text}” is no head of an audit log", text=text),
            Message("it is a number and a hash, such as 17:… with 64 hexadecimal digits, or the hash alone"),
        )
    return head


def findings(verdict: Verdict, path: Path) -> list[Finding]:
    """What there is to tell of a log: errors for breaks, warnings for notes."""
    from reconciler.errors import Finding, Position, Severity
    from reconciler.regular import shown

    told = [(one, Severity.ERROR) for one in verdict.breaks] + [
        (one, Severity.WARNING) for one in verdict.notes
    ]
    return [
        Finding(f"audit-{severity.value}", one.message, Position(shown(path), one.line), severity=severity)
        for one, severity in sorted(told, key=lambda pair: pair[0].line)
    ]
