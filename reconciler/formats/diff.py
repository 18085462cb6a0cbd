"""What a change of the YAML means: words that every format shares, and a document that `schemas/plan.schema.json` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.compare import Kind
from reconciler.errors import Message
from reconciler.formats.register import moved_document
from reconciler.plan import plan_document
from reconciler.plan.document import finding_document

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.compare import Diff, Edit

FORMAT = "reconciler-diff/1"
"""Name and version of the document; the number grows when a reader of the old one would be misled."""

_OF_A_PLAN = ("format", "revision", "operator", "operators-known", "in-sync", "digest")
"""What is said of a plan that can be applied, and so not here."""

_NOUNS = {
    "access": Message("rule"),
    "never": Message("denial"),
    "teams": Message("team"),
    "bundles": Message("bundle"),
    "guardrails": Message("guardrail"),
    "guardrails.limits": Message("limit"),
    "guardrails.never-together": Message("never together"),
    "guardrails.require": Message("requirement"),
    "guardrails.expressions": Message("expression"),
    "waivers": Message("waiver"),
    "renames.consultants": Message("rename of the consultant"),
    "renames.clients": Message("rename of the client"),
}
"""What an entry of a section is called."""


def edit_told(edit: Edit, date: dt.date) -> Message:
    """An entry, and what became of it; whether it means anything else is told of one day."""
    entry = _entry(edit)
    match edit.kind:
        case Kind.NEW if edit.same:
            return Message("{entry} is new, and covers nobody on {date}", entry=entry, date=date)
        case Kind.NEW:
            return Message("{entry} is new", entry=entry)
        case Kind.GONE if edit.same:
            return Message("{entry} is gone, and covered nobody on {date}", entry=entry, date=date)
        case Kind.GONE:
            return Message("{entry} is gone", entry=entry)
        case Kind.CHANGED if edit.same:
            return Message(
                "{entry} is changed, and covers the same as before on {date}", entry=entry, date=date
            )
        case Kind.CHANGED:
            return Message("{entry} is changed", entry=entry)


def _entry(edit: Edit) -> Message:
    noun = _NOUNS.get(edit.section)
    return (
        Message("“{name}”", name=edit.name)
        if noun is None
        else Message("{noun} “{name}”", noun=noun, name=edit.name)
    )


def diff_document(diff: Diff) -> dict[str, Any]:
    """All of a change, in names."""
    plan = {key: value for key, value in plan_document(diff.plan).items() if key not in _OF_A_PLAN}
    return {
        "format": FORMAT,
        "base": diff.base,
        "head": diff.head,
        "changes-access": diff.changes_access,
        "edits": [_edit(edit) for edit in diff.edits],
        "register": None if diff.register is None else moved_document(diff.register),
        "unread": [finding_document(finding) for finding in diff.unread],
        **plan,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "section": edit.section,
        "name": edit.name,
        "previously": edit.previously or None,
        "kind": edit.kind.value,
        "file": edit.position.file,
        "line": edit.position.line,
        "differences": [str(sentence) for sentence in edit.told],
        "same-access": edit.same,
    }
