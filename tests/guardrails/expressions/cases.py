"""Inputs and expressions for tests, and the second opinion."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from pathlib import Path
from typing import Any

import cel
from hypothesis import strategies as st

from reconciler.desired import load
from reconciler.guardrails.expressions import compiled
from reconciler.guardrails.expressions.engine import Compiled, Refused
from reconciler.guardrails.expressions.examples import inputs

ROOT = Path(__file__).parents[3]
DAY = dt.date(2026, 11, 24)

CASE: dict[str, Any] = {
    "action": "grant",
    "access": True,
    "programs": ["payroll"],
    "held": [],
    "result": ["payroll"],
    "date": DAY,
    "consultant.key": "anna@x.example",
    "consultant.name": "Anna Lind",
    "consultant.tags": ["authorised", "temporary"],
    "consultant.teams": ["malmo"],
    "consultant.leads": ["malmo"],
    "consultant.active": True,
    "client.key": "1042",
    "client.name": "Sofielunds Bageri AB",
    "client.tags": [],
    "client.teams": ["malmo"],
    "rules": [
        {"name": "own-team"},
        {"name": "cover", "until": "2027-03-31", "reason": "parental leave", "ticket": "BYR-1"},
    ],
}


def program(text: str) -> Compiled:
    """An expression that there is nothing wrong with."""
    found = compiled(text)
    assert not isinstance(found, Refused), [str(fault.message) for fault in found.faults]
    return found


def documented(tmp_path: Path) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """By name every expression of the docs and of the example bureau, with its examples as inputs."""
    page = (ROOT / "docs" / "yaml.md").read_text("utf-8")
    blocks = re.findall(r"^```yaml\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    texts = [text for text in blocks if "  expressions:" in text]
    texts += [path.read_text("utf-8") for path in sorted((ROOT / "policies").glob("*.yaml"))]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
    entries = load(tmp_path).sections["guardrails.expressions"]
    return {
        name: (entry.value["must"], [inputs(*example.values()) for example in entry.value["examples"]])
        for name, entry in entries.items()
    }


def second_opinion(text: str, given: dict[str, Any]) -> bool:
    """Whether `common-expression-language` finds an expression exactly true."""
    variables: dict[str, Any] = {}
    for name, value in given.items():
        group, _, what = name.partition(".")
        if isinstance(value, dt.date):
            value = _day(value.isoformat())  # noqa: PLW2901 - what the other engine takes
        if what:
            variables.setdefault(group, {})[what] = value
        else:
            variables[name] = value
    context = cel.Context(variables, {"day": _day, "days": lambda number: dt.timedelta(days=number)})
    try:
        return cel.evaluate(text, context) is True
    except (RuntimeError, ValueError, TypeError, LookupError, ArithmeticError):
        return False


def _day(text: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(text), dt.time(), dt.UTC)


WORDS = ["payroll", "payments", "bookkeeping", "temporary", "malmo", "anna@x.example", "1042", ""]
words = st.sampled_from(WORDS)
lists = st.lists(words, max_size=3)
dates = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> list[dict[str, str]]:
    """Rules that say what they like, but for the name, which they always say."""
    day = dates.map(dt.date.isoformat)
    fields = {
        "reason": words.filter(bool),
        "ticket": st.sampled_from(["BYR-1", "x"]),
        "until": day,
        "from": day,
    }
    one = st.fixed_dictionaries({"name": words.filter(bool)}, optional=fields)
    return draw(st.lists(one, max_size=3))


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Any case."""
    drawn: dict[str, Any] = {}
    for name, value in CASE.items():
        if isinstance(value, bool):
            drawn[name] = draw(st.booleans())
        elif isinstance(value, str):
            drawn[name] = draw(words)
        elif isinstance(value, dt.date):
            drawn[name] = draw(dates)
        else:
            drawn[name] = draw(rules() if name == "rules" else lists)
    return drawn | {"action": draw(st.sampled_from(["grant", "remove"]))}


_text = st.sampled_from([f'"{word}"' for word in WORDS])
_list = st.sampled_from([name for name, value in CASE.items() if isinstance(value, list) and name != "rules"])
_variable = st.sampled_from(["consultant.key", "consultant.name", "client.key", "client.name"])
_ends = dates.map(lambda day: f'day("{day.isoformat()}")')
_atom = st.one_of(
    st.sampled_from(
        ["access", "consultant.active", 'action == "grant"', 'action in ["remove"]', "true", "false"]
    ),
    st.builds("{} in {}".format, _text, _list),
    st.builds("{} {} {}".format, _variable, st.sampled_from(["==", "!="]), st.one_of(_text, _variable)),
    st.builds("{} in [{}, {}]".format, _variable, _text, _text),
    st.builds("{}.{}({})".format, _variable, st.sampled_from(["startsWith", "endsWith", "contains"]), _text),
    st.builds("size({}) {} {}".format, _list, st.sampled_from(["==", "<", ">="]), st.integers(0, 3)),
    st.builds("{}.{}(one, one in {})".format, _list, st.sampled_from(["exists", "all", "exists_one"]), _list),
    st.builds("{}.exists(one, one == {})".format, _list, _text),
    st.builds("size({}.filter(one, one != {})) > 0".format, _list, _text),
    st.builds("date {} {}".format, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), _ends),
    st.builds("date + days({}) < {}".format, st.integers(-400, 400), _ends),
    st.builds("date - {} > days({})".format, _ends, st.integers(-400, 400)),
    st.builds(
        "date.{}() == {}".format,
        st.sampled_from(["getMonth", "getDayOfWeek", "getFullYear"]),
        st.integers(0, 6),
    ),
    st.builds("rules.{}(rule, rule.name == {})".format, st.sampled_from(["exists", "all"]), _text),
    st.builds(
        "rules.{}(rule, has(rule.until) && day(rule.until) <= date + days({}))".format,
        st.sampled_from(["exists", "all"]),
        st.integers(-300, 300),
    ),
    st.sampled_from(
        [
            'rules.exists(rule, has(rule.ticket) && rule.ticket.matches("^BYR-[0-9]+$"))',
            "rules.all(rule, !has(rule.reason) || size(rule.reason) > 4)",
            "size(rules) == 1 && rules[0].name == consultant.key",
            "rules[0].name == client.name",
            "1 / size(programs) == 1",
            "day(consultant.name) < date",
            "rules.map(rule, rule.name) == programs",
        ]
    ),
)
expressions = st.recursive(
    _atom,
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
    ),
    max_leaves=5,
)
"""Expressions in the words of the docs; some cannot be evaluated in some cases."""
