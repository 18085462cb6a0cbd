"""What of a comment in Markdown is not the comment's own: read as a forge reads it, and told in ASCII."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.security.attacks import judge_text

MARKER = re.compile(r"<!-- reconciler:(?:digest sha256:[0-9a-f]{64}|cut|complete) -->")
"""The line that a comment ends with."""

_TEXT = r"[^<>]*(?:<code>[^<>]*</code>[^<>]*)*"
OWN = re.compile(rf"(?:<details><summary>{_TEXT}</summary>|</details>|{MARKER.pattern})\n?")
"""The only HTML that there is."""

ACTS = re.compile(
    r"""@\w | (?<!\w)[#!~%$]\w | \w\#\d | \w\$\w | :\w+: | https?: | www\. | \w\.[a-z]{2,}\b | \S@\S
      | \b[0-9a-f]{7,64}\b | \b[A-Za-z]+-\d | \[ | \] | !\[ | ^\s*[-+*]\ \[ """,
    re.VERBOSE | re.MULTILINE,
)
"""Text in which a forge finds something: a mention, a reference, an address, a commit, an emoji, a formula."""


def judge_markdown(text: str, report: str = "") -> list[str]:
    """What in a comment acts, looks like more than it is, or breaks a table.

    Args:
        text: the comment.
        report: the address that it may link to.
    """
    tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    wrong = [*judge_text(text), *_tables(text)]
    for token in _flat(tokens):
        wrong += [f"{token.type}: {token.content[:100]!a}" for _ in _wrong(token, report)]
    markers = [line for line in text.splitlines() if MARKER.fullmatch(line)]
    if len(markers) != 1 or not text.endswith(f"{markers[0]}\n"):
        wrong.append("it does not end with exactly one marker")
    return wrong


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _wrong(token: Token, report: str) -> Iterator[str]:
    match token.type:
        case "image" | "html_inline" | "fence" | "code_block" | "hr" | "s_open" | "em_open":
            yield token.type
        case "link_open":
            if token.attrGet("href") != report:
                yield "link"
        case "html_block":
            if not all(OWN.fullmatch(line) for line in token.content.splitlines()):
                yield "html"
            elif ACTS.search(re.sub("<!--.*-->|<code>.*?</code>|</?(?:details|summary)>", "", token.content)):
                yield "acts"
        case "text":
            if ACTS.search(token.content.replace(report, "") if report else token.content):
                yield "acts"


def _tables(text: str) -> Iterator[str]:
    """Rows with more or fewer cells than the head of their table."""
    cells = 0
    for line in text.splitlines():
        if not line.startswith("|"):
            cells = 0
            continue
        count = len(re.findall(r"(?<!\\)\|", line))
        cells = cells or count
        if count != cells:
            yield f"cells: {line[:100]!a}"
