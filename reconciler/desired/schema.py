"""One document against `schemas/policy.schema.json`: the fast validator accepts, the other one explains.

jsonschema_rs decides 100,000 rules in milliseconds; jsonschema names the keyword that failed, from which
the sentences below are made. Only the entries that the fast one refused are explained.
"""

from __future__ import annotations

import json
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, Message
from reconciler.resources import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import jsonschema_rs
    from jsonschema import ValidationError

    from reconciler.desired.document import Document, Path, Value

POLICY = "schemas/policy.schema.json"

MOST = 50
"""How many findings a document gets at most."""

_TYPES: dict[tuple[str, ...], Message] = {
    ("object",): Message("“{key}” takes names with values, such as “name: value”"),
    ("string",): Message("“{key}” takes one word or text"),
    ("string", "array"): Message("“{key}” takes one text or a list of texts"),
    ("object", "array"): Message("“{key}” takes names with values, or a list of such blocks"),
    ("string", "integer"): Message("“{key}” takes a number"),
    ("string", "boolean"): Message("“{key}” takes true or false"),
    ("string", "object", "array"): Message(
        "“{key}” takes the key of the bureau, or clients and programs, or a list of these"
    ),
}
_AMOUNT = Message("“{value}” is neither a number nor a part in percent")
_AMOUNT_HINT = Message("write a number such as 50, or 2%")
_WHOLE = Message("“{value}” is not a whole number")
_WHOLE_HINT = Message("write a number such as 50")
_AMOUNTS = ("removals", "removals-per-client", "removals-per-consultant")
_WHOLES = (
    "grants",
    "operations",
    "consultants-per-client",
    "system-administrators-per-client",
    "above",
    "until-within",
)
_PATTERNS: dict[str, Message] = {
    "from": Message("“{value}” is not a date"),
    "until": Message("“{value}” is not a date"),
    "date": Message("“{value}” is not a date"),
    "reason": Message("“{value}” is neither true nor false"),
    **dict.fromkeys(_AMOUNTS, _AMOUNT),
    **dict.fromkeys(_WHOLES, _WHOLE),
}
_PATTERN_HINTS: dict[str, Message] = {
    "from": Message("write year-month-day, such as 2027-03-31"),
    "until": Message("write year-month-day, such as 2027-03-31"),
    "date": Message("write year-month-day, such as 2027-03-31"),
    "reason": Message("write true where a rule must give a reason"),
    **dict.fromkeys(_AMOUNTS, _AMOUNT_HINT),
    **dict.fromkeys(_WHOLES, _WHOLE_HINT),
}
_MOVED: dict[Path, Message] = {
    ("manage", "max-removals"): Message("write it as “removals” under “limits” under “guardrails”"),
}
"""Where keys of earlier versions are now."""


def check(document: Document, instance: Value, name: str = POLICY) -> tuple[list[Finding], list[Path]]:
    """Check a document.

    Args:
        document: for the positions.
        instance: its data, perhaps without sections that are empty.
        name: of the schema, as `resource` knows it.

    Returns:
        What is wrong, in the order of the file and at most MOST; and the paths of all that is wrong.
    """
    fast = _fast(name)
    if fast.is_valid(instance):
        return [], []
    paths = [tuple(error.instance_path) for error in fast.iter_errors(instance)]
    # the sections of a policy hold entries by name; those of another file may be of one piece
    suspects = _suspects(instance, paths) if name == POLICY else instance
    errors = list(islice(_explainer(name).iter_errors(suspects), MOST))
    found = [finding for error in errors for finding in _explain(document, error)]
    found.sort(key=lambda finding: (finding.position is not None and finding.position, finding.code))
    return found[:MOST], paths


