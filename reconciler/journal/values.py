"""What the journal knows of a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.apply import Ended
    from reconciler.grid import Outcome


class State(StrEnum):
    """What has become of a run."""

    OPEN = "open"
    """It goes on now, or was cut off; `apply --resume` goes on with it."""
    FINISHED = "finished"
    """It came to its end; that its results are good is not said by it."""
    SUPERSEDED = "superseded"
    """It was cut off, and a later run of the same operator began anew."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that begins.

    Attributes:
        key: names it.
        bureau: its key.
        backend: which one, without whoever asks.
        operator: key of the operator whose token it uses.
        who: user and machine.
        source: the commit that the YAML came from; None where there is none.
        digest: of what was approved.
        plan: the plan file that was approved.
    """

    key: str
    bureau: str
    backend: str
    operator: str
    who: str
    source: str | None
    digest: str
    plan: bytes


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is listed.

    Attributes:
        key: names it.
        bureau: its key.
        backend: which one.
        operator: key of the operator.
        who: user and machine.
        source: the commit; None where there is none.
        digest: of what was approved.
        begun: when, RFC 3339 in UTC.
        ended: when the last attempt came to its end; None while it has not.
        attempts: how often it was begun and gone on with.
        state: what has become of it.
        orders: how many orders ended how.
        outcomes: how many cells ended how.
    """

    key: str
    bureau: str
    backend: str
    operator: str
    who: str
    source: str | None
    digest: str
    begun: str
    ended: str | None
    attempts: int
    state: State
    orders: Mapping[Ended, int]
    outcomes: Mapping[Outcome, int]
