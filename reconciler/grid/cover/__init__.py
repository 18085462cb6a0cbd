"""Few blocks for many cells: `cover(required, allowed, effort) → blocks`.

Every required cell is in some block, and no block touches a cell outside `allowed`: required cells plus
those where the operation changes nothing. Fewest is NP-hard (with one program it is role minimisation, the
biclique cover of a bipartite graph), but real access is orderly, and most of it decides itself:

    pose ─ condense ─ solve: (condense ─ reduce)* ─ grow ─ improve ─ extend ─ trim ─ blocks

`problem` cuts the grid down to what matters and merges lines that are alike, `reduce` takes out the cells and
blocks that need no thought, `greedy` covers the rest, `improve` looks for fewer within an effort, and `trim`
leaves no line in a block that saves nothing. Never more blocks than the `plain` grouping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid.access import Access
from reconciler.grid.arrays import mask_of
from reconciler.grid.block import Block
from reconciler.grid.cover.bits import ones
from reconciler.grid.cover.effort import Effort
from reconciler.grid.cover.plain import plain
from reconciler.grid.cover.problem import condense, pose
from reconciler.grid.cover.region import Region, only, outside
from reconciler.grid.cover.solve import solve
from reconciler.grid.cover.trim import trim

if TYPE_CHECKING:
    from reconciler.grid.arrays import Ids
    from reconciler.grid.cover.problem import Origin
    from reconciler.grid.cover.table import Box

__all__ = ["Cover", "Effort", "Region", "cover", "cover_with_bound", "only", "outside", "plain_count"]


class Cover(NamedTuple):
    """Blocks, and how few there could be.

    Attributes:
        blocks: in ascending order of their clients, consultants, then mask.
        bound: no cover has fewer blocks.
    """

    blocks: tuple[Block, ...]
    bound: int


def cover(required: Access, allowed: Region, effort: Effort = Effort.NORMAL) -> tuple[Block, ...]:
    """Few blocks that together hold every required row and touch nothing outside the region.

    Args:
        required: the pairs, each with the programs, that must be covered.
        allowed: what blocks may touch; it holds all that is required.
        effort: how much work fewer blocks are worth.

    Returns:
        Blocks in ascending order of their clients, consultants, then mask: the same for the same input.

    Raises:
        ValueError: where something required is not allowed.
    """
    return _ordered(required, allowed, effort, bounded=False).blocks


def cover_with_bound(required: Access, allowed: Region, effort: Effort = Effort.NORMAL) -> Cover:
    """The same, and a lower bound: of a set of cells that was found, no two fit one block."""
    return _ordered(required, allowed, effort, bounded=True)


def _ordered(required: Access, allowed: Region, effort: Effort, *, bounded: bool) -> Cover:
    if not allowed.contains_rows(required.keys, required.masks).all():
        raise ValueError("something required is not allowed")
    bare = required.masks == 0
    if required.shape.programs == 64 and bare.any() and not bare.all():
        found = _in_two(required, allowed, effort, bounded=bounded)
    else:
        found = _at_once(required, allowed, effort, bounded=bounded)
    return Cover(
        tuple(sorted(found.blocks, key=lambda one: (one.clients, one.consultants, one.mask))), found.bound
    )


def _in_two(required: Access, allowed: Region, effort: Effort, *, bounded: bool) -> Cover:
    """Where there is no bit left for access itself: first the pairs with programs, then what is left."""
    bare = required.masks == 0
    first = _at_once(required.where(~bare), allowed, effort, bounded=bounded)
    left = required.where(bare).outside(Access.from_blocks(required.shape, first.blocks))
    second = _at_once(left, allowed, effort, bounded=bounded)
    return Cover(first.blocks + second.blocks, max(first.bound, second.bound))


def _at_once(required: Access, allowed: Region, effort: Effort, *, bounded: bool) -> Cover:
    if len(required) == 0:
        return Cover((), 0)
    posed, programs = pose(required, allowed)
    condensed, origin = condense(posed, exactly=True)
    problem = condensed.near()
    solved = solve(problem, effort.limits, bounded=bounded)
    boxes = trim(problem, solved.boxes)
    grouped = plain(problem)
    if len(grouped) < len(boxes):
        boxes = trim(problem, grouped)
    blocks = tuple(_block(box, origin, posed.access, programs) for box in boxes)
    return Cover(blocks, solved.bound if problem is condensed else 0)


def plain_count(required: Access) -> int:
    """How many blocks the plain grouping makes: what a cover is measured against."""
    bare = required.masks == 0
    parts = [part for part in (required.where(bare), required.where(~bare)) if len(part)]
    return sum(len(plain(condense(pose(part, only(part))[0], exactly=True)[0])) for part in parts)


def _block(box: Box, origin: Origin, access: int | None, programs: list[int]) -> Block:
    """A box of merged lines as a block of the grid."""
    slices = (origin.slices[piece] for piece in ones(box.slices))
    mask = mask_of(programs[piece] for piece in slices if piece != access)
    return Block(_ids(box.consultants, origin.consultants), _ids(box.clients, origin.clients), mask)


def _ids(lines: int, origin: list[Ids]) -> tuple[int, ...]:
    ids = np.concatenate([origin[line] for line in ones(lines)])
    ids.sort()
    return tuple(ids.tolist())
