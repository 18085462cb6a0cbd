"""What became of a plan: every cell that was asked for is accounted for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.grid import OperationKind, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.apply.protocol import Item, Order
    from reconciler.errors import Message

ACCESS = ""
"""Stands for the access itself among the programs of a cell; no program has an empty key."""


class Ended(StrEnum):
    """How an order ended."""

    FINISHED = "finished"
    """Its job is done and its items are known."""
    UNFINISHED = "unfinished"
    """Its job was not done in time; it may still be running at the backend."""
    UNANSWERED = "unanswered"
    """It may or may not have reached the backend."""
    REJECTED = "rejected"
    """The backend did not take it."""
    NOT_SENT = "not-sent"
    """It was not sent, because apply stopped before."""
    WITHHELD = "withheld"
    """It was not sent, because an order that had to be done before it was not done."""

    @property
    def final(self) -> bool:
        """Whether nothing more will become of it, also where the run goes on."""
        return self in (Ended.FINISHED, Ended.REJECTED, Ended.WITHHELD)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one order.

    Attributes:
        operation: number of the plan's operation that it belongs to.
        order: what was asked.
        ended: how it ended.
        job: the job's key at the backend, None where there is none.
        items: what became of its items, those that went wrong first.
        missing: cells (consultant, client, program or ACCESS) that were asked for and that no item tells of.
        unexpected: items, or parts of items, that tell of cells that were not asked for.
        problem: what went wrong with the order as a whole.
    """

    operation: int
    order: Order
    ended: Ended
    job: str | None = None
    items: tuple[Item, ...] = ()
    missing: tuple[tuple[str, str, str], ...] = ()
    unexpected: tuple[tuple[str, str, str], ...] = ()
    problem: Message | None = None

    @property
    def clean(self) -> bool:
        """Whether everything that was asked for is so now."""
        bad = any(item.outcome in (Outcome.REFUSED, Outcome.FAILED) for item in self.items)
        return self.ended is Ended.FINISHED and not (bad or self.missing or self.unexpected)

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many cells ended how."""
        counts: Counter[Outcome] = Counter()
        for item in self.items:
            counts[item.outcome] += len(item.programs) + item.access
        return counts


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a plan.

    Attributes:
        run: names the run.
        results: one for each order, in the order of the plan.
        interrupted: whether it was stopped by hand.
        stopped: why nothing more was sent, where it stopped by itself.
    """

    run: str
    results: tuple[Result, ...]
    interrupted: bool = False
    stopped: Message | None = None

    @property
    def clean(self) -> bool:
        """Whether everything that was asked for is so now."""
        return not self.interrupted and all(result.clean for result in self.results)

    @property
    def final(self) -> bool:
        """Whether there is nothing that the run could go on with."""
        return all(result.ended.final for result in self.results)

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many cells ended how."""
        counts: Counter[Outcome] = Counter()
        for result in self.results:
            counts.update(result.outcomes)
        return counts


_BAD_FIRST = {Outcome.FAILED: 0, Outcome.REFUSED: 1, Outcome.DONE: 2, Outcome.ALREADY: 3}


def finished(operation: int, order: Order, job: str, items: Iterable[Item]) -> Result:
    """The result of a job that is done, held against what was asked."""
    told = tuple(sorted(items, key=lambda item: (_BAD_FIRST[item.outcome], item.client, item.consultant)))
    cells = Counter(
        (item.consultant, item.client, program)
        for item in told
        for program in (*item.programs, *((ACCESS,) if item.access else ()))
    )
    asked = _asked(order)
    if order.kind is OperationKind.REMOVE_ACCESS:
        # the programs that go with an access are told too, and were not asked for one by one
        extra = [cell for cell in cells if cell[2] != ACCESS and (*cell[:2], ACCESS) not in asked]
    else:
        extra = [cell for cell in cells if cell not in asked]
    twice = [cell for cell, count in cells.items() if count > 1]
    return Result(
        operation,
        order,
        Ended.FINISHED,
        job,
        told,
        missing=tuple(sorted(cell for cell in asked if cell not in cells)),
        unexpected=tuple(sorted({*extra, *twice})),
    )


def _asked(order: Order) -> set[tuple[str, str, str]]:
    """The cells that an order asks for."""
    what = order.programs
    if order.kind is not OperationKind.REMOVE_PROGRAMS:
        what = (*what, ACCESS)
    return {
        (consultant, client, program)
        for consultant in order.consultants
        for client in order.clients
        for program in what
    }
