"""What is asked of an engine for expressions, and what it answers. Another engine takes this place and nothing else.

An expression says yes only with exactly `true`. Everything else, an error and a text “true” included, is a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.errors import Message
    from reconciler.guardrails.expressions.vocabulary import Value

MOST_CHARACTERS = 2000
"""The longest expression; what is longer nobody reads in a review."""


class Verdict(NamedTuple):
    """What an expression says of one case.

    Attributes:
        true: whether it is exactly true.
        why: why it says neither true nor false, None where it says one of the two.
    """

    true: bool
    why: Message | None = None


TRUE, FALSE = Verdict(true=True), Verdict(true=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with an expression.

    Attributes:
        message: what.
        at: where in the expression, in characters.
        hint: what was probably meant.
    """

    message: Message
    at: int = 0
    hint: Message | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """An expression that cannot be used.

    Attributes:
        faults: all that is wrong with it, at least one.
    """

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A text that an expression compares something with.

    Attributes:
        variable: what it compares, such as `consultant.key`; of a list it is one of its items, and of
            `rules` a field of one: `rules.name`.
        text: the text.
        at: where in the expression, in characters.
    """

    variable: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Look:
    """What an expression looks at, as far as its text tells.

    Attributes:
        variables: all that it may look at.
        mentions: texts that it compares them with.
        only: variables that it compares with some texts and does nothing else with, and those texts.
    """

    variables: frozenset[str]
    mentions: tuple[Mention, ...] = ()
    only: Mapping[str, frozenset[str]] | None = None


class Joint(StrEnum):
    """How an expression is made of others."""

    ALL = "all"
    ANY = "any"
    NOT = "not"


class Compiled(Protocol):
    """An expression that can be evaluated."""

    @property
    def look(self) -> Look:
        """What it looks at."""

    @property
    def parts(self) -> tuple[Joint, tuple[Compiled, ...]] | None:
        """What it is made of, where it is made of other expressions; they may be evaluated in its place."""

    def steps(self, lengths: Mapping[str, int]) -> int:
        """About how many steps it takes at most.

        Args:
            lengths: by variable, how many items the longest list has.
        """

    def judge(self, inputs: Mapping[str, Value]) -> Verdict:
        """Evaluate it; never raises.

        Args:
            inputs: at least the variables that it looks at.
        """


class Engine(Protocol):
    """Compiles expressions."""

    def compile(self, text: str) -> Compiled | Refused:
        """An expression, or all that is wrong with its text."""
