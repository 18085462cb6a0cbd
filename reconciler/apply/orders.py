"""From a plan's operations to orders: names instead of ids, and no order too large for a backend.

A run begins as a result for each order, none of them sent; one that goes on begins with what is known of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.apply.protocol import Order
from reconciler.apply.results import Ended, Result, Results
from reconciler.grid import Block
from reconciler.plan.document import program_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.plan import Operation, Plan

PAIRS = 50_000
"""The most pairs in one order: a job of that size takes a backend seconds, and progress can be shown."""


def start(plan: Plan, run: str) -> Results:
    """A run of a plan that has not begun.

    Args:
        plan: what is to be done.
        run: names the run.

    Returns:
        A result for each order, in the order of the plan; none is sent.
    """
    return Results(run, tuple(Result(number, order, Ended.NOT_SENT) for number, order in orders(plan, run)))


def idempotency_key(run: str, place: int) -> str:
    """What makes sending an order again harmless: it names the order once and for all."""
    return f"{run}-{place}"


def orders(plan: Plan, run: str) -> Iterator[tuple[int, Order]]:
    """The orders of a plan, each with the number of the operation that it belongs to."""
    places: list[tuple[int, ...]] = []
    place = 0
    for number, operation in enumerate(plan.operations):
        after = tuple(earlier for other in operation.after for earlier in places[other])
        parts = list(_parts(operation.block))
        places.append(tuple(range(place, place + len(parts))))
        place += len(parts)
        for part in parts:
            yield number, _order(plan, operation, part, run, after)


def _order(plan: Plan, operation: Operation, block: Block, run: str, after: tuple[int, ...]) -> Order:
    register = plan.register
    return Order(
        kind=operation.change.operation,
        consultants=tuple(register.consultants.names[i] for i in block.consultants),
        clients=tuple(register.clients.names[i] for i in block.clients),
        programs=tuple(program_names(plan, block.mask)),
        revision=plan.revision,
        run=run,
        other_programs_too=plan.other_programs_too,
        after=after,
    )


def _parts(block: Block) -> Iterator[Block]:
    """The block, cut by clients into parts that are small enough."""
    step = max(PAIRS // len(block.consultants), 1)
    for start in range(0, len(block.clients), step):
        yield Block(block.consultants, block.clients[start : start + step], block.mask)
