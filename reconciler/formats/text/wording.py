"""The sentences of a plan that depend on what happens or on how many rules say so."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.errors import Message
from reconciler.plan import Change
from reconciler.plan.grounds import Ground

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


def before(n: int, rules: str) -> Message:
    """Which rules gave it until the YAML was changed."""
    return Message.count(
        "why: no rule gives it any more; before, this one did: {rules}",
        "why: no rule gives it any more; before, these did: {rules}",
        n,
        rules=rules,
    )


def given_before(n: int, rules: str) -> Message:
    """The same, where it stands already that this is the reason."""
    return Message.count(
        "no rule gives it any more; before, this one did: {rules}",
        "no rule gives it any more; before, these did: {rules}",
        n,
        rules=rules,
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


GROUNDS = {
    Ground.RULE: Message("a rule gives it"),
    Ground.FORBIDDEN: Message("a rule forbids it"),
    Ground.LEFT: Message("the consultant has left the bureau"),
    Ground.ENDED: Message("the rule that gave it has ended"),
    Ground.NONE: Message("no rule gives it"),
    Ground.UNMANAGED: Message("it is not managed here"),
}
"""Why something is, or is not, what the rules want."""


def under(ground: Ground, n: int) -> Message:
    """The heading of what is so, with its figure."""
    match ground:
        case Ground.RULE:
            return Message.count("By a rule: {n} access", "By a rule: {n} accesses", n)
        case Ground.FORBIDDEN:
            return Message.count(
                "Although a rule forbids it: {n} access", "Although a rule forbids it: {n} accesses", n
            )
        case Ground.LEFT:
            return Message.count(
                "Although the consultant has left: {n} access",
                "Although the consultants have left: {n} accesses",
                n,
            )
        case Ground.ENDED:
            return Message.count(
                "Although the rule has ended: {n} access", "Although the rule has ended: {n} accesses", n
            )
        case Ground.NONE:
            return Message.count("By no rule: {n} access", "By no rule: {n} accesses", n)
        case Ground.UNMANAGED:
            return Message.count("Not managed here: {n} access", "Not managed here: {n} accesses", n)


def access_is(ground: Ground) -> Message:
    """Whether there should be access, in a sentence."""
    match ground:
        case Ground.RULE:
            return Message("Should have access.")
        case Ground.FORBIDDEN:
            return Message("Must not have access: a rule forbids it.")
        case Ground.LEFT:
            return Message("Should not have access: has left the bureau.")
        case Ground.ENDED:
            return Message("No rule gives access any more.")
        case Ground.NONE:
            return Message("No rule gives access.")
        case Ground.UNMANAGED:
            return Message("Whether there should be access is not managed here.")


def program_is(ground: Ground, program: str) -> Message:
    """Whether there should be a program, in a sentence."""
    match ground:
        case Ground.RULE:
            return Message("Should have {program}.", program=program)
        case Ground.FORBIDDEN:
            return Message("Must not have {program}: a rule forbids it.", program=program)
        case Ground.LEFT:
            return Message("Should not have {program}: has left the bureau.", program=program)
        case Ground.ENDED:
            return Message("No rule gives {program} any more.", program=program)
        case Ground.NONE:
            return Message("No rule gives {program}.", program=program)
        case Ground.UNMANAGED:
            return Message("Whether there should be {program} is not managed here.", program=program)


def does(change: Change) -> Message:
    """What a plan does to somebody."""
    match change:
        case Change.GIVE_ACCESS:
            return Message("gives access")
        case Change.ADD_PROGRAMS:
            return Message("adds programs")
        case Change.REMOVE_PROGRAMS:
            return Message("removes programs")
        case Change.REMOVE_ACCESS:
            return Message("removes access")
