"""JSON for machines: plan, results and findings as documents that `schemas/plan.schema.json` describes."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.apply import Item, Result, Results


def to_json(document: Any) -> str:
    """A document as JSON, keys in the order they were put in, with a line break at its end.

    Letters stay as they are; what could act on a terminal, or be a command to whatever runs a pipeline and reads
    its log, is escaped, which reads back the same.
    """
    return f"{_rendered(document, _BREAK)}\n"


_BREAK = "\n"
_WORDS = {None: "null", True: "true", False: "false"}
_COMMAND = re.compile(r"(?<=#)#(?=\w*\[)")
"""What makes a command of a line, wherever it stands in it: ##[error], ##vso[…]; see `safe`."""

_quoted = json.encoder.encode_basestring
"""A string as JSON, letters as they are."""


def _rendered(value: Any, line: str) -> str:
    """As `json.dumps` with an indent of 2, in half the time: that one goes through the document in Python too.

    Args:
        value: any JSON value whose names are texts.
        line: the line break, with the indentation of where the value stands.
    """
    if isinstance(value, str):
        return _text(value)
    if value is None or value is True or value is False:
        return _WORDS[value]
    inner = f"{line}  "
    if isinstance(value, dict) and value:
        parts = [f"{_text(name)}: {_rendered(held, inner)}" for name, held in value.items()]
        return f"{{{inner}{f',{inner}'.join(parts)}{line}}}"
    if isinstance(value, list | tuple) and value:
        parts = [_rendered(held, inner) for held in value]
        return f"[{inner}{f',{inner}'.join(parts)}{line}]"
    return json.dumps(value)


@lru_cache(maxsize=1 << 14)
def _text(value: str) -> str:
    """A string as JSON; names stand in a document again and again."""
    text = _quoted(value)
    if "##" in text:
        text = _COMMAND.sub(r"\\u0023", text)
    return text if text.isprintable() else _escaped(text)


def _escaped(text: str) -> str:
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


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
