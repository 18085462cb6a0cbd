"""`Problem`: a grid cut down to what matters for a cover, and the merging of lines that are alike.

A *line* is a consultant or a client. Programs become *slices*: those that something required names, in
order, and one more for the access itself where a pair without programs is required. Every block that
touches a pair covers its access, so what the region allows with a program it allows on that slice too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from reconciler.grid.access import Access
    from reconciler.grid.arrays import Flags, Ids, Masks
    from reconciler.grid.cover.region import Region


_FAR, _SOME = 20, 1_000_000
"""A region is told in full up to so many rows for each required one, and so many more."""


class Cells(NamedTuple):
    """Pairs with slices, sorted by client, then consultant; each pair once, none without slices."""

    consultants: Ids
    clients: Ids
    masks: Masks

    def where(self, keep: Flags) -> Cells:
        """The rows that a flag keeps."""
        return Cells(self.consultants[keep], self.clients[keep], self.masks[keep])

    @classmethod
    def united(cls, consultants: Ids, clients: Ids, masks: Masks, stride: int) -> Cells:
        """From rows in any order; those of the same pair become one."""
        keys = clients * np.int64(stride) + consultants
        if np.any(keys[1:] <= keys[:-1]):
            order = np.argsort(keys, kind="stable")
            keys, masks = keys[order], masks[order]
            start = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
            keys, masks = keys[start], np.bitwise_or.reduceat(masks, start)
        return cls(keys % stride, keys // stride, masks)


class Sizes(NamedTuple):
    """How many consultants, clients and slices."""

    consultants: int
    clients: int
    slices: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be covered and what may be touched.

    Attributes:
        sizes: of the grid.
        required: what must be covered; every line and every slice has some of it.
        region: what may be touched, or, where inverted, what may not.
        inverted: whether the region is what may not be touched.
        access: the number of the slice for access itself, None where nothing asks for it.
    """

    sizes: Sizes
    required: Cells
    region: Cells
    inverted: bool
    access: int | None

    def requiring(self, required: Cells) -> Problem:
        """The same, but for what is required."""
        return replace(self, required=required)

    def where(self, keep: Flags) -> Problem:
        """The same, with the required rows that a flag keeps."""
        return self.requiring(self.required.where(keep))

    def near(self) -> Problem:
        """The same, or without what nothing asks for where that is so much that a block is not worth it."""
        if len(self.region.masks) <= _FAR * len(self.required.masks) + _SOME:
            return self
        return replace(self, region=self.required, inverted=False)


class Origin(NamedTuple):
    """Where the lines and slices of a problem come from: for each, its ids in the problem before."""

    consultants: list[Ids]
    clients: list[Ids]
    slices: list[int]


def pose(required: Access, allowed: Region) -> tuple[Problem, list[int]]:
    """The problem of a cover over a whole grid, and the program of each slice.

    At most 64 slices fit a mask; the caller sees to it.
    """
    union = int(np.bitwise_or.reduce(required.masks)) if len(required) else 0
    programs = bits(union)
    bare = bool(np.any(required.masks == 0))
    access = len(programs) if bare else None
    sizes = Sizes(required.shape.consultants, required.shape.clients, len(programs) + bare)
    everything = np.uint64((1 << sizes.slices) - 1)
    itself = np.uint64(1 << len(programs) if bare else 0)

    masks = _renumber(required.masks, programs)
    needed = Cells(required.consultants, required.clients, np.where(required.masks == 0, itself, masks))
    state = _near(allowed.cells, required)
    masks = _renumber(state.masks, programs)
    masks = np.where(state.masks == 0, everything, masks) if allowed.inverted else masks | itself
    region = Cells(state.consultants, state.clients, masks).where(masks != 0)
    return Problem(sizes, needed, region, allowed.inverted, access), programs


def _near(state: Access, required: Access) -> Access:
    """The part of a state on the clients of what is required; the rest has no say."""
    if state is required or len(required) == 0:
        return state
    used = np.zeros(state.shape.clients, dtype=np.bool_)
    used[required.clients] = True
    return state.where(used[state.clients])


def _renumber(masks: Masks, kept: list[int]) -> Masks:
    """Masks over the kept bits alone: kept[i] becomes bit i."""
    if kept == list(range(len(kept))):
        return masks & np.uint64((1 << len(kept)) - 1)
    packed = np.zeros_like(masks)
    for new, old in enumerate(kept):
        packed |= (masks >> np.uint64(old) & np.uint64(1)) << np.uint64(new)
    return packed


