"""How reviews stand: who has not reviewed what since when, and what has changed since it was signed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.review.units import Unit
    from reconciler.review.values import Item, Review, Scope, SignOff


class State(StrEnum):
    """How one stands; the first that fits."""

    NEVER = "never"
    """Nobody has ever signed it."""
    OVERDUE = "overdue"
    """What was signed is too old."""
    CHANGED = "changed"
    """Somebody has got something since."""
    OPEN = "open"
    """Something that was to go is still there."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the review of one scope stands.

    Attributes:
        scope: what it is of.
        leads: keys of those who lead the team; empty for a client.
        state: how it stands.
        signed: the latest sign-off, None for none.
        due: the day from which it is overdue; None where nobody has ever signed it.
        new: what is there now and was not reviewed: keys of consultant and client, and the programs.
        left: what was to go and is still there.
    """

    scope: Scope
    leads: tuple[str, ...]
    state: State
    signed: SignOff | None
    due: dt.date | None
    new: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    left: tuple[Item, ...] = ()


def standings(
    units: Sequence[Unit],
    now: Iterable[Review],
    signed: Iterable[SignOff],
    today: dt.date,
    within: int,
) -> list[Standing]:
    """How each unit stands in which somebody has something.

    Args:
        units: what is reviewed each by itself.
        now: what is there.
        signed: all that was signed, in any order.
        today: the day.
        within: days after which a review is overdue; the day that the list showed counts.
    """
    latest = _latest(signed)
    leads = {unit.scope: unit.leads for unit in units}
    return [_standing(review, leads[review.scope], latest, today, within) for review in now]


def _latest(signed: Iterable[SignOff]) -> Mapping[Scope, SignOff]:
    """By scope; of two of one day, the one that was signed later."""
    found: dict[Scope, SignOff] = {}
    for one in sorted(signed, key=lambda one: (one.review.date, one.at or dt.date.min)):
        found[one.review.scope] = one
    return found


def _standing(
    review: Review, leads: tuple[str, ...], latest: Mapping[Scope, SignOff], today: dt.date, within: int
) -> Standing:
    signed = latest.get(review.scope)
    if signed is None:
        return Standing(review.scope, leads, State.NEVER, None, None)
    due = signed.review.date + dt.timedelta(days=within)
    cells = review.cells
    new = _grouped(cells - signed.review.cells)
    left = tuple(item for item, _ in signed.removals if _still(item, cells))
    if due < today:
        state = State.OVERDUE
    elif new:
        state = State.CHANGED
    else:
        state = State.OPEN if left else State.DONE
    return Standing(review.scope, leads, state, signed, due, new, left)


def _still(item: Item, cells: set[tuple[str, str, str]]) -> bool:
    """Whether anything of what was to go is there; of an item with programs, access alone is not."""
    programs = item.programs or ("",)
    return any((item.consultant, item.client, program) in cells for program in programs)


def _grouped(cells: set[tuple[str, str, str]]) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """By consultant and client; without programs where it is access alone."""
    found: dict[tuple[str, str], list[str]] = {}
    for consultant, client, program in sorted(cells):
        programs = found.setdefault((consultant, client), [])
        if program:
            programs.append(program)
    return tuple((*pair, tuple(programs)) for pair, programs in found.items())
