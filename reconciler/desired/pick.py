"""Consultants and clients by selectors that stand on a command line, not in the YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.selectors import Kind, SelectorError, Word, parse
from reconciler.desired.suggest import did_you_mean
from reconciler.desired.world import world_of
from reconciler.errors import Finding, InputError, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.desired.policy import Policy
    from reconciler.desired.side import Side
    from reconciler.grid import Register
    from reconciler.grid.arrays import Flags


def pick(
    policy: Policy, register: Register, consultants: Sequence[str], clients: Sequence[str]
) -> tuple[Flags | None, Flags | None]:
    """Whom and what selectors select, teams of the policy included.

    Args:
        policy: for the teams and the renames.
        register: whom and what there is.
        consultants: selectors; what any of them selects.
        clients: likewise.

    Returns:
        A flag per consultant id and one per client id; None where no selector was given.

    Raises:
        InputError: with every word that the register does not know.
    """
    world = world_of(policy, register, [])
    findings: list[Finding] = []
    picked = _flags(world.consultants, consultants, findings), _flags(world.clients, clients, findings)
    if findings:
        raise InputError.of(findings)
    return picked


def _flags(side: Side, selectors: Sequence[str], findings: list[Finding]) -> Flags | None:
    if not selectors:
        return None
    flags = np.zeros(side.size, dtype=np.bool_)
    for text in selectors:
        unknown: list[Word] = []
        try:
            flags[side.select(parse(text), None, unknown)] = True
        except SelectorError as error:
            findings.append(Finding("selector", error.message, hint=error.hint))
            continue
        findings += [_unknown(side, word) for word in unknown]
    return flags


def _unknown(side: Side, word: Word) -> Finding:
    known = {Kind.KEY: side.keys, Kind.TAG: side.tags}.get(word.kind, side.teams)
    message = Message("the register does not know “{name}”", name=word.name)
    return Finding("unknown-name", message, hint=did_you_mean(word.name, known))
