"""Which exception of a rule leaves somebody out, for whoever asks why a rule does not give something."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.desired.checks import exceptions
from reconciler.desired.expand import Expander
from reconciler.desired.programs import Masks
from reconciler.desired.world import world_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.desired.expand import Part
    from reconciler.desired.policy import Entry, Policy
    from reconciler.errors import Position
    from reconciler.grid import Register


class Excepted(NamedTuple):
    """What an exception takes from a rule at a pair.

    Attributes:
        rule: its number.
        programs: a mask of those that the rule would give otherwise; 0 where it is access itself alone.
        access: whether it takes the access, and all programs with it.
        position: where the exception stands.
    """

    rule: int
    programs: int
    access: bool
    position: Position


def excepted(policy: Policy, register: Register, part: Part) -> Iterator[Excepted]:
    """What exceptions take away at one pair.

    Args:
        policy: that `resolve` accepts for the register.
        register: whom and what the names mean.
        part: the flags of one consultant and one client.
    """
    rules = [(n, entry) for n, entry in enumerate(policy.assignments.values()) if "except" in entry.value]
    if not rules:
        return
    world = world_of(policy, register, [])
    masks = Masks(register.programs, policy.sections["bundles"], [])

    def given(entry: Entry) -> int | None:
        """The programs that a rule gives at the pair; None for no access."""
        expander = Expander(world, masks, register.consultants.active, [], part)
        expander.add(0, entry, current=False)
        found = expander.rows()[1].tolist()
        return found[0] if found else None

    for number, entry in rules:
        whole = given(_with(entry, []))
        if whole is None or given(entry) == whole:
            continue
        for path, block in exceptions(entry.value):
            left = given(_with(entry, [block]))
            if left != whole:
                node = entry.document.node(path, entry.node + 1, entry.value)
                yield Excepted(number, whole & ~(left or 0), left is None, entry.document.position(node))


def _with(entry: Entry, blocks: list[object]) -> Entry:
    """The rule with these exceptions and no other."""
    return entry._replace(value={**entry.value, "except": blocks})
