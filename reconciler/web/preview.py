"""What saving a draft would do, before it is saved: pair by pair what the bureau's server would decide; pure.

The server's own `judge` decides. Pairs are taken a range of clients at a time, as 100,000 clients × 50 consultants as arrays
of a whole would take more memory than they are worth; what becomes of a single client's pairs is judged again when
somebody looks at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.items import Pairs, Request, judge
from reconciler.grid import OperationKind
from reconciler.grid.arrays import bits, mask_of
from reconciler.grid.operation import Outcome
from reconciler.rights import allows_access, allows_programs
from reconciler.web.index import index_of, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.bureau.items import Effect, Part
    from reconciler.grid import Clients, Consultants
    from reconciler.grid.arrays import Flags, Ids, Masks
    from reconciler.rights import Reason
    from reconciler.web.drafts import Draft
    from reconciler.web.seen import Seen

MOST_PAIRS = 5_000_000
"""Of one draft: more takes the server minutes, and nobody reads what became of it."""

CHUNK = 500_000
"""Pairs that are judged at a time."""

_NONE = np.uint64(0)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """What ends alike.

    Attributes:
        outcome: what would become of it.
        reason: why, where it would be refused or fail.
        items: how many items a job would tell it in: at most one for each pair.
        access: at how many pairs it is about access itself.
        programs: for each program id at how many pairs it is about that.
        clients: for each client of the preview how many items are there.
        consultants: for each consultant of the preview how many items are theirs.
    """

    outcome: Outcome
    reason: Reason | None
    items: int
    access: int
    programs: Ids
    clients: Ids
    consultants: Ids


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """What saving a draft would do.

    Attributes:
        kind: which operation it is.
        consultants: their keys, sorted; also those who are not there any more.
        clients: likewise.
        mask: the programs asked for.
        groups: in the order in which the server asks; none of them empty.
    """

    kind: OperationKind
    consultants: tuple[str, ...]
    clients: tuple[str, ...]
    mask: int
    groups: tuple[Group, ...]

    @property
    def pairs(self) -> int:
        """How many pairs it spans."""
        return len(self.consultants) * len(self.clients)

    def of(self, outcome: Outcome) -> tuple[Group, ...]:
        """The groups that end in one way."""
        return tuple(group for group in self.groups if group.outcome is outcome)

    def items(self, outcome: Outcome) -> int:
        """How many items end in one way."""
        return sum(group.items for group in self.of(outcome))

    @property
    def changes(self) -> bool:
        """Whether it would change anything at all."""
        return self.items(Outcome.DONE) > 0


@dataclass(frozen=True, slots=True)
class Chance:
    """At how many of the clients a program can be assigned or removed as chosen.

    Attributes:
        program: its id.
        held: how many of the pairs hold it now.
        good: the clients where nothing stands in the way.
        bad: for each reason why not, the clients where it holds for somebody; of several the first one counts.
    """

    program: int
    held: int
    good: int
    bad: Mapping[Reason, int]


class Asked:
    """The pairs of a draft, ready to be judged.

    Args:
        seen: the bureau.
        draft: with its kind and its consultants chosen.
        mask: the programs asked for; None for those of the draft.

    Attributes:
        kind: which operation it is.
        mask: the programs asked for.
        consultants: their keys, sorted.
        people: their ids; -1 for who is not there any more.
        clients: their keys, sorted.
        companies: their ids; -1 for those that are not there any more.
    """

    def __init__(self, seen: Seen, draft: Draft, mask: int | None = None) -> None:
        assert draft.kind is not None
        self._seen = seen
        self.kind = draft.kind
        register = seen.register
        self.consultants, self.people = _found(register.consultants, frozenset(draft.consultants))
        self.clients, self.companies = _found(register.clients, draft.marks.clients)
        chosen = mask_of_keys(seen, draft.programs or ()) if mask is None else mask
        self.mask = 0 if draft.kind is OperationKind.REMOVE_ACCESS else chosen

    def judge(self, start: int, stop: int) -> Effect:
        """What becomes of all pairs at some of the clients: client by client, consultant by consultant."""
        request = Request(self.kind, self.mask, self._seen.register.programs.package)
        return judge(request, self.pairs(start, stop))

    def pairs(self, start: int, stop: int) -> Pairs:
        """All pairs at some of the clients, as the server would read them."""
        seen, register = self._seen, self._seen.register
        clients = np.repeat(self.companies[start:stop], len(self.people))
        consultants = np.tile(self.people, stop - start)
        known = (clients >= 0) & (consultants >= 0)
        held, masks = np.zeros(len(clients), dtype=np.bool_), np.zeros(len(clients), dtype=np.uint64)
        keys = register.shape.keys(consultants[known], clients[known])
        masks[known], held[known] = seen.access.masks_at(keys)
        there, places = clients >= 0, clients[clients >= 0]
        may_access, may_programs = np.zeros_like(held), np.zeros_like(masks)
        may_access[there] = allows_access(seen.may, places)
        may_programs[there] = allows_programs(seen.may, places)
        return Pairs(
            consultant_known=consultants >= 0,
            client_known=there,
            active=_flags(register.consultants.active, consultants),
            connected=_flags(register.clients.connected, clients),
            moved=np.zeros_like(held),
            held=held,
            masks=masks,
            may_access=may_access,
            may_programs=may_programs,
        )

    def ranges(self) -> Iterator[tuple[int, int]]:
        """All clients, a few at a time."""
        step = max(1, CHUNK // max(1, len(self.people)))
        for start in range(0, len(self.clients), step):
            yield start, min(start + step, len(self.clients))


def preview(seen: Seen, draft: Draft) -> Preview:
    """What saving a draft would do now.

    Args:
        seen: the bureau.
        draft: with its kind and its consultants chosen; no programs are none.
    """
    asked = Asked(seen, draft)
    sums: list[_Sum] = []
    for start, stop in asked.ranges():
        for number, part in enumerate(asked.judge(start, stop).parts):
            if number == len(sums):
                sums.append(_Sum(part, asked))
            sums[number].add(part, start, stop)
    return Preview(
        asked.kind,
        asked.consultants,
        asked.clients,
        asked.mask,
        tuple(one.group() for one in sums if one.items),
    )


def chances(seen: Seen, draft: Draft) -> tuple[Chance, ...]:
    """For each program of the bureau package, where the draft's consultants can get it, or lose it."""
    package = seen.register.programs.package
    asked = Asked(seen, draft, package)
    programs = bits(package)
    held = dict.fromkeys(programs, 0)
    bad: dict[int, dict[Reason, int]] = {program: {} for program in programs}
    for start, stop in asked.ranges():
        masks = asked.pairs(start, stop).masks
        hindering = [part for part in asked.judge(start, stop).parts if part.reason is not None]
        for program in programs:
            held[program] += _many(masks, program)
            anywhere = np.zeros(stop - start, dtype=np.bool_)
            for part in hindering:
                clients = _has(part.programs, program).reshape(stop - start, -1).any(axis=1) & ~anywhere
                anywhere |= clients
                if part.reason is not None and clients.any():
                    reasons = bad[program]
                    reasons[part.reason] = reasons.get(part.reason, 0) + int(np.count_nonzero(clients))
    return tuple(
        Chance(program, held[program], len(asked.clients) - sum(bad[program].values()), bad[program])
        for program in programs
    )


