"""The sentences of a plan that depend on what happens or on how many rules say so."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.errors import Message
from reconciler.plan import Change

Sentence = Callable[[int, str], Message]
"""Makes a sentence from the number of rules and their names."""


def by(n: int, rules: str) -> Message:
    """Which rules say so."""
    return Message.count("rule: {rules}", "rules: {rules}", n, rules=rules)


def forbidden(n: int, rules: str) -> Message:
    """Which denials forbid it."""
    return Message.count(
        "why: forbidden by the rule {rules}", "why: forbidden by the rules {rules}", n, rules=rules
    )


def over(n: int, rules: str) -> Message:
    """Which rules gave it and have ended."""
    return Message.count(
        "why: the rule has ended: {rules}", "why: the rules have ended: {rules}", n, rules=rules
    )


def heading_of(change: Change, pairs: int, cells: int) -> Message:
    """The heading of a section, with its figure."""
    match change:
        case Change.GIVE_ACCESS:
            return Message.count(
                "Gives access to clients: {n} access", "Gives access to clients: {n} accesses", pairs
            )
        case Change.ADD_PROGRAMS:
            return Message.count("Adds programs: {n} program", "Adds programs: {n} programs", cells)
        case Change.REMOVE_PROGRAMS:
            return Message.count("Removes programs: {n} program", "Removes programs: {n} programs", cells)
        case Change.REMOVE_ACCESS:
            return Message.count(
                "Removes access to clients: {n} access", "Removes access to clients: {n} accesses", pairs
            )


def would(change: Change, names: str) -> Message:
    """What somebody would get or lose, were it not blocked."""
    match change:
        case Change.GIVE_ACCESS:
            return Message("{names} would get access", names=names)
        case Change.ADD_PROGRAMS:
            return Message("{names} would get programs", names=names)
        case Change.REMOVE_PROGRAMS:
            return Message("{names} would lose programs", names=names)
        case Change.REMOVE_ACCESS:
            return Message("{names} would lose access", names=names)
