"""What `--allow` lets pass this once: limits by their figure, and removals of what nobody has taken over by a key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.guardrails import EVERY_PROGRAM
from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, InputError, Message
from reconciler.guardrails.limits import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.desired import Desired
    from reconciler.grid import Register
    from reconciler.grid.arrays import Masks

TAKEOVER = "takeover"
"""Takes the key of a bureau, a client or a program."""

SHRUNKEN = "shrunken"
"""Takes the figure of a bureau that has become much smaller than it was."""

FIGURES = (*NAMES, SHRUNKEN)
"""What takes a figure."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is allowed by name.

    Attributes:
        figures: by name, exactly the figure that is meant.
        takeovers: keys of bureaus, clients and programs that are taken over for this once.
    """

    figures: Mapping[str, int]
    takeovers: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Allowed:
        """From names of guardrails with their figure or key."""
        said = tuple(pairs)
        figures = {name: int(value) for name, value in said if name != TAKEOVER}
        return cls(figures, tuple(value for name, value in said if name == TAKEOVER))

    def widen(self, desired: Desired, register: Register) -> Desired:
        """The desired state with what is taken over for this once.

        Raises:
            InputError: where a key is that of no bureau, client or program.
        """
        if not self.takeovers:
            return desired
        before = desired.guardrails.taken_over
        taken = np.zeros(register.shape.clients, dtype=np.uint64) if before is None else before.copy()
        findings = [found for key in self.takeovers if (found := _take_over(taken, key, register))]
        if findings:
            raise InputError.of(findings)
        return replace(desired, guardrails=replace(desired.guardrails, taken_over=taken))


def _take_over(taken: Masks, key: str, register: Register) -> Finding | None:
    """Add what a key stands for; a finding where it stands for nothing."""
    client, program = register.clients.names.find(key), register.programs.names.find(key)
    if key == register.bureau:
        taken[:] = np.uint64(EVERY_PROGRAM)
    elif client is not None:
        taken[client] = np.uint64(EVERY_PROGRAM)
    elif program is not None:
        taken |= np.uint64(1 << program)
    else:
        message = Message("there is no bureau, client or program “{name}” to take over", name=key)
        known = [register.bureau, *register.clients.names, *register.programs.names]
        return Finding("unknown-takeover", message, hint=did_you_mean(key, known))
    return None