def mask_of_keys(seen: Seen, keys: Iterable[str]) -> int:
    """The mask of programs by key, of those of the bureau package that are there."""
    programs = seen.register.programs
    ids = [number for number in map(programs.names.find, keys) if number is not None]
    return mask_of(ids) & programs.package


class _Sum:
    """The cells of one part, range by range."""

    def __init__(self, part: Part, asked: Asked) -> None:
        self._outcome, self._reason = part.outcome, part.reason
        self.items, self._access = 0, 0
        self._programs = np.zeros(64, dtype=np.int64)
        self._clients = np.zeros(len(asked.clients), dtype=np.int64)
        self._consultants = np.zeros(len(asked.consultants), dtype=np.int64)

    def add(self, part: Part, start: int, stop: int) -> None:
        """Add what a range of clients has of it."""
        at = part.access | (part.programs != _NONE)
        if not at.any():
            return
        grid = at.reshape(stop - start, -1)
        self.items += int(np.count_nonzero(at))
        self._access += int(np.count_nonzero(part.access))
        self._clients[start:stop] += np.count_nonzero(grid, axis=1)
        self._consultants += np.count_nonzero(grid, axis=0)
        for program in bits(int(np.bitwise_or.reduce(part.programs))):
            self._programs[program] += _many(part.programs, program)

    def group(self) -> Group:
        """All that was added."""
        return Group(
            self._outcome,
            self._reason,
            self.items,
            self._access,
            self._programs,
            self._clients,
            self._consultants,
        )


def _has(masks: Masks, program: int) -> Flags:
    found: Flags = masks & np.uint64(1 << program) != _NONE
    return found


def _many(masks: Masks, program: int) -> int:
    return int(np.count_nonzero(_has(masks, program)))


def _flags(values: Flags, ids: Ids) -> Flags:
    """A flag by id; not set for -1."""
    flags = np.zeros(len(ids), dtype=np.bool_)
    known = ids >= 0
    flags[known] = values[ids[known]]
    return flags


def _found(side: Clients | Consultants, keys: frozenset[str]) -> tuple[tuple[str, ...], Ids]:
    """Keys, sorted, and their ids; -1 for those that are not there any more."""
    known = index_of(side).know(keys)
    if not known.lost:
        return tuple(keys_of(side.names, known.ids)), known.ids
    ordered = tuple(sorted(keys))
    found = [side.names.find(key) for key in ordered]
    return ordered, np.array([-1 if number is None else number for number in found], dtype=np.int64)
