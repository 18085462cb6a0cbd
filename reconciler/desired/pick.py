"""Consultants and clients by selectors that stand on a command line, not in the YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.checks import CLIENTS, CONSULTANTS
from reconciler.desired.findings import fail_or_warnings
from reconciler.desired.selectors import Kind, SelectorError, Word, parse, words
from reconciler.desired.world import world_of
from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.desired.policy import Policy
    from reconciler.desired.side import Side
    from reconciler.grid import Names, Register
    from reconciler.grid.arrays import Flags


def pick(
    policy: Policy, register: Register, consultants: Sequence[str], clients: Sequence[str]
) -> tuple[Flags | None, Flags | None]:
    """Whom and what selectors select, teams of the policy included.

    Args:
        policy: for the teams and the renames.
        register: whom and what there is.
        consultants: selectors, as under `who` without each-team; what any of them selects.
        clients: likewise, as under `clients` without team:self.

    Returns:
        A flag per consultant id and one per client id; None where no selector was given.

    Raises:
        InputError: with every selector that cannot be read or names what there is not.
    """
    world, findings = world_of(policy, register, []), list[Finding]()
    picked = (
        _flags(world.consultants, consultants, CONSULTANTS, findings),
        _flags(world.clients, clients, CLIENTS, findings),
    )
    fail_or_warnings(findings)
    return picked


def _flags(
    side: Side, selectors: Sequence[str], allowed: frozenset[Kind], findings: list[Finding]
) -> Flags | None:
    if not selectors:
        return None
    flags = np.zeros(side.size, dtype=np.bool_)
    for text in selectors:
        unknown: list[Word] = []
        try:
            tree = parse(text)
        except SelectorError as error:
            findings.append(Finding("selector", error.message, hint=error.hint, excerpt=text))
            continue
        if any(word.kind not in allowed for word in words(tree)):
            message = Message("“{text}” cannot be used as a filter here", text=text)
            findings.append(Finding("misplaced-selector", message, excerpt=text))
            continue
        flags[side.select(tree, None, unknown)] = True
        findings += [Finding(code, message, hint=hint) for code, message, hint in map(side.no_such, unknown)]
    return flags


def is_selector(text: str, names: Names) -> bool:
    """Whether a text means more than one name: it has a tag, a team or the like, or joins keys that there are."""
    try:
        found = tuple(words(parse(text)))
    except SelectorError:
        return False
    return any(word.kind is not Kind.KEY for word in found) or all(word.name in names for word in found)
