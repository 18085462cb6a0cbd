"""The plan file: a plan as bytes, bound to what it was made from, and read back with suspicion.

    bound-to    the YAML and its commit, the backend and its revision, operator, date, scope, version
    outcome     exactly what apply would do; its digest is what is approved
    plan        all that is needed to print the plan again
    integrity   SHA-256 over the RFC 8785 form of all else

`integrity` finds what was altered by accident, in an editor or on the way; whoever alters a file on purpose can write
it anew. Against that stand the signature, the digest that a reviewer approved, and that apply plans again.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from reconciler.errors import InputError, Message
from reconciler.grid import Access
from reconciler.plan.encode import decode, encode
from reconciler.plan.outcome import joined, outcome_bytes, outcome_document, sha256
from reconciler.plan.plain import pack, unpack
from reconciler.plan.values import count_cells

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import jsonschema_rs

    from reconciler.plan.values import Plan

FORMAT = "reconciler-plan-file/1"
"""Name and version; the number grows when a reader of the old one would be misled."""

LARGEST = 256_000_000
"""Bytes of a file that is read at all; a first plan for a million pairs has about 100 million."""

_ANY_FORMAT = re.compile(r"reconciler-plan-file/([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class State:
    """How large the state was that a plan was made from.

    Attributes:
        consultants: how many there were.
        clients: how many.
        pairs: how many of them had access.
    """

    consultants: int
    clients: int
    pairs: int


@dataclass(frozen=True, slots=True)
class Bound:
    """What a plan was made from.

    Attributes:
        policies: digest of what the YAML says, in hex.
        commit: of the repository that the YAML stands in; None where there is none.
        changed: whether the YAML differed from that commit; None where there is none.
        backend: kind of the backend.
        bureau: key.
        revision: of the state.
        operator: key of who would do it.
        date: the day that it was made for.
        scope: what was asked for, as `pack` writes it.
        state: the size of the state.
        tool_version: of reconciler.
    """

    policies: str
    commit: str | None
    changed: bool | None
    backend: str
    bureau: str
    revision: str
    operator: str
    date: dt.date
    scope: Mapping[str, Any]
    state: State
    tool_version: str


@dataclass(frozen=True, slots=True, eq=False)
class PlanFile:
    """A plan file that was read.

    Attributes:
        bound: what its plan was made from.
        plan: the plan, with a register of those that it mentions.
        digest: of its outcome: what is approved.
    """

    bound: Bound
    plan: Plan
    digest: str


def write_plan_file(plan: Plan, bound: Bound) -> bytes:
    """The bytes of a plan file: canonical JSON, the same for the same plan.

    Raises:
        InputError: where a name or a text cannot be written as JSON.
    """
    import rfc8785

    try:
        outcome = outcome_bytes(plan)
        parts = {name: rfc8785.dumps(value) for name, value in _beside(plan, bound, sha256(outcome)).items()}
        parts["outcome"] = outcome
        integrity = rfc8785.dumps(sha256(joined(parts)))
        return joined({**parts, "integrity": integrity})
    except ValueError:
        raise InputError(
            Message("the plan cannot be written: a name in it holds what is no character of Unicode"),
            Message("look for names of YAML files that are not UTF-8"),
        ) from None


def read_plan_file(content: bytes, name: str = "") -> PlanFile:
    """The plan in a plan file, and what it is bound to.

    Args:
        content: all of the file; of one that is too large, more than LARGEST bytes are enough.
        name: of the file, for the reason; "" where it has none.

    Raises:
        InputError: with the reason: it is too large, cut off, altered, not a plan file, of a newer version, or does
            not fit together.
    """
    try:
        return _read(content)
    except _Unusable as error:
        cannot = Message("the plan file {file} cannot be used: {why}", file=name, why=error.why)
        raise InputError(
            cannot if name else Message("the plan that was kept cannot be used: {why}", why=error.why),
            Message("make a new one with “reconciler plan --out FILE”"),
        ) from None


class _Unusable(Exception):
    """Why a file is no plan file that can be used."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


