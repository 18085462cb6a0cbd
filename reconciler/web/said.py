"""What a filter of the client list is called in YAML, where it can be said there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired.selectors import Both, Kind, SelectorError, Word, parse

if TYPE_CHECKING:
    from reconciler.web.lists import Question


def selector(question: Question) -> str:
    """The selector of exactly the clients that a question finds; "" where there is none.

    A tag or a team whose name has a space or a mark in it has none: only keys can be put in quotes.
    """
    if question.words or question.other or question.marked:
        return ""
    meant = [
        (kind, name) for kind, name in ((Kind.TAG, question.tag), (Kind.TEAM, question.team)) if name
    ] or [(Kind.ALL, "")]
    text = " & ".join(f"{kind}:{name}" if name else str(kind) for kind, name in meant)
    try:
        tree = parse(text)
    except SelectorError:
        return ""
    parts = tree.parts if isinstance(tree, Both) else (tree,)
    return text if [(one.kind, one.name) for one in parts if isinstance(one, Word)] == meant else ""
