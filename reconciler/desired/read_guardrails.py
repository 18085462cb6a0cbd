"""The guardrails of a policy for one register: names become ids, selectors flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.desired.checks import blocks
from reconciler.desired.guardrails import EVERY_PROGRAM, Amount, Guardrails, Limits, Protected
from reconciler.desired.read_duties import read_requirements, read_together, read_waivers
from reconciler.desired.read_expressions import read_expressions, read_teams
from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from reconciler.desired.document import Path
    from reconciler.desired.policy import Entry, Policy
    from reconciler.desired.programs import Masks
    from reconciler.desired.side import Side
    from reconciler.desired.world import World
    from reconciler.errors import Finding, Position
    from reconciler.grid import Register
    from reconciler.grid.arrays import Flags
    from reconciler.grid.arrays import Masks as MaskArray


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a guardrail takes.

    Attributes:
        register: whom and what there is.
        world: what selectors select from.
        masks: what programs mean.
        findings: takes errors and warnings.
        on: the day.
    """

    register: Register
    world: World
    masks: Masks
    findings: list[Finding]
    on: date

    def consultants(self, entry: Entry, path: Path, block: Any) -> Flags:
        """Whom the `who` of a block below an entry selects; everybody where it has none."""
        return self._flags(self.world.consultants, entry, (*path, "who"), block.get("who", "all"))

    def clients(self, entry: Entry, path: Path, block: Any) -> Flags:
        """Where the `clients` of a block below an entry select; everywhere where it has none."""
        return self._flags(self.world.clients, entry, (*path, "clients"), block.get("clients", "all"))

    def _flags(self, side: Side, entry: Entry, path: Path, written: Any) -> Flags:
        flags = np.zeros(side.size, dtype=np.bool_)
        flags[side.select_written(entry, path, written, self.findings)] = True
        return flags


def read_guardrails(policy: Policy, reading: Reading) -> Guardrails:
    """All guardrails; what is wrong in them goes to the findings."""
    guardrails = policy.sections["guardrails"]
    protected = guardrails.get("protected")
    taken_over = policy.sections["manage"].get("taken-over")
    return Guardrails(
        limits=_limits(policy),
        protected=() if protected is None else tuple(_protected(protected, reading)),
        taken_over=None if taken_over is None else _taken_over(taken_over, reading),
        never_together=tuple(read_together(policy.sections["guardrails.never-together"], reading)),
        require=tuple(read_requirements(policy.sections["guardrails.require"], reading)),
        waivers=tuple(read_waivers(policy.sections["waivers"], reading)),
        expressions=read_expressions(policy),
        teams=read_teams(policy, reading.world),
        places=dict(_places(policy)),
    )


def _places(policy: Policy) -> Iterator[tuple[str, Position]]:
    """Where guardrails stand, by section and name."""
    for section in ("limits", "never-together", "require", "expressions"):
        for name, entry in policy.sections[f"guardrails.{section}"].items():
            yield f"{section}/{name}", entry.position
    for section in ("guardrails", "manage"):
        for name, entry in policy.sections[section].items():
            yield f"{section}/{name}", entry.position


def _limits(policy: Policy) -> Limits:
    said = {name: str(entry.value) for name, entry in policy.sections["guardrails.limits"].items()}

    def amount(name: str) -> Amount | None:
        return Amount.of(said[name]) if name in said else None

    def number(name: str) -> int | None:
        return int(said[name]) if name in said else None

    return Limits(
        removals=amount("removals"),
        removals_per_client=amount("removals-per-client"),
        removals_per_consultant=amount("removals-per-consultant"),
        grants=number("grants"),
        operations=number("operations"),
        consultants_per_client=number("consultants-per-client"),
        system_administrators_per_client=number("system-administrators-per-client"),
    )


def _protected(entry: Entry, reading: Reading) -> Iterator[Protected]:
    for path, block in blocks(entry):
        consultants, clients = reading.consultants(entry, path, block), reading.clients(entry, path, block)
        yield Protected(consultants, clients, block.get("reason", ""))


def _taken_over(entry: Entry, reading: Reading) -> MaskArray:
    """By client id the mask of the programs that are taken over there."""
    register = reading.register
    taken = np.zeros(register.shape.clients, dtype=np.uint64)
    if isinstance(entry.value, str):
        if entry.value != register.bureau:
            message = Message("“{name}” is not the key of the bureau", name=entry.value)
            hint = did_you_mean(entry.value, [register.bureau]) or Message(
                "for the whole bureau write {key}; for a part of it clients and programs", key=register.bureau
            )
            reading.findings.append(entry.finding("unknown-bureau", message, hint=hint))
        taken[:] = np.uint64(EVERY_PROGRAM)
        return taken
    for path, block in blocks(entry):
        mask = EVERY_PROGRAM
        if "programs" in block:
            mask = reading.masks.of(entry, (*path, "programs"), block["programs"])
        taken[reading.clients(entry, path, block)] |= np.uint64(mask)
    return taken
