"""SARIF 2.1.0 (OASIS), which code scanners and editors read; with no more results than GitHub shows."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from reconciler.formats.json import to_json
from reconciler.formats.remarks.places import Places
from reconciler.formats.remarks.remark import ELSEWHERE, Remark, fingerprints, worst_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.errors import Position
    from reconciler.formats.catalogue import Catalogue

RESULTS = 5_000
"""Results of a run that are shown; what is beyond them is told in a notification."""

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_ROOT = "SRCROOT"
"""What paths are relative to: the root of the repository, wherever it is."""


def sarif(remarks: Sequence[Remark], say: Catalogue) -> str:
    """A log with one run; the worst results first."""
    ordered, places = worst_first(remarks), Places()
    marks = list(fingerprints(ordered))[:RESULTS]
    shown = ordered[:RESULTS]
    rules = {rule: number for number, rule in enumerate(sorted({remark.rule for remark in shown}))}
    run = {
        "tool": {"driver": {"name": "reconciler", "version": version("reconciler"), "rules": _rules(rules)}},
        "language": say.language,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(len(ordered) - len(shown), say)],
        "results": [
            _result(remark, mark, rules[remark.rule], places, say)
            for remark, mark in zip(shown, marks, strict=True)
        ],
    }
    return to_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(rules: Iterable[str]) -> list[dict[str, Any]]:
    # a code is the words that it stands for
    return [{"id": rule, "shortDescription": {"text": rule.replace("-", " ")}} for rule in rules]


def _invocation(hidden: int, say: Catalogue) -> dict[str, Any]:
    if not hidden:
        return {"executionSuccessful": True}
    text = say.count("{n} more result is left out.", "{n} more results are left out.", hidden)
    notification = {"level": "warning", "message": {"text": text}}
    return {"executionSuccessful": True, "toolExecutionNotifications": [notification]}


def _result(remark: Remark, mark: str, rule: int, places: Places, say: Catalogue) -> dict[str, Any]:
    text = remark.message
    if remark.hint:
        text += "\n" + say("hint: {hint}", hint=remark.hint)
    result: dict[str, Any] = {
        "ruleId": remark.rule,
        "ruleIndex": rule,
        "level": remark.level.value,
        "message": {"text": text},
        "locations": [_location(remark.position or ELSEWHERE, places)],
        "partialFingerprints": {"reconciler/v1": mark},
    }
    if remark.also:
        result["relatedLocations"] = [_location(place, places) for place in dict.fromkeys(remark.also)]
    return result


def _location(position: Position, places: Places) -> dict[str, Any]:
    uri = places.uri(position.file)
    artifact = {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": _ROOT}
    region = {"startLine": max(position.line, 1), "startColumn": max(position.column, 1)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}}
