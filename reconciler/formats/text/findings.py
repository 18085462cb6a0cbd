"""Errors and warnings: `file:line:column: what is wrong`, the source line with a caret, what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Severity
from reconciler.formats.safe import clean
from reconciler.formats.text.lines import WIDTH, heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.errors import Finding
    from reconciler.formats.catalogue import Catalogue


def findings_text(findings: Sequence[Finding], say: Catalogue) -> str:
    """All findings, each with a line break at its end."""
    return "".join(f"{line}\n" for finding in findings for line in _finding(finding, say))


def findings_lines(findings: Sequence[Finding], say: Catalogue) -> list[str]:
    """The findings as a section of a plan; nothing where there are none."""
    if not findings:
        return []
    title = heading(say.count("{n} warning about the rules", "{n} warnings about the rules", len(findings)))
    return [*title, *(f"  {line}" for finding in findings for line in _finding(finding, say))]


def _finding(finding: Finding, say: Catalogue) -> list[str]:
    where = f"{clean(str(finding.position))}: " if finding.position else ""
    told = (
        say("error: {message}", message=finding.message)
        if finding.severity is Severity.ERROR
        else say("warning: {message}", message=finding.message)
    )
    lines = [where + told, *_excerpt(finding)]
    lines += ["    " + say("see also {place}", place=place) for place in finding.also]
    if finding.hint:
        lines.append("    " + say("hint: {hint}", hint=finding.hint))
    return lines


def _excerpt(finding: Finding) -> list[str]:
    """The source line and a caret under the column; a long line is cut around it."""
    if not finding.excerpt.strip() or finding.position is None:
        return []
    column = min(finding.position.column - 1, len(finding.excerpt))
    start = max(column - WIDTH // 2, 0) if len(finding.excerpt) > WIDTH - 4 else 0
    shown = finding.excerpt[start : start + WIDTH - 4]
    before = clean(shown[: column - start])
    return [f"    {before}{clean(shown[column - start :])}", f"    {' ' * len(before)}^"]
