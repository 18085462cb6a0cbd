"""JSON for machines: plan, results and findings as documents that `schemas/plan.schema.json` describes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.apply import Item, Result, Results

_BREAK = "\n"
_COMMAND = re.compile(r"(?<=#)#(?=\w*\[)")
"""What makes a command of a line, wherever it stands in it: ##[error], ##vso[…]; see `safe`."""


def to_json(document: Any) -> str:
    """A document as JSON, keys in the order they were put in, with a line break at its end.

    Letters stay as they are; what could act on a terminal, or be a command to whatever runs a pipeline and reads
    its log, is escaped, which reads back the same. Either can only stand in a text of the document.
    """
    text = _rendered(document)
    if "##" in text:
        text = _COMMAND.sub(r"\\u0023", text)
    return f"{text if text.replace(_BREAK, '').isprintable() else _escaped(text)}\n"


def _rendered(document: Any) -> str:
    import orjson

    try:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONEncodeError:  # half a character of a file's name, a number of more than 64 bits
        return json.dumps(document, ensure_ascii=False, indent=2)


def _escaped(text: str) -> str:
    codes = {ord(c): json.dumps(c)[1:-1] for c in set(text) if c != _BREAK and not c.isprintable()}
    return text.translate(codes)


def results_document(results: Results) -> dict[str, Any]:
    """What became of a plan, in names."""
    return {
        "run": results.run,
        "clean": results.clean,
        "interrupted": results.interrupted,
        "stopped": str(results.stopped) if results.stopped else None,
        "outcomes": {outcome.value: count for outcome, count in sorted(results.outcomes.items())},
        "operations": [_result(result) for result in results.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "operation": result.operation,
        "kind": result.order.kind.value,
        "ended": result.ended.value,
        "job": result.job,
        "problem": str(result.problem) if result.problem else None,
        "items": [_item(item) for item in result.items],
        "missing": [list(cell) for cell in result.missing],
        "unexpected": [list(cell) for cell in result.unexpected],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "consultant": item.consultant,
        "client": item.client,
        "access": item.access,
        "programs": list(item.programs),
        "outcome": item.outcome.value,
        "reason": item.reason,
    }
