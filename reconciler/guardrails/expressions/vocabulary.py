"""What an expression may look at: its variables, and what they are where an example leaves them out."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Kind(StrEnum):
    """What a variable holds."""

    TEXT = "text"
    TEXTS = "texts"
    TRUTH = "truth"
    DAY = "day"
    RULES = "rules"


Value: TypeAlias = "str | bool | dt.date | Sequence[str] | Sequence[Mapping[str, str]]"
"""What a variable can be; which of them, its Kind says. Several are a list, as engines take no tuples."""

VARIABLES: Mapping[str, Kind] = {
    "action": Kind.TEXT,
    "access": Kind.TRUTH,
    "programs": Kind.TEXTS,
    "held": Kind.TEXTS,
    "result": Kind.TEXTS,
    "date": Kind.DAY,
    "consultant.key": Kind.TEXT,
    "consultant.name": Kind.TEXT,
    "consultant.tags": Kind.TEXTS,
    "consultant.teams": Kind.TEXTS,
    "consultant.leads": Kind.TEXTS,
    "consultant.active": Kind.TRUTH,
    "client.key": Kind.TEXT,
    "client.name": Kind.TEXT,
    "client.tags": Kind.TEXTS,
    "client.teams": Kind.TEXTS,
    "rules": Kind.RULES,
}
"""Every variable, with its name in expressions; docs/yaml.md says what each means."""

ACTIONS = ("grant", "remove")
"""What `action` can be."""

RULE_FIELDS = ("name", "reason", "ticket", "from", "until")
"""What an item of `rules` may say; but for the name, only what the rule says is there."""

NEUTRAL_DAY = dt.date(2000, 1, 1)
"""The `date` of an example that names none."""

NEUTRAL: Mapping[Kind, Value] = {
    Kind.TEXT: "",
    Kind.TEXTS: list[str](),
    Kind.TRUTH: False,
    Kind.DAY: NEUTRAL_DAY,
    Kind.RULES: list[str](),
}
"""What an example's variables are that it leaves out, unless `examples` knows better."""
