"""Selectors: `team:self & (tag:payroll | !tag:small)` as a tree.

    either  =  both ("|" both)*
    both    =  single ("&" single)*
    single  =  "!" single | "(" either ")" | word

A word is all, tag:x, team:x, team:x.lead, team:self, each-team, each-team.lead, or somebody's key; "@x" is
short for team:x. Words in double quotes are keys whatever they look like. Nothing here knows a register.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kind(StrEnum):
    """What a word selects by."""

    KEY = "key"
    ALL = "all"
    TAG = "tag"
    TEAM = "team"
    LEAD = "lead"
    EACH_TEAM = "each-team"
    EACH_LEAD = "each-team.lead"
    SELF = "team:self"


@dataclass(frozen=True, slots=True)
class Word:
    """A leaf.

    Attributes:
        kind: what it selects by.
        name: of the key, tag or team; "" where the kind says all.
        at: where it stands in the selector.
    """

    kind: Kind
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but."""

    inner: Tree


@dataclass(frozen=True, slots=True)
class Both:
    """What all of them select."""

    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """What any of them selects."""

    parts: tuple[Tree, ...]


Tree: TypeAlias = Word | Not | Both | Either

DEPTH = 50
"""How deep parentheses may be nested."""


class SelectorError(ValueError):
    """A selector that cannot be read.

    Args:
        message: what is wrong.
        at: where, in the selector.
        hint: what to do.
    """

    def __init__(self, message: Message, at: int, hint: Message | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.at = at
        self.hint = hint


_TOKEN = re.compile(r"\s*(?:(?P<mark>[()&|!])|\"(?P<key>[^\"]*)\"|(?P<word>[^\s()&|!\"]+)|(?P<other>\S))")
_NO_OPERATOR = re.compile(r"[^\s()&|!\"]+")
_FIXED = {
    "all": Kind.ALL,
    "each-team": Kind.EACH_TEAM,
    "each-team.lead": Kind.EACH_LEAD,
    "team:self": Kind.SELF,
}
_SPELT_OUT = {"and": "&", "or": "|", "not": "!", "och": "&", "eller": "|", "inte": "!"}


@lru_cache(maxsize=10_000)
def parse(text: str) -> Tree:
    """The tree of a selector.

    Raises:
        SelectorError: with the place in the text.
    """
    if _NO_OPERATOR.fullmatch(text):
        return _word(text, 0)
    parser = _Parser(text)
    tree = parser.either(0)
    parser.end()
    return tree


def words(tree: Tree) -> Iterator[Word]:
    """The leaves of a tree, from left to right."""
    match tree:
        case Word():
            yield tree
        case Not(inner):
            yield from words(inner)
        case Both(parts) | Either(parts):
            for part in parts:
                yield from words(part)


def _word(text: str, at: int) -> Word:
    if text in _FIXED:
        return Word(_FIXED[text], "", at)
    kind, colon, name = text.partition(":")
    if text.startswith("@"):
        kind, colon, name = "team", ":", text[1:]
    if colon and kind in {"tag", "team"}:
        if not name:
            raise SelectorError(Message("a name is missing after “{word}”", word=text), at)
        if kind == "tag":
            return Word(Kind.TAG, name, at)
        team = name.removesuffix(".lead")
        return Word(Kind.TEAM if team == name else Kind.LEAD, team, at)
    return Word(Kind.KEY, text, at)


class _Parser:
    """Recursive descent over the tokens of one selector."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [found for found in _TOKEN.finditer(text) if found.lastgroup]
        self.next = 0

    def mark(self) -> str | None:
        """The mark that comes next, None where a word or the end does."""
        return self.tokens[self.next]["mark"] if self.next < len(self.tokens) else None

    def either(self, depth: int) -> Tree:
        """Parts between “|”."""
        parts = [self.both(depth)]
        while self.mark() == "|":
            self.next += 1
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self, depth: int) -> Tree:
        """Parts between “&”."""
        parts = [self.single(depth)]
        while self.mark() == "&":
            self.next += 1
            parts.append(self.single(depth))
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def single(self, depth: int) -> Tree:
        """A word, something negated, or something in parentheses."""
        at = self.at()
        if depth > DEPTH:
            raise SelectorError(Message("nested more than {depth} levels deep", depth=DEPTH), at)
        if self.next == len(self.tokens):
            raise SelectorError(Message("the selector ends where a word is expected"), at)
        token = self.tokens[self.next]
        self.next += 1
        match token["mark"]:
            case "!":
                return Not(self.single(depth + 1))
            case "(":
                return self.closed(depth, at)
            case None:
                return self.leaf(token)
            case mark:
                raise SelectorError(Message("a word is expected here, not “{mark}”", mark=mark), at)

    def closed(self, depth: int, at: int) -> Tree:
        """The rest of a parenthesis."""
        tree = self.either(depth + 1)
        if self.mark() != ")":
            if self.next < len(self.tokens):
                self.end()
            raise SelectorError(Message("this “(” is never closed"), at)
        self.next += 1
        return tree

    def leaf(self, token: re.Match[str]) -> Tree:
        """A word, in quotes or not."""
        if token["other"] is not None:
            raise SelectorError(Message("this quote is never closed"), token.start("other"))
        if token["key"] is not None:
            return Word(Kind.KEY, token["key"], token.start("key"))
        return _word(token["word"], token.start("word"))

    def at(self) -> int:
        """Where the next token starts."""
        if self.next == len(self.tokens):
            return len(self.text.rstrip())
        token = self.tokens[self.next]
        return token.start(str(token.lastgroup))

    def end(self) -> None:
        """Nothing may be left."""
        if self.next == len(self.tokens):
            return
        token = self.tokens[self.next]
        if token["mark"] == ")":
            raise SelectorError(Message("this “)” closes nothing"), self.at())
        word = (token["word"] or "").lower()
        before = self.tokens[self.next - 1]["word"] or ""
        meant = _SPELT_OUT.get(word) or _SPELT_OUT.get(before.lower())
        hint = Message("put “&” between for both, “|” for either; or make it a list")
        if meant is not None:
            hint = Message("write “{mark}” instead", mark=meant)
        raise SelectorError(
            Message("an operator is missing before “{word}”", word=token.group().strip()), self.at(), hint
        )
