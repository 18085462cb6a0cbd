"""Sets of programs, what rules must carry, and waivers: from YAML to values for one register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.desired.checks import day
from reconciler.desired.guardrails import EVERY_PROGRAM, Requirement, Together, Waiver
from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.desired.document import Path
    from reconciler.desired.policy import Entry
    from reconciler.desired.read_guardrails import Reading
    from reconciler.errors import Finding


def read_together(entries: Mapping[str, Entry], reading: Reading) -> Iterator[Together]:
    """The sets of programs that nobody may hold together."""
    for entry in entries.values():
        path, written, reason = said_together(entry)
        mask = reading.masks.held(entry, path, written)
        if mask.bit_count() < 2:
            reading.findings.append(too_few(entry))
        yield Together(entry.name, mask, reason, entry.position)


def too_few(entry: Entry) -> Finding:
    """What to say about a set that is none."""
    message = Message("“{name}” names fewer than two programs", name=entry.name)
    return entry.key_finding("too-few-programs", message)


def said_together(entry: Entry) -> tuple[Path, Any, str]:
    """The programs of a set, the path to them, and the reason."""
    said = entry.value
    if isinstance(said, list):
        return (), said, ""
    return ("programs",), said["programs"], said.get("reason", "")


def read_requirements(entries: Mapping[str, Entry], reading: Reading) -> Iterator[Requirement]:
    """What rules must carry."""
    for entry in entries.values():
        mask = EVERY_PROGRAM
        if "programs" in entry.value:
            mask = reading.masks.of(entry, ("programs",), entry.value["programs"])
        yield requirement_of(entry, mask)


def requirement_of(entry: Entry, programs: int) -> Requirement:
    """A requirement, about the programs of a mask."""
    said = entry.value
    return Requirement(
        name=entry.name,
        programs=programs,
        above=int(said["above"]) if "above" in said else None,
        reason=str(said.get("reason", "false")) == "true",
        ticket=said.get("ticket", ""),
        until_within=int(said["until-within"]) if "until-within" in said else None,
        position=entry.position,
    )


def read_waivers(entries: Mapping[str, Entry], reading: Reading) -> Iterator[Waiver]:
    """The waivers that have not ended on the day; of all of them, whether they are sound."""
    for entry in entries.values():
        said = entry.value
        consultants = reading.consultants(entry, (), said)
        clients = reading.clients(entry, (), said)
        approver = reading.register.consultants.names.find(said["approved-by"])
        if approver is not None and consultants[approver]:
            reading.findings.append(own_waiver(entry))
        until = day(said["until"])
        if until is not None and reading.on <= until:
            yield Waiver(
                name=entry.name,
                guardrail=said["guardrail"],
                consultants=consultants,
                clients=clients,
                reason=said["reason"],
                approved_by=said["approved-by"],
                until=until,
                position=entry.position,
            )


def own_waiver(entry: Entry) -> Finding:
    """What to say where somebody approves what is waived for themselves."""
    message = Message("{name} approves what is waived for {name}", name=entry.value["approved-by"])
    hint = Message("let somebody else approve it, or leave {name} out", name=entry.value["approved-by"])
    return entry.finding("own-waiver", message, ("approved-by",), hint)
