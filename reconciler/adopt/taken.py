"""What rules give and a bureau has taken away, as exceptions of those rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.files import Words
from reconciler.adopt.found import holes_of
from reconciler.desired import RuleKind, Standing
from reconciler.desired.edit import add_exceptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.desired import Desired, Policy
    from reconciler.desired.write import Data
    from reconciler.grid import Access, Register
    from reconciler.grid.arrays import Flags


def with_exceptions(
    policy: Policy, desired: Desired, register: Register, taken: Access, pairs: Flags, *, comment: str
) -> dict[str, str]:
    """The files of a policy in which its rules leave out what was taken away.

    Args:
        policy: what it says so far.
        desired: the same, resolved.
        register: the names.
        taken: the pairs with the programs that were taken; each is given by some rule in force.
        pairs: beside them, whether access itself was taken, and all with it.
        comment: said above each exception.

    Returns:
        The new texts of the files that change, by the names that findings call them. What cannot be said stays as it is.
    """
    entries = list(policy.assignments.values())
    texts: dict[str, str] = {}
    for rule, holes in _holes(desired, register, taken, pairs):
        entry = entries[rule]
        source = entry.document.source
        edited = add_exceptions(texts.get(source.file, source.text), entry.name, holes, comment)
        if edited is not None:
            texts[source.file] = edited
    return texts


def _holes(
    desired: Desired, register: Register, taken: Access, pairs: Flags
) -> Iterator[tuple[int, Sequence[Mapping[str, Data]]]]:
    """For each rule in force that gives any of it, by number, the exceptions."""
    words, sources = Words(register), desired.sources
    who, where = (np.array([bool(key) for key in side], dtype=np.bool_) for side in words.keys)
    asked, rows = sources.rows_at(taken.keys)
    gone = np.where(pairs[asked], sources.masks[rows], sources.masks[rows] & taken.masks[asked])
    hit = (pairs[asked] | (gone != 0)) & who[taken.consultants[asked]] & where[taken.clients[asked]]
    asked, rules, gone = asked[hit], sources.rules[rows][hit], gone[hit]
    for rule in np.unique(rules).tolist():
        said = desired.rules[rule]
        if said.kind is not RuleKind.ASSIGNMENT or said.standing is not Standing.IN_FORCE:
            continue
        holes = []
        for whole in (True, False):
            mine = (rules == rule) & (pairs[asked] == whole)
            at = asked[mine]
            holes += holes_of(taken.consultants[at], taken.clients[at], gone[mine], whole=whole)
        yield rule, [words.hole(hole) for hole in holes]
