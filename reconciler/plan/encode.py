"""A plan as the document of a plan file, and back: all that is needed to print it again byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.desired.values import Rule
from reconciler.errors import Message
from reconciler.grid import Access, Block, Change, Clients, Consultants, Programs, Register
from reconciler.grid.arrays import bits, mask_of
from reconciler.grid.names import Names
from reconciler.guardrails import Accepted, Fate, Kind, Violation
from reconciler.plan.outcome import ALONG
from reconciler.plan.plain import key, pack, unpack, unpack_field
from reconciler.plan.reduced import mentioned
from reconciler.plan.values import (
    Blocked,
    Changes,
    Ending,
    Operation,
    Plan,
    Unmanaged,
    Why,
    summarise,
)
from reconciler.rights import Operator, Reason, Rights

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence


_NAMING = frozenset(
    {
        "register",
        "date",
        "revision",
        "operator",
        "others",
        "rules",
        "changes",
        "operations",
        "blocked",
        "unmanaged",
        "ending",
        "violations",
        "summary",
        "other_programs_too",
        "sensitive",
    }
)
"""Fields of a plan that are written and read one by one, as they name consultants, clients, programs or rules."""

PLAIN = tuple(field.name for field in fields(Plan) if field.name not in _NAMING)
"""The others, which are written as they are."""


def encode(plan: Plan) -> dict[str, Any]:
    """What a plan file holds beside the outcome."""
    numbers = sorted(_mentioned_rules(plan))
    place = {number: at for at, number in enumerate(numbers)}
    whole = plan.register

    def block(one: Block) -> dict[str, Any]:
        return {
            "consultants": [whole.consultants.names[i] for i in one.consultants],
            "clients": [whole.clients.names[i] for i in one.clients],
            "programs": programs(one.mask),
        }

    def programs(mask: int) -> list[str]:
        return [whole.programs.names[i] for i in bits(mask)]

    def rules(of: Iterable[int]) -> list[int]:
        return [place[number] for number in of]

    return {
        "register": _register(mentioned(plan)),
        "operator": {
            **_operator(plan.operator),
            "members": [_operator(one) for one in plan.operator.members],
        },
        "others": None if plan.others is None else [_operator(other) for other in plan.others],
        "other-programs-too": plan.other_programs_too,
        "sensitive": programs(plan.sensitive),
        "rules": [pack(plan.rules[number]) for number in numbers],
        "operations": [
            {
                "change": one.change.value,
                **block(one.block),
                "pairs": one.pairs,
                "cells": one.cells,
                "programs-changed": programs(one.programs),
                "rules": rules(one.rules),
                "after": list(one.after),
            }
            for one in plan.operations
        ],
        "blocked": [
            {
                "change": one.change.value,
                "reason": one.reason.value,
                "guardrail": one.guardrail,
                **block(one.block),
                "cells": one.cells,
                "could": None if one.could is None else list(one.could),
                "rules": rules(one.rules),
            }
            for one in plan.blocked
        ],
        "unmanaged": [block(one.block) for one in plan.unmanaged],
        "ending": [{"rule": place[one.rule], "until": one.until.isoformat()} for one in plan.ending],
        "violations": [
            {
                "kind": one.kind.value,
                "guardrail": one.guardrail,
                "fate": one.fate.value,
                "message": pack(one.message),
                "reason": one.reason,
                "blocks": [block(inner) for inner in one.blocks],
                "cells": one.cells,
                "waiver": pack(one.waiver),
            }
            for one in plan.violations
        ],
        **{key(name): pack(getattr(plan, name)) for name in PLAIN},
    }


def _mentioned_rules(plan: Plan) -> set[int]:
    rules = set[int]().union(*(one.rules for one in plan.operations), *(one.rules for one in plan.blocked))
    return rules.union(ending.rule for ending in plan.ending)


def _operator(operator: Operator) -> dict[str, Any]:
    """Without the rights: the verdicts are what came of them."""
    return {"key": operator.key, "label": operator.label, "consultant": operator.consultant}


def _register(register: Register) -> dict[str, Any]:
    people, companies, programs = register.consultants, register.clients, register.programs
    return {
        "label": register.label,
        "timezone": register.timezone,
        "consultants": [
            {"key": key, "label": label, "active": active}
            for key, label, active in zip(people.names, people.labels, people.active.tolist(), strict=True)
        ],
        "clients": [
            {"key": key, "label": label, "connected": connected}
            for key, label, connected in zip(
                companies.names, companies.labels, companies.connected.tolist(), strict=True
            )
        ],
        "programs": [
            {"key": key, "labels": dict(labels), "in-package": bool(programs.package >> i & 1)}
            for i, (key, labels) in enumerate(zip(programs.names, programs.labels, strict=True))
        ],
        "teams": _teams(people),
        "portfolios": _teams(companies),
        "tags": {tag: list(companies.names.pick(ids)) for tag, ids in companies.tags.items()},
    }


def _teams(of: Consultants | Clients) -> list[dict[str, Any]]:
    # a list, as the order counts where two teams are the same people
    return [
        {"team": team, "members": list(of.names.pick(ids)), "whole": team not in of.cut}
        for team, ids in of.teams.items()
    ]


def decode(document: Mapping[str, Any], outcome: Mapping[str, Any], date: dt.date, revision: str) -> Plan:
    """The plan that was encoded, with a register of those that it mentions.

    Args:
        document: from `encode`.
        outcome: as `outcome_document` makes it.
        date: the day of the plan.
        revision: of the state that it was made from.

    Raises:
        ValueError, KeyError, IndexError: where the document does not fit together.
    """
    reader = _Reader(_register_from(document["register"], outcome["bureau"]))
    rules = tuple(unpack(Rule, rule) for rule in document["rules"])
    others = document["others"]
    blocked = tuple(reader.blocked(one, len(rules)) for one in document["blocked"])
    unmanaged = tuple(Unmanaged(reader.block(one)) for one in document["unmanaged"])
    found = reader.changes(outcome["changes"], blocked, unmanaged)
    if sum(document["parts"]) != (len(document["operations"]) if document["operator"]["members"] else 0):
        raise ValueError("parts that are not all of it")
    return Plan(
        register=reader.register,
        date=date,
        revision=revision,
        operator=reader.several(document["operator"]),
        others=None if others is None else tuple(reader.operator(other) for other in others),
        rules=rules,
        changes=found,
        operations=tuple(
            reader.operation(one, number, len(rules)) for number, one in enumerate(document["operations"])
        ),
        blocked=blocked,
        unmanaged=unmanaged,
        ending=tuple(unpack(Ending, one) for one in document["ending"]),
        violations=tuple(reader.violation(one) for one in document["violations"]),
        summary=summarise(found),
        other_programs_too=document["other-programs-too"],
        sensitive=reader.mask(document["sensitive"]),
        **{name: unpack_field(Plan, name, document[key(name)]) for name in PLAIN},
    )


def _register_from(document: Mapping[str, Any], bureau: str) -> Register:
    people, companies, programs = document["consultants"], document["clients"], document["programs"]
    consultants = Names(row["key"] for row in people)
    clients = Names(row["key"] for row in companies)
    package = mask_of(i for i, row in enumerate(programs) if row["in-package"])
    return Register(
        bureau=bureau,
        label=document["label"],
        timezone=document["timezone"],
        consultants=Consultants(
            names=consultants,
            labels=tuple(row["label"] for row in people),
            active=np.array([row["active"] for row in people], dtype=np.bool_),
            teams={row["team"]: consultants.ids(row["members"]) for row in document["teams"]},
            cut=_cut(document["teams"]),
        ),
        clients=Clients(
            names=clients,
            labels=tuple(row["label"] for row in companies),
            connected=np.array([row["connected"] for row in companies], dtype=np.bool_),
            tags={tag: clients.ids(keys) for tag, keys in document["tags"].items()},
            teams={row["team"]: clients.ids(row["members"]) for row in document["portfolios"]},
            cut=_cut(document["portfolios"]),
        ),
        programs=Programs(
            Names(row["key"] for row in programs), tuple(row["labels"] for row in programs), package
        ),
    )


def _cut(teams: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(row["team"] for row in teams if not row["whole"])


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what names consultants, clients and programs of a register."""

    register: Register

    def operator(self, document: Mapping[str, Any]) -> Operator:
        rights = Rights.none(self.register.shape.clients)
        return Operator(document["key"], document["label"], document["consultant"], rights)

    def several(self, document: Mapping[str, Any]) -> Operator:
        members = tuple(self.operator(one) for one in document["members"])
        return replace(self.operator(document), members=members)

    def block(self, document: Mapping[str, Any]) -> Block:
        register = self.register
        return Block(
            tuple(register.consultants.names.ids(document["consultants"]).tolist()),
            tuple(register.clients.names.ids(document["clients"]).tolist()),
            self.mask(document["programs"]),
        )

    def mask(self, names: Sequence[str]) -> int:
        return mask_of(map(self.register.programs.names.id, names))

    def operation(self, document: Mapping[str, Any], number: int, rules: int) -> Operation:
        return Operation(
            change=Change(document["change"]),
            block=self.block(document),
            pairs=document["pairs"],
            cells=document["cells"],
            programs=self.mask(document["programs-changed"]),
            rules=_numbers(document["rules"], rules),
            after=_numbers(document["after"], number),
        )

    def blocked(self, document: Mapping[str, Any], rules: int) -> Blocked:
        could = document["could"]
        return Blocked(
            change=Change(document["change"]),
            reason=Reason(document["reason"]),
            guardrail=document["guardrail"],
            block=self.block(document),
            cells=document["cells"],
            could=None if could is None else tuple(could),
            rules=_numbers(document["rules"], rules),
        )

    def violation(self, document: Mapping[str, Any]) -> Violation:
        return Violation(
            kind=Kind(document["kind"]),
            guardrail=document["guardrail"],
            fate=Fate(document["fate"]),
            message=unpack(Message, document["message"]),
            reason=document["reason"],
            blocks=tuple(self.block(inner) for inner in document["blocks"]),
            cells=document["cells"],
            waiver=None if document["waiver"] is None else unpack(Accepted, document["waiver"]),
        )

    def changes(
        self, rows: Mapping[str, Any], blocked: Sequence[Blocked], unmanaged: Sequence[Unmanaged]
    ) -> Changes:
        shape = self.register.shape
        kinds: dict[Why, list[Block]] = {}
        for one in blocked:
            kinds.setdefault(Why(one.change, one.reason, one.guardrail), []).append(one.block)
        return Changes(
            allowed={change: self.rows(rows[change.value]) for change in Change},
            blocked={kind: Access.from_blocks(shape, blocks) for kind, blocks in kinds.items()},
            unmanaged=Access.from_blocks(shape, (one.block for one in unmanaged)),
            along=self.rows(rows[ALONG]),
        )

    def rows(self, rows: Sequence[Sequence[Any]]) -> Access:
        register = self.register
        consultants = register.consultants.names.ids(row[0] for row in rows)
        clients = register.clients.names.ids(row[1] for row in rows)
        masks = np.array([self.mask(row[2]) for row in rows], dtype=np.uint64)
        return Access.from_rows(register.shape, register.shape.keys(consultants, clients), masks)


def _numbers(given: Sequence[int], count: int) -> tuple[int, ...]:
    if not all(0 <= number < count for number in given):
        raise ValueError("a rule or an operation that is not there")
    return tuple(given)
