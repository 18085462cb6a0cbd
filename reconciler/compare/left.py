"""What a change of the YAML leads to at the bureau, as it is now, and nothing else that waits there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.grid import Access

if TYPE_CHECKING:
    from reconciler.desired import Desired
    from reconciler.plan import Changes


def only_these(after: Desired, changes: Changes, held: Access) -> Desired:
    """What is desired, as if the rules had never wanted anything else than these changes of what the bureau has.

    Args:
        after: what is desired when the YAML is changed.
        changes: what the change gives and takes, blocked or not.
        held: what the bureau has.
    """
    touched = Access.empty(held.shape).union(*changes.allowed.values(), *changes.blocked.values())
    scope = after.scope
    inside = held.restrict(scope.consultants, scope.clients, scope.programs)
    wanted = after.access.inside(touched)
    had, _ = inside.masks_at(wanted.keys)
    moved, _ = touched.masks_at(wanted.keys)
    there = Access(wanted.shape, wanted.keys, (had & ~moved) | (wanted.masks & moved))
    return replace(after, access=inside.outside(touched).union(there))