def _read(content: bytes) -> PlanFile:
    try:
        whole = _checked_format(_parsed(content))
        document = {name: value for name, value in whole.items() if name != "integrity"}
        altered = not _is_digest(whole.get("integrity"), document)
    except RecursionError:
        raise _Unusable(Message("it is nested too deeply")) from None
    if altered:
        raise _Unusable(Message("it was altered after it was written: its checksum does not fit"))
    if not _schema().is_valid(whole):
        why = next(iter(_schema().iter_errors(whole))).message[:200]
        raise _Unusable(Message("it is not as the schema says: {why}", why=why))
    try:
        found = _fitted(document)
    except (ValueError, TypeError, KeyError, IndexError):
        found = None
    if found is None:
        raise _Unusable(Message("its parts do not fit together"))
    return found


def _is_digest(given: object, document: Any) -> bool:
    """Whether this is the digest of a document; what RFC 8785 cannot write has none."""
    import rfc8785

    try:
        return given == sha256(rfc8785.dumps(document))
    except ValueError:
        return False


def _fitted(document: Mapping[str, Any]) -> PlanFile | None:
    """What a document says, unless anything of it is lost, or read otherwise than it was written."""
    bound = unpack(Bound, document["bound-to"])
    plan = decode(document["plan"], document["outcome"], bound.date, bound.revision)
    again = {**_beside(plan, bound, plan.digest), "outcome": outcome_document(plan)}
    fits = again == document and _shows_all(plan)
    return PlanFile(bound, plan, document["digest"]) if fits else None


def _beside(plan: Plan, bound: Bound, digest: str) -> dict[str, Any]:
    """What a plan file holds beside the outcome."""
    return {"format": FORMAT, "bound-to": pack(bound), "digest": digest, "plan": encode(plan)}


def _shows_all(plan: Plan) -> bool:
    """Whether everything that would be done stands in an operation, where a reader sees it, with its figures."""
    for change, rows in plan.changes.allowed.items():
        operations = [one for one in plan.operations if one.change is change]
        blocks = (replace(one.block, mask=one.programs) for one in operations)
        masks, there = Access.from_blocks(rows.shape, blocks).masks_at(rows.keys)
        if not there.all() or (rows.masks & ~masks).any():
            return False
        if sum(one.cells for one in operations) != count_cells(change, rows):
            return False
    return True


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > LARGEST:
        raise _Unusable(Message("it is larger than {n} million bytes", n=LARGEST // 1_000_000))
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data"
        raise _Unusable(Message("it is cut off") if cut else Message("it is not JSON")) from None
    try:
        document = json.loads(text, object_pairs_hook=_once, parse_float=_no, parse_constant=_no)
    except json.JSONDecodeError as error:
        cut = text.startswith("{") and (error.pos >= len(text) or not text.rstrip().endswith("}"))
        raise _Unusable(Message("it is cut off") if cut else Message("it is not JSON")) from None
    except ValueError:  # a number of thousands of digits
        raise _Unusable(Message("it is not JSON")) from None
    if not isinstance(document, dict):
        raise _Unusable(Message("it is not a plan file"))
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _Unusable(Message("“{name}” stands in it twice", name=twice))
    return found


def _no(number: str) -> NoReturn:
    raise _Unusable(Message("it holds the number {number}, which no plan file does", number=number[:40]))


def _checked_format(document: dict[str, Any]) -> dict[str, Any]:
    said = document.get("format")
    known = _ANY_FORMAT.fullmatch(said) if isinstance(said, str) else None
    if known is None:
        raise _Unusable(Message("it is not a plan file"))
    if said != FORMAT:
        raise _Unusable(Message("its format is {format}, which this version does not know", format=said))
    return document


@cache
def _schema() -> jsonschema_rs.Validator:
    import jsonschema_rs

    from reconciler.resources import resource

    return jsonschema_rs.validator_for(
        json.loads(resource("schemas/plan-file.schema.json").read_text("utf-8"))
    )
