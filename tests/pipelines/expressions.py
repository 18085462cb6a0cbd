"""As much of GitHub's expressions as our workflows use: contexts, texts, == and !=, !, && and ||, status functions.

Like there, what is not there is null, null is the empty text, and && and || give one of their sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = re.compile(r"\s*(?:(&&|\|\||==|!=|[!(),])|'((?:[^']|'')*)'|([\w.*-]+))")
WITHIN = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(success|failure|cancelled|always)\(\)")


def asks_status(text: str) -> bool:
    """Whether a condition says itself what it does after a failure."""
    return bool(STATUS.search(text))


def evaluate(text: str, contexts: Mapping[str, Any], *, failed: bool = False) -> Any:
    """The value of an expression, without its braces."""
    tokens = _tokens(text.strip())
    parser = _Parser(tokens, contexts, failed)
    value = parser.either()
    assert parser.at == len(tokens), f"cannot read {text!r}"
    return value


def condition(text: str, contexts: Mapping[str, Any], *, failed: bool) -> bool:
    """Whether an `if` lets something run; without a status function it does only after success."""
    inner = WITHIN.fullmatch(text.strip())
    value = evaluate(inner[1] if inner else text, contexts, failed=failed)
    return truthy(value) and (asks_status(text) or not failed)


def fill(value: Any, contexts: Mapping[str, Any]) -> Any:
    """A text with the expressions in it replaced; a mapping, each of its values."""
    if isinstance(value, dict):
        return {name: fill(one, contexts) for name, one in value.items()}
    return WITHIN.sub(lambda found: shown(evaluate(found[1], contexts)), value)


def truthy(value: Any) -> bool:
    return value not in (None, "", False, 0)


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        assert match, f"cannot read {text[at:]!r}"
        kind = ("mark", "text", "name")[match.lastindex - 1]
        found.append((kind, match[match.lastindex]))
        at = match.end()
    return found


@dataclass
class _Parser:
    tokens: list[tuple[str, str]]
    contexts: Mapping[str, Any]
    failed: bool
    at: int = 0

    def take(self, *marks: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at] in {("mark", one) for one in marks}:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def either(self) -> Any:
        value = self.both()
        while self.take("||"):
            other = self.both()
            value = value if truthy(value) else other
        return value

    def both(self) -> Any:
        value = self.compared()
        while self.take("&&"):
            other = self.compared()
            value = other if truthy(value) else value
        return value

    def compared(self) -> Any:
        value = self.one()
        while mark := self.take("==", "!="):
            other = self.one()
            same = shown(value).lower() == shown(other).lower()  # GitHub compares texts without case
            value = same if mark == "==" else not same
        return value

    def one(self) -> Any:
        if self.take("!"):
            return not truthy(self.one())
        if self.take("("):
            value = self.either()
            assert self.take(")")
            return value
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "text":
            return text.replace("''", "'")
        if self.take("("):
            return self.call(text)
        if text in {"true", "false"}:
            return text == "true"
        return _follow(self.contexts, text.split("."))

    def call(self, name: str) -> Any:
        given = []
        while not self.take(")"):
            given.append(self.either())
            self.take(",")
        if name == "contains":
            among, one = given
            return shown(one).lower() in [shown(other).lower() for other in among or ()]
        assert given == []
        return {"success": not self.failed, "failure": self.failed, "cancelled": False, "always": True}[name]


def _follow(value: Any, path: list[str]) -> Any:
    """What stands at a path; behind a `*`, of each entry of a list."""
    for at, part in enumerate(path):
        if part == "*":
            return [_follow(one, path[at + 1 :]) for one in value or ()]
        value = value.get(part) if isinstance(value, dict) else None
    return value
