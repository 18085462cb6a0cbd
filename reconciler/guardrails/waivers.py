"""Waivers: findings of a guardrail that somebody has accepted, for some people at some clients, until a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.guardrails.case import Accepted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.desired.guardrails import Waiver
    from reconciler.grid import Access, Shape
    from reconciler.grid.arrays import Flags, Ids, Keys

NO_WAIVER = -1


class Waived:
    """Where guardrails are waived.

    Args:
        waivers: those in force.
        shape: of the grid.
    """

    def __init__(self, waivers: tuple[Waiver, ...], shape: Shape) -> None:
        self._waivers, self._stride = waivers, max(shape.consultants, 1)

    def __call__(self, guardrail: str, keys: Keys) -> Flags:
        """For each pair, whether a guardrail is waived there."""
        waived: Flags = self.numbers(guardrail, keys) != NO_WAIVER
        return waived

    def numbers(self, guardrail: str, keys: Keys) -> Ids:
        """For each pair the number of the first waiver of a guardrail there, NO_WAIVER where there is none."""
        found = np.full(len(keys), NO_WAIVER, dtype=np.int64)
        people, companies = keys % self._stride, keys // self._stride
        for number, waiver in reversed(tuple(enumerate(self._waivers))):
            if waiver.guardrail == guardrail:
                found[waiver.consultants[people] & waiver.clients[companies]] = number
        return found

    def parts(self, guardrail: str, rows: Access) -> Iterator[tuple[Accepted | None, Access]]:
        """Rows divided by the waiver of a guardrail that they are under, None for no waiver; no part is empty."""
        numbers = self.numbers(guardrail, rows.keys)
        for number in np.unique(numbers).tolist():
            waiver = None if number == NO_WAIVER else self._waivers[number]
            told = waiver and Accepted(waiver.name, waiver.reason, waiver.approved_by, waiver.until)
            yield told, rows.where(numbers == number)
