"""A notice as Slack's incoming webhooks take it, and what is compatible with them, such as Mattermost.

Blocks are plain text, in which nothing is markup. Only the title stands in `text` too, which Slack shows where there is
no room for blocks, and others show alone: `<`, `>` and `&` are escaped in it, so that nothing becomes a link or a
mention, and “@” is written as one that mentions nobody.
https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.formats.notices import Notice

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_NOBODY = str.maketrans({"@": "\N{FULLWIDTH COMMERCIAL AT}"})
_MOST = 3000
"""Characters of a section; the text is cut before it is escaped, so that no escape is."""


def slack(notice: Notice) -> dict[str, Any]:
    """The document that is posted."""
    sections = [notice.title, *notice.lines]
    return {
        "text": notice.title.translate(_NOBODY).translate(_ESCAPES),
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": _plain(text), "emoji": False}}
            for text in sections
        ],
    }


def _plain(text: str) -> str:
    return text[: _MOST // 5].translate(_ESCAPES)
