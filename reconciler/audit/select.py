"""What an auditor asks a log: who gave whom what, where, when, on whose approval and why.

entries ─ runs and their orders ─ parts: what became of a block ─ narrowed to what was asked for
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reconciler.apply import Ended
from reconciler.audit.entries import Event
from reconciler.grid import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Entry = Mapping[str, Any]


class Became(StrEnum):
    """What became of a part of an order."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    NOT_DONE = "not-done"
    """It was not sent, or not taken."""
    UNKNOWN = "unknown"
    """Nobody was told: the run was cut off, or the backend did not say."""
    UNEXPECTED = "unexpected"
    """The backend told of it, although it was not asked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One block of an order, all of which ended alike.

    Attributes:
        kind: what was to happen.
        became: what happened.
        why: the reason code or the sentence where it was not done; "" where there is none.
        access: whether access to the client itself is meant too.
        programs: keys.
        consultants: keys.
        clients: keys.
    """

    kind: OperationKind
    became: Became
    why: str
    access: bool
    programs: tuple[str, ...]
    consultants: tuple[str, ...]
    clients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; an empty field asks for everything.

    Attributes:
        since: the first day, in the time zone of each run's bureau.
        until: the last day, likewise.
        operators: keys.
        runs: keys, or how they begin.
        consultants: keys.
        clients: keys.
        programs: keys.
        became: what became of it.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    operators: frozenset[str] = frozenset()
    runs: tuple[str, ...] = ()
    consultants: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    programs: frozenset[str] = frozenset()
    became: frozenset[Became] = frozenset()

    @property
    def about_parts(self) -> bool:
        """Whether only results can be an answer."""
        return bool(self.consultants or self.clients or self.programs or self.became)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that is an answer.

    Attributes:
        line: its number in the file.
        when: in the time zone of the bureau.
        entry: as it stands; for an order whose result is not known, its `operation`.
        begun: the `run-begun` of its run, or for a refused plan itself; None where the log does not have it.
        order: the `operation` that a result is of, None where the log does not have it.
        parts: what became of what, as far as it was asked for.
    """

    line: int
    when: dt.datetime
    entry: Entry
    begun: Entry | None
    order: Entry | None = None
    parts: tuple[Part, ...] = ()


@dataclass(slots=True)
class _Run:
    """What is known of a run so far.

    Attributes:
        begun: its beginning.
        orders: by place, with their lines: those that something may still become of.
        silent: places of those whose result has not come.
    """

    begun: Entry | None = None
    orders: dict[int, tuple[int, Entry]] = field(default_factory=dict)
    silent: set[int] = field(default_factory=set)

    def result(self, entry: Entry) -> Entry | None:
        """The order of a result. What has come to its end is forgotten; the rest may be resumed."""
        place = entry["place"]
        self.silent.discard(place)
        _, order = (self.orders.pop if Ended(entry["ended"]).final else self.orders.get)(place, (0, None))
        return order


def select(entries: Iterable[tuple[int, Entry]], asked: Asked) -> Iterator[Shown]:
    """The entries that are an answer, in the order of the log.

    Args:
        entries: from the first on, with the numbers of their lines.
        asked: what is looked for.
    """
    runs: dict[str, _Run] = {}
    for line, entry in entries:
        for shown in _take(runs, line, entry):
            if (found := _narrowed(shown, asked)) is not None:
                yield found
    for run in runs.values():
        for shown in _unanswered(run):
            if (found := _narrowed(shown, asked)) is not None:
                yield found


def _take(runs: dict[str, _Run], line: int, entry: Entry) -> Iterator[Shown]:
    """What an entry tells, given those before it."""
    event = Event(entry["event"])
    if event is Event.PLAN_REFUSED:
        yield Shown(line, _when(entry, entry), entry, entry)
        return
    run = runs.setdefault(entry["run"], _Run())
    match event:
        case Event.RUN_BEGUN:
            run.begun = entry
            yield Shown(line, _when(entry, entry), entry, entry)
        case Event.OPERATION:
            run.orders[entry["place"]] = line, entry
            run.silent.add(entry["place"])
        case Event.RESULT:
            order = run.result(entry)
            parts = tuple(_parts(entry, order))
            yield Shown(line, _when(entry, run.begun), entry, run.begun, order, parts)
        case Event.RUN_ENDED:
            yield from _unanswered(run)
            yield Shown(line, _when(entry, run.begun), entry, run.begun)
            if not run.orders:
                # nothing more will be told of it; a log has many thousands of runs
                del runs[entry["run"]]


def _unanswered(run: _Run) -> Iterator[Shown]:
    """The orders of a run whose results did not come."""
    for place in sorted(run.silent):
        line, order = run.orders[place]
        part = _whole(order, Became.UNKNOWN, "")
        yield Shown(line, _when(order, run.begun), order, run.begun, order, (part,))
    run.silent.clear()


def _parts(entry: Entry, order: Entry | None) -> Iterator[Part]:
    kind = OperationKind(entry["kind"])
    ended, why = Ended(entry["ended"]), entry.get("problem", "")
    if order and ended is not Ended.FINISHED:
        untouched = ended.final or ended is Ended.NOT_SENT
        yield _whole(order, Became.NOT_DONE if untouched else Became.UNKNOWN, why)
    for block in entry["blocks"]:
        names = (tuple(block[name]) for name in ("programs", "consultants", "clients"))
        yield Part(kind, Became(block["outcome"]), block.get("reason", ""), block["access"], *names)
    for name, became in (("missing", Became.UNKNOWN), ("unexpected", Became.UNEXPECTED)):
        for consultant, client, program in entry.get(name, ()):
            programs = (program,) if program else ()
            yield Part(kind, became, "", not program, programs, (consultant,), (client,))


def _whole(order: Entry, became: Became, why: str) -> Part:
    """All of an order."""
    kind = OperationKind(order["kind"])
    access = kind is not OperationKind.REMOVE_PROGRAMS
    names = (tuple(order[name]) for name in ("programs", "consultants", "clients"))
    return Part(kind, became, why, access, *names)


def _when(entry: Entry, begun: Entry | None) -> dt.datetime:
    """The time of an entry in the time zone of its bureau; in UTC where that is not known."""
    at = dt.datetime.fromisoformat(entry["at"])
    try:
        return at.astimezone(ZoneInfo(begun["timezone"])) if begun else at
    except (ValueError, OSError):
        return at


def _narrowed(shown: Shown, asked: Asked) -> Shown | None:
    """As far as it was asked for; None where it was not at all."""
    day, begun = shown.when.date(), shown.begun or {}
    if (asked.since and day < asked.since) or (asked.until and day > asked.until):
        return None
    if asked.operators and begun.get("operator") not in asked.operators:
        return None
    if asked.runs and not shown.entry.get("run", "").startswith(asked.runs):
        return None
    if not asked.about_parts:
        return shown
    parts = tuple(found for part in shown.parts if (found := _part(part, asked)))
    return replace(shown, parts=parts) if parts else None


def _part(part: Part, asked: Asked) -> Part | None:
    if asked.became and part.became not in asked.became:
        return None
    found = replace(
        part,
        consultants=_among(part.consultants, asked.consultants),
        clients=_among(part.clients, asked.clients),
        programs=_among(part.programs, asked.programs),
    )
    # access goes with all its programs, whether they are named or not
    whole = part.kind is OperationKind.REMOVE_ACCESS and not part.programs
    told = found.programs or whole if asked.programs else True
    return found if found.consultants and found.clients and told else None


def _among(names: tuple[str, ...], wanted: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in wanted) if wanted else names