@cache
def _schema(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads(resource(name).read_text("utf-8"))
    return loaded


@cache
def _fast(name: str) -> jsonschema_rs.Validator:
    import jsonschema_rs

    return jsonschema_rs.validator_for(dict(_schema(name)))


@cache
def _explainer(name: str) -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(dict(_schema(name)))


def _suspects(instance: Value, paths: list[Path]) -> Value:
    """Only the entries that are wrong, where all that is wrong is in entries."""
    if not isinstance(instance, dict) or any(len(path) < 2 for path in paths):
        return instance
    suspects: dict[str, Value] = {}
    for section, name, *_ in paths:
        entries, kept = instance[str(section)], suspects.setdefault(str(section), {})
        assert isinstance(entries, dict)
        assert isinstance(kept, dict)
        kept[str(name)] = entries[str(name)]
    return suspects


def _explain(document: Document, error: ValidationError) -> Iterator[Finding]:
    name = "propertyNames" in error.absolute_schema_path
    explain = _bad_name if name else _EXPLAIN.get(str(error.validator), _other)
    yield from explain(document, tuple(error.absolute_path), error)


def _key_node(document: Document, path: Path, key: str) -> int:
    """The node of a key of the mapping that a path leads to."""
    value: Any = document.root
    for step in path:
        value = value[step]
    return document.keys(document.node(path), value)[key]


def _name_node(document: Document, path: Path) -> int:
    """The node of the key that names what a path leads to; of the thing itself where it has none."""
    if path and isinstance(path[-1], str):
        return _key_node(document, path[:-1], path[-1])
    return document.node(path)


def _key(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _unknown_key(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    schema: Any = error.schema
    instance: Any = error.instance
    for key in instance:
        if key not in schema["properties"]:
            message = Message("“{key}” is not known here", key=key)
            hint = (
                _MOVED.get((*path, key))
                or did_you_mean(key, list(schema["properties"]))
                or Message("known are: {keys}", keys=", ".join(schema["properties"]))
            )
            yield document.finding("unknown-key", message, _key_node(document, path, key), hint)


def _missing_key(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    required: Any = error.validator_value
    instance: Any = error.instance
    missing = next(key for key in required if key not in instance and f"'{key}'" in error.message)
    message = Message("“{name}” has no “{key}”", name=_key(path), key=missing)
    yield document.finding("missing-key", message, _name_node(document, path))


def _until_without_reason(document: Document, path: Path, _error: ValidationError) -> Iterator[Finding]:
    message = Message("“{name}” ends, and no reason is given", name=_key(path))
    hint = Message("add “reason:”, so that it can be judged when it ends")
    yield document.finding("until-without-reason", message, _key_node(document, path, "until"), hint)


def _bad_name(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    name = str(error.instance)
    message = Message("“{name}” cannot be a name here", name=name)
    hint = Message("use letters, digits, “-”, “_” and “.”; no spaces")
    yield document.finding("bad-name", message, _key_node(document, path, name), hint)


def _wrong_type(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    if error.instance == "":
        yield from _empty(document, path, error)
        return
    types: Any = error.validator_value
    wanted = (types,) if isinstance(types, str) else tuple(types)
    if wanted not in _TYPES:
        yield from _other(document, path, error)
        return
    text = _TYPES[wanted].text
    if not path:
        message = Message("this file takes names with values, such as “name: value”")
        yield document.finding("wrong-type", message, 0)
        return
    yield document.finding("wrong-type", Message(text, key=_key(path)), document.node(path))


def _empty(document: Document, path: Path, _error: ValidationError) -> Iterator[Finding]:
    message = Message("nothing stands in “{key}”", key=_key(path))
    hint = Message("write a value, or delete the line")
    yield document.finding("empty-value", message, _name_node(document, path), hint)


def _not_one_of(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    if error.instance == "":
        yield from _empty(document, path, error)
        return
    # what an editor takes for true or false is a text to our reader
    every: Any = error.validator_value
    choices = [choice for choice in every if isinstance(choice, str)]
    message = Message("“{value}” is not one of: {choices}", value=error.instance, choices=", ".join(choices))
    hint = did_you_mean(str(error.instance), choices)
    yield document.finding("not-a-choice", message, document.node(path), hint)


def _bad_pattern(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    key = _key(path)
    if key not in _PATTERNS:
        yield from _other(document, path, error)
        return
    message = Message(_PATTERNS[key].text, value=error.instance)
    yield document.finding("bad-value", message, document.node(path), _PATTERN_HINTS[key])


def _not_one_key(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    """Of several keys exactly one must be there, with what belongs to it."""
    choices: Any = error.validator_value
    keys = [key for choice in choices for key in choice.get("required", ())]
    message = Message("“{name}” takes exactly one of: {keys}", name=_key(path), keys=", ".join(keys))
    yield document.finding("one-key", message, _name_node(document, path))


def _none_of_these(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    """Of several keys at least one must be there."""
    choices: Any = error.validator_value
    keys = [key for choice in choices for key in choice.get("required", ())]
    message = Message("“{name}” takes at least one of: {keys}", name=_key(path), keys=", ".join(keys))
    yield document.finding("missing-key", message, _name_node(document, path))


def _other(document: Document, path: Path, error: ValidationError) -> Iterator[Finding]:
    message = Message("“{key}” is not as the schema says: {why}", key=_key(path), why=error.message[:200])
    yield document.finding("schema", message, document.node(path))


_EXPLAIN: dict[str, Callable[[Document, Path, ValidationError], Iterator[Finding]]] = {
    "additionalProperties": _unknown_key,
    "anyOf": _none_of_these,
    "dependentRequired": _until_without_reason,
    "enum": _not_one_of,
    "minItems": _empty,
    "minLength": _empty,
    "minProperties": _empty,
    "oneOf": _not_one_key,
    "pattern": _bad_pattern,
    "required": _missing_key,
    "type": _wrong_type,
}
