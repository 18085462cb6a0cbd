"""Policy × register × day → `Desired`. Pure: the same three give the same arrays, whatever the day today."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.checks import day
from reconciler.desired.expand import EVERYTHING, Expander, Part
from reconciler.desired.findings import fail_or_warnings
from reconciler.desired.pause import no_garbage_collection
from reconciler.desired.policy import positions_of
from reconciler.desired.programs import Masks
from reconciler.desired.read_guardrails import Reading, read_guardrails
from reconciler.desired.values import (
    Desired,
    Rule,
    RuleKind,
    Scope,
    Sources,
    Standing,
    Unlisted,
)
from reconciler.desired.world import World, world_of
from reconciler.errors import Finding, Message, Severity
from reconciler.grid import Access

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from reconciler.desired.policy import Entry, Policy
    from reconciler.errors import Position
    from reconciler.grid import Register
    from reconciler.grid.arrays import Flags, Ids


def resolve(policy: Policy, register: Register, on: date, part: Part = EVERYTHING) -> Desired:
    """What a policy says about a register on a day.

    Args:
        policy: from `load`.
        register: whom and what the names mean.
        on: the day; rules are in force from their first to their last day, both included.
        part: of whom and what alone there shall be rows, which takes a fraction of the time; the scope and
            the checks are those of the whole.

    Raises:
        InputError: with every name that is unknown, and all else that only the register can tell.
    """
    with no_garbage_collection():
        return _resolve(policy, register, on, part)


def _resolve(policy: Policy, register: Register, on: date, part: Part) -> Desired:
    findings = list(_other_bureau(policy, register))
    world = world_of(policy, register, findings)
    masks = Masks(register.programs, policy.sections["bundles"], findings)
    scope = _scope(policy, register, world, masks, findings)
    entries = (*policy.assignments.values(), *policy.denials.values())
    rules = rules_of(policy, on)
    expander = Expander(world, masks, register.consultants.active, findings, part)
    for number, (entry, rule) in enumerate(zip(entries, rules, strict=True)):
        if number == len(policy.assignments):
            expander.guard()
        # what is ahead covers nothing yet, but its names are checked already
        expander.add(number, entry, current=rule.standing is not Standing.ENDED)
    sensitive = policy.sensitive
    marked = 0 if sensitive is None else masks.held(sensitive, (), sensitive.value)
    guardrails = read_guardrails(policy, Reading(register, world.guarded, masks, findings, on))
    warnings = fail_or_warnings(findings)
    sources, ahead = _sources(expander, rules, len(policy.assignments))
    outside = _outside_scope(register, entries, sources, scope, rules)
    findings = [*policy.findings, *warnings, *outside]
    said = _desired(policy, register, scope, rules, sources, world=world, findings=fail_or_warnings(findings))
    said = replace(said, ahead=ahead, guardrails=guardrails, sensitive=marked)
    if all(requirement.above is None for requirement in guardrails.require):
        return said
    counted = (sources, ahead) if part is EVERYTHING else _whole(expander, entries, (sources, ahead))
    return replace(said, reach=_reach(register, scope, counted, len(rules)))


def _whole(
    expander: Expander, entries: Sequence[Entry], parts: tuple[Sources, Sources]
) -> tuple[Sources, ...]:
    """All rows of the rules that have any in a part of the register."""
    whole = Expander(expander.world, expander.masks, expander.active, [])
    for number in np.unique(np.concatenate([sources.rules for sources in parts])).tolist():
        if number < parts[0].denials:
            whole.add(number, entries[number], current=False)
    return (Sources(*whole.rows(), parts[0].denials),)


def _reach(register: Register, scope: Scope, counted: Sequence[Sources], rules: int) -> Ids:
    """For each rule how many pairs it gives: of consultants who are active, where the folder manages."""
    reach = np.zeros(rules, dtype=np.int64)
    for sources in counted:
        active = register.consultants.active[sources.keys % max(register.shape.consultants, 1)]
        given = active & scope.holds(sources.keys, register.shape)
        reach += np.bincount(sources.rules[given], minlength=rules)
    return reach


def _other_bureau(policy: Policy, register: Register) -> list[Finding]:
    entry = policy.bureau
    if entry is None or entry.value == register.bureau:
        return []
    message = Message(
        "this folder is for the bureau “{here}”, and the backend is that of “{there}”",
        here=entry.value,
        there=register.bureau,
    )
    return [entry.finding("other-bureau", message, hint=Message("is it the right backend?"))]


def _scope(policy: Policy, register: Register, world: World, masks: Masks, findings: list[Finding]) -> Scope:
    manage = policy.sections["manage"]
    consultants = np.ones(world.consultants.size, dtype=np.bool_)
    clients = np.ones(world.clients.size, dtype=np.bool_)
    for key, side, flags in (
        ("consultants", world.consultants, consultants),
        ("clients", world.clients, clients),
    ):
        if key in manage:
            flags[:] = False
            flags[side.select_all(manage[key], "", findings)] = True
    people, companies = register.consultants.names, register.clients.names
    old_consultants = _set_apart(consultants, people.ids(world.renames.waiting_consultants))
    old_clients = _set_apart(clients, companies.ids(world.renames.waiting_clients))
    programs = masks.package
    if "programs" in manage:
        programs = masks.of(manage["programs"], (), manage["programs"].value)
    return Scope(consultants, clients, programs, old_consultants, old_clients)


def _set_apart(flags: Flags, waiting: Ids) -> Flags | None:
    """Take out the old keys that wait beside their new ones, and return those taken out; None where there are none."""
    if not len(waiting):
        return None
    old = np.zeros_like(flags)
    old[waiting] = flags[waiting]
    flags[waiting] = False
    return old


def rules_of(policy: Policy, on: date) -> list[Rule]:
    """The rules of a policy, assignments first, with their standing on a day."""
    entries = (*policy.assignments.values(), *policy.denials.values())
    positions = positions_of(entries)
    kinds = [RuleKind.ASSIGNMENT] * len(policy.assignments) + [RuleKind.DENIAL] * len(policy.denials)
    rows = zip(entries, kinds, positions, strict=True)
    return [_rule(entry, kind, position, on) for entry, kind, position in rows]


def _rule(entry: Entry, kind: RuleKind, position: Position, on: date) -> Rule:
    said = entry.value
    start = day(said["from"]) if "from" in said else None
    until = day(said["until"]) if "until" in said else None
    standing = Standing.IN_FORCE
    if start is not None and on < start:
        standing = Standing.AHEAD
    elif until is not None and until < on:
        standing = Standing.ENDED
    reason, previously = said.get("reason", ""), said.get("previously", "")
    ticket = said.get("ticket", "")
    return Rule(entry.name, kind, position, start, until, reason, previously, standing, ticket)


def _sources(expander: Expander, rules: list[Rule], denials: int) -> tuple[Sources, Sources]:
    """The rows of rules that are in force or have ended, and those of rules that are ahead."""
    keys, masks, numbers = expander.rows()
    ahead = np.array([rule.standing is Standing.AHEAD for rule in rules], dtype=np.bool_)
    if not ahead.any():
        return Sources(keys, masks, numbers, denials), Sources(keys[:0], masks[:0], numbers[:0], denials)
    later = ahead[numbers]
    return (
        Sources(keys[~later], masks[~later], numbers[~later], denials),
        Sources(keys[later], masks[later], numbers[later], denials),
    )


def _outside_scope(
    register: Register, entries: tuple[Entry, ...], sources: Sources, scope: Scope, rules: list[Rule]
) -> list[Finding]:
    """A warning for each assignment that reaches outside of what the policy manages."""
    inside = scope.holds(sources.keys, register.shape) & (sources.masks & ~np.uint64(scope.programs) == 0)
    gives = [rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.IN_FORCE for rule in rules]
    beyond = ~inside & np.array(gives, dtype=np.bool_)[sources.rules]
    findings = []
    for number, pairs in zip(*np.unique(sources.rules[beyond], return_counts=True), strict=True):
        entry = entries[int(number)]
        message = Message.count(
            "“{name}” gives what this folder does not manage, at {n} pair of consultant and client",
            "“{name}” gives what this folder does not manage, at {n} pairs of consultant and client",
            int(pairs),
            name=entry.name,
        )
        hint = Message("it is left as it is; see “manage:”")
        found = entry.key_finding("outside-scope", message, hint)
        findings.append(replace(found, severity=Severity.WARNING))
    return findings


def _desired(
    policy: Policy,
    register: Register,
    scope: Scope,
    rules: list[Rule],
    sources: Sources,
    *,
    world: World,
    findings: tuple[Finding, ...],
) -> Desired:
    shape, keys, masks = register.shape, sources.keys, sources.masks
    ended = np.array([rule.standing is Standing.ENDED for rule in rules], dtype=np.bool_)[sources.rules]
    active = register.consultants.active[keys % max(shape.consultants, 1)]
    inside = scope.holds(keys, shape)
    gives = sources.rules < sources.denials
    reached = scope.forbids(keys, shape) if scope.waits else inside
    denies, programs = ~gives & ~ended & reached, np.uint64(scope.programs)
    whole = masks == 0

    def part(rows: Flags) -> Access:
        return Access.from_rows(shape, keys[rows], masks[rows] & programs)

    denied_pairs, denied_programs = part(denies & whole), part(denies & ~whole)
    manage = {name: entry.value for name, entry in policy.sections["manage"].items()}
    return Desired(
        access=part(gives & ~ended & active & inside).outside(denied_pairs).less(denied_programs),
        denied_pairs=denied_pairs,
        denied_programs=denied_programs,
        ended=part(gives & (ended | ~active) & inside),
        scope=scope,
        unlisted=Unlisted(manage.get("unlisted", Unlisted.REPORT)),
        other_programs=manage.get("outside-package") == "remove",
        rules=tuple(rules),
        sources=sources,
        renames=world.renames,
        findings=findings,
    )
