"""A notice as a workflow of Microsoft Teams takes it: an Adaptive Card in a message.

Text stands in runs (`TextRun`), in which no Markdown is read; what it would take for a date to format is broken up.
https://adaptivecards.io/explorer/TextRun.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.formats.notices import Notice

_CARD = "application/vnd.microsoft.card.adaptive"


def teams(notice: Notice) -> dict[str, Any]:
    """The document that is posted."""
    body = [_text(notice.title, weight="Bolder"), *(_text(line) for line in notice.lines)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    return {
        "type": "message",
        "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}],
    }


def _text(text: str, **style: str) -> dict[str, Any]:
    run = {"type": "TextRun", "text": text.replace("{{", "{ {"), **style}
    return {"type": "RichTextBlock", "inlines": [run]}
