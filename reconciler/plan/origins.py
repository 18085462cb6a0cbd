"""Who made each difference between the YAML and the bureau, and when, as far as the backend tells.

    plan ─ its changes and what it leaves ─ the last deed at each cell ─ groups of one origin ─ cover ─ items

It starts from a plan, so that the two cannot disagree on what differs. Pure: the caller asks for the history.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from reconciler.grid import PAIR_CHANGES, Access, Half, cover, only
from reconciler.grid.arrays import bits
from reconciler.plan.drift import NOBODY, Drift, Drifted, Figures, Kind, Obstacle, Origin, Through, Told
from reconciler.plan.grounds import GROUNDS, grounds
from reconciler.plan.operations import Rules
from reconciler.plan.shares import shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.desired import Desired
    from reconciler.grid import Register, Shape
    from reconciler.grid.arrays import Keys
    from reconciler.plan.drift import Question
    from reconciler.plan.grounds import Ground
    from reconciler.plan.history import Deed
    from reconciler.plan.values import Plan


class _Source(NamedTuple):
    """Rows of a plan that differ alike.

    Attributes:
        kind: how; MISSING until somebody is found who took it.
        access: whether access itself differs.
        obstacle: why apply does not put it right.
        rows: the pairs, with the programs that differ.
    """

    kind: Kind
    access: bool
    obstacle: Obstacle | None
    rows: Access


class _Alike(NamedTuple):
    """What items have in common that are told of as one."""

    kind: Kind
    access: bool
    origin: Origin
    ground: Ground
    obstacle: Obstacle | None


class _Group:
    """The rows of what is alike, gathered in pieces."""

    def __init__(self) -> None:
        self._whole: list[Access] = []
        self._single: dict[int, int] = {}

    def add(self, rows: Access) -> None:
        """Many rows."""
        self._whole.append(rows)

    def put(self, key: int, mask: int) -> None:
        """One pair."""
        self._single[key] = self._single.get(key, 0) | mask

    def rows(self, shape: Shape) -> Access:
        """All of them."""
        keys = np.array(list(self._single), dtype=np.int64)
        masks = np.array(list(self._single.values()), dtype=np.uint64)
        return Access.from_rows(shape, keys, masks).union(*self._whole)


def differing(desired: Desired, plan: Plan) -> Keys:
    """The keys of the pairs where anything differs, ascending."""
    return np.unique(np.concatenate([source.rows.keys for source in _sources(desired, plan)]))


def find_drift(
    desired: Desired, plan: Plan, question: Question, deeds: Iterable[Deed] | None, told: Told = Told.TOLD
) -> Drift:
    """Say of each difference who made it, and when.

    Args:
        desired: that the plan was made from.
        plan: what would put it right.
        question: what is asked about.
        deeds: what was done to the pairs that differ, the newest first; None where nobody tells.
        told: why nobody does.
    """
    known = _Known(plan.register, deeds or ())
    gathered: defaultdict[_Alike, _Group] = defaultdict(_Group)
    for source in _sources(desired, plan):
        if source.kind is not Kind.UNMANAGED or question.unmanaged_too:
            _gather(source, desired, known, gathered)
    groups = {alike: group.rows(plan.register.shape) for alike, group in gathered.items()}
    older = sum(_cells(alike, rows) for alike, rows in groups.items() if not _asked(alike, question))
    groups = {alike: rows for alike, rows in groups.items() if _asked(alike, question)}
    items = [item for alike, rows in groups.items() for item in _items(alike, rows, desired)]
    return Drift(
        plan=plan,
        items=tuple(sorted(items, key=_order)),
        figures=_figures(groups),
        blocked=sum(item.cells for item in items if item.obstacle),
        told=told,
        since=question.since,
        older=older,
        unmanaged_too=question.unmanaged_too,
    )


def _sources(desired: Desired, plan: Plan) -> Iterator[_Source]:
    shape, found = plan.register.shape, plan.changes
    for change, rows in found.allowed.items():
        yield _Source(_KINDS[change.half], change in PAIR_CHANGES, None, rows)
    for one in plan.blocked:
        rows = Access.from_blocks(shape, [one.block])
        obstacle = Obstacle(one.reason, one.guardrail, one.could)
        yield _Source(_KINDS[one.change.half], one.change in PAIR_CHANGES, obstacle, rows)
    left = found.unmanaged
    listed = desired.access.masks_at(left.keys)[1]
    yield _Source(Kind.UNMANAGED, True, None, left.where(~listed))
    yield _Source(Kind.UNMANAGED, False, None, left.where(listed))


_KINDS = {Half.GRANTS: Kind.MISSING, Half.REMOVALS: Kind.GIVEN}


class _Known:
    """The history by pair.

    Args:
        register: who and what there is; what was done to others is no concern of anybody's.
        deeds: the newest first.
    """

    def __init__(self, register: Register, deeds: Iterable[Deed]) -> None:
        self.register = register
        self._zone = ZoneInfo(register.timezone)
        self._programs = {name: 1 << number for number, name in enumerate(register.programs.names)}
        self.by_pair: dict[int, list[Deed]] = {}
        people, companies = register.consultants.names, register.clients.names
        for deed in deeds:
            consultant, client = people.find(deed.consultant), companies.find(deed.client)
            if consultant is not None and client is not None:
                key = client * register.shape.consultants + consultant
                self.by_pair.setdefault(key, []).append(deed)

    def split(self, key: int, mask: int, *, access: bool, given: bool) -> Iterator[tuple[Origin, bool, int]]:
        """The cells of a pair by who made them so: the origin, whether access itself, and which programs.

        Args:
            key: of the pair.
            mask: the programs.
            access: whether access itself is one of the cells.
            given: whether they were given, not taken.
        """
        found: dict[Origin, tuple[bool, int]] = {}
        if access:
            found[self._last(key, 0, given=given)] = True, 0
        for number in bits(mask):
            origin = self._last(key, 1 << number, given=given)
            so_far = found.get(origin, (False, 0))
            found[origin] = so_far[0], so_far[1] | 1 << number
        for origin, (itself, programs) in found.items():
            yield origin, itself, programs

    def _last(self, key: int, program: int, *, given: bool) -> Origin:
        """Who last did something to a cell; 0 is access itself. Nobody, where that would not have made it what it is."""
        for deed in self.by_pair[key]:
            done = sum(self._programs.get(name, 0) for name in deed.programs)
            if (done & program) if program else deed.access:
                return self._origin(deed) if deed.given is given else NOBODY
        return NOBODY

    def _origin(self, deed: Deed) -> Origin:
        day = dt.datetime.fromisoformat(deed.at).astimezone(self._zone).date()
        if deed.by is not None:
            return Origin(Through.OPERATION, deed.by.key, deed.by.label, deed.by.run or "", day)
        return Origin(Through.OUTSIDE if deed.outside else Through.UNKNOWN, day=day)


def _gather(source: _Source, desired: Desired, known: _Known, groups: dict[_Alike, _Group]) -> None:
    """Put the rows of a source where they belong, cut by origin."""
    rows = source.rows
    reasons = grounds(desired, known.register, rows.keys, rows.masks)
    told = np.isin(rows.keys, np.array(list(known.by_pair), dtype=np.int64))
    for reason in np.unique(reasons).tolist():
        alike = _Alike(source.kind, source.access, NOBODY, GROUNDS[reason], source.obstacle)
        silent = rows.where((reasons == reason) & ~told)
        if len(silent):
            groups[alike].add(silent)
        some = rows.where((reasons == reason) & told)
        for key, mask in zip(some.keys.tolist(), some.masks.tolist(), strict=True):
            given = source.kind is not Kind.MISSING
            for origin, access, programs in known.split(key, mask, access=source.access, given=given):
                taken = source.kind is Kind.MISSING and origin != NOBODY
                kind = Kind.REMOVED if taken else source.kind
                groups[alike._replace(kind=kind, access=access, origin=origin)].put(key, programs)


def _asked(alike: _Alike, question: Question) -> bool:
    return question.since is None or (alike.origin.day or dt.date.min) >= question.since


def _cells(alike: _Alike, rows: Access) -> int:
    return rows.cells + (len(rows) if alike.access else 0)


def _items(alike: _Alike, rows: Access, desired: Desired) -> Iterator[Drifted]:
    """The blocks of what is alike."""
    wanted = alike.kind in (Kind.REMOVED, Kind.MISSING)
    rules = Rules(desired, Half.GRANTS if wanted else Half.REMOVALS)
    accesses = np.full(len(rows), alike.access, dtype=np.bool_)
    for block, share in shares(rows, cover(rows, only(rows)), accesses):
        yield Drifted(*alike, block, share.cells, rules.of(share.rows))


def _figures(groups: Mapping[_Alike, Access]) -> dict[Kind, Figures]:
    counts = {kind: [0, 0] for kind in Kind}
    for alike, rows in groups.items():
        counts[alike.kind][0] += len(rows) if alike.access else 0
        counts[alike.kind][1] += rows.cells
    return {kind: Figures(*figures) for kind, figures in counts.items()}


_THROUGH = tuple(Through)
_KIND = tuple(Kind)


def _order(item: Drifted) -> tuple[object, ...]:
    """What is done by somebody first, by name and then by day; the same for the same drift."""
    origin, block = item.origin, item.block
    return (
        item.kind is Kind.MISSING,
        _THROUGH.index(origin.through),
        origin.label,
        origin.key,
        origin.day or dt.date.min,
        origin.run,
        _KIND.index(item.kind),
        not item.access,
        GROUNDS.index(item.ground),
        _obstacle_order(item.obstacle),
        (block.clients, block.consultants, block.mask),
    )


def _obstacle_order(obstacle: Obstacle | None) -> tuple[object, ...]:
    return () if obstacle is None else (obstacle.reason, obstacle.guardrail, obstacle.could or ())


def by_origin(items: Sequence[Drifted]) -> Iterator[list[Drifted]]:
    """The items of a drift, in groups of who made them; what nobody is known to have taken is one of its own."""
    last: object = None
    group: list[Drifted] = []
    for item in items:
        origin = item.origin
        who = item.kind is Kind.MISSING, origin.through, origin.key, origin.label
        if group and who != last:
            yield group
            group = []
        last = who
        group.append(item)
    if group:
        yield group