def condense(problem: Problem, *, exactly: bool) -> tuple[Problem, Origin]:
    """Drop lines and slices on which nothing is required, and merge lines that are alike.

    Args:
        problem: any.
        exactly: whether lines must be alike in what is required of them too. If not, a merged line requires
            what any of its members does; a block that may touch one of them may touch them all.
    """
    kept, slices = _used_slices(problem)
    clients, client_ids = _merge_clients(kept, exactly=exactly)
    merged, consultant_ids = _merge_consultants(clients, exactly=exactly)
    return merged, Origin(consultant_ids, client_ids, slices)


def _used_slices(problem: Problem) -> tuple[Problem, list[int]]:
    slices = bits(int(np.bitwise_or.reduce(problem.required.masks)))
    required, region = problem.required, problem.region
    masks = _renumber(region.masks, slices)
    access = slices.index(problem.access) if problem.access in slices else None
    kept = Problem(
        Sizes(problem.sizes.consultants, problem.sizes.clients, len(slices)),
        Cells(required.consultants, required.clients, _renumber(required.masks, slices)),
        Cells(region.consultants, region.clients, masks).where(masks != 0),
        problem.inverted,
        access,
    )
    return _without_idle_consultants(kept), slices


def _without_idle_consultants(problem: Problem) -> Problem:
    used = np.zeros(problem.sizes.consultants, dtype=np.bool_)
    used[problem.required.consultants] = True
    region = problem.region
    if not used.all():
        region = region.where(used[region.consultants])
    return Problem(problem.sizes, problem.required, region, problem.inverted, problem.access)


def _merge_clients(problem: Problem, *, exactly: bool) -> tuple[Problem, list[Ids]]:
    required, region = problem.required, problem.region
    used = np.unique(required.clients)
    keys = _contents(used, region.clients, region.consultants, region.masks)
    more = _contents(used, required.clients, required.consultants, required.masks)
    number, first, members = _classes(used, problem.sizes.clients, keys, more if exactly else None)
    region = region.where(first[region.clients])
    if exactly:
        required = required.where(first[required.clients])
    merged = Problem(
        problem.sizes._replace(clients=len(members)),
        Cells.united(
            required.consultants, number[required.clients], required.masks, problem.sizes.consultants
        ),
        Cells(region.consultants, number[region.clients], region.masks),
        problem.inverted,
        problem.access,
    )
    return merged, members


def _merge_consultants(problem: Problem, *, exactly: bool) -> tuple[Problem, list[Ids]]:
    required, region = problem.required, problem.region
    used = np.unique(required.consultants)
    keys, more = (
        _contents(used, cells.consultants[order], cells.clients[order], cells.masks[order])
        for cells in (region, required)
        for order in (np.argsort(cells.consultants, kind="stable"),)
    )
    number, first, members = _classes(used, problem.sizes.consultants, keys, more if exactly else None)
    region = region.where(first[region.consultants])
    if exactly:
        required = required.where(first[required.consultants])
    merged = Problem(
        problem.sizes._replace(consultants=len(members)),
        Cells.united(number[required.consultants], required.clients, required.masks, len(members)),
        Cells(number[region.consultants], region.clients, region.masks),
        problem.inverted,
        problem.access,
    )
    return merged, members


def _contents(used: Ids, lines: Ids, others: Ids, masks: Masks) -> list[bytes]:
    """What each used line holds, as bytes that are equal exactly where the contents are; rows sorted by line."""
    packed = np.empty((len(lines), 2), dtype=np.int64)
    packed[:, 0], packed[:, 1] = others, masks.view(np.int64)
    data, width = packed.tobytes(), packed.itemsize * 2
    starts, stops = ((np.searchsorted(lines, used, side) * width).tolist() for side in ("left", "right"))
    return [data[start:stop] for start, stop in zip(starts, stops, strict=True)]


def _classes(
    used: Ids, size: int, keys: list[bytes], more: list[bytes] | None
) -> tuple[Ids, Flags, list[Ids]]:
    """Classes of lines with equal contents, in order of their first members.

    Returns:
        The class of each line, whether a line is the first of its class, and the members of each class.
    """
    numbers: dict[object, int] = {}
    contents = keys if more is None else zip(keys, more, strict=True)
    of = [numbers.setdefault(content, len(numbers)) for content in contents]
    classes = np.array(of, dtype=np.int64)
    number = np.full(size, -1, dtype=np.int64)
    number[used] = classes
    order = np.argsort(classes, kind="stable")
    starts = np.searchsorted(classes[order], np.arange(len(numbers) + 1))
    sorted_lines = used[order]
    first = np.zeros(size, dtype=np.bool_)
    first[sorted_lines[starts[:-1]]] = True
    members = np.split(sorted_lines, starts[1:-1])
    return number, first, members
