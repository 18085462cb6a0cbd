"""Rules that give together what nobody may hold together, as far as that shows without a register.

Two selectors surely meet where one says all that the other says and perhaps more: `team:self & tag:payroll` is within
`team:self`, a lead is a member, everybody is within `all`. What only the register can tell is told by `validate`
against the register, exactly; then this is not asked.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

from reconciler.desired.checks import exceptions, texts
from reconciler.desired.read_duties import said_together
from reconciler.desired.selectors import Both, Either, Kind, Not, Tree, Word, parse
from reconciler.errors import Message, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.desired.policy import Entry, Policy
    from reconciler.errors import Finding

_MOST = 200
"""Rules that give any program of a set, and are held against each other."""

_TOLD = 20
"""Contradictions that are told of each set."""

_All = frozenset({"all"})


def contradictions(policy: Policy, rules: Collection[str]) -> Iterator[Finding]:
    """A warning for each rule that gives a whole set, and for each two rules that do so at the same pairs.

    Args:
        policy: from `load`.
        rules: the names of the assignments that count.
    """
    bundles = policy.sections["bundles"]
    gives = {name: given(policy.assignments[name].value, bundles) for name in rules}
    for entry in policy.sections["guardrails.never-together"].values():
        wanted = names_of(said_together(entry)[1], bundles)
        if wanted and "all" not in wanted:
            yield from _of_set(entry, wanted, policy.assignments, gives)


def _told(rules: tuple[Entry, ...], together: Entry) -> Finding:
    """What to say about rules that give all of a set."""
    message = Message(
        "“{name}” says that nobody may hold this together, and the rules give it: {rules}",
        name=together.name,
        rules=", ".join(rule.name for rule in rules),
    )
    hint = Message("what would complete the set is held back, unless a waiver accepts it")
    found = rules[0].key_finding("never-together", message, hint)
    also = tuple(one.position for one in (*rules[1:], together))
    return replace(found, severity=Severity.WARNING, also=also)


def _of_set(
    together: Entry, wanted: frozenset[str], rules: Mapping[str, Entry], gives: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    some = [name for name, programs in gives.items() if programs == _All or programs & wanted][:_MOST]
    alone = [name for name in some if gives[name] == _All or wanted <= gives[name]]
    found: list[tuple[str, ...]] = [(name,) for name in alone]
    rest = [name for name in some if name not in set(alone)]
    found += [
        (one, other)
        for one, other in combinations(rest, 2)
        if wanted <= gives[one] | gives[other] and _meet(rules[one].value, rules[other].value)
    ]
    for names in found[:_TOLD]:
        yield _told(tuple(rules[name] for name in names), together)


def names_of(written: Any, bundles: Mapping[str, Entry]) -> frozenset[str]:
    """The programs that a list names, bundles opened; {"all"} where it is the whole package."""
    ahead, opened, names = [text for _, text in texts(written, ())], set[str](), set[str]()
    while ahead:
        text = ahead.pop()
        if text == "all":
            return _All
        if not text.startswith("+"):
            names.add(text)
        elif text[1:] in bundles and text not in opened:
            opened.add(text)
            ahead += [inner for _, inner in texts(bundles[text[1:]].value, ())]
    return frozenset(names)


def given(rule: Mapping[str, Any], bundles: Mapping[str, Entry]) -> frozenset[str]:
    """The programs that a rule surely gives wherever it reaches; none where exceptions leave that open."""
    names = names_of(rule["programs"], bundles)
    for _, block in exceptions(rule):
        if "programs" not in block or names == _All:
            return frozenset()
        names -= names_of(block["programs"], bundles)
    return names


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rules surely cover a pair together, if they cover any."""
    return all(
        any(
            within(first, second) or within(second, first)
            for first in map(parse, _listed(one[side]))
            for second in map(parse, _listed(other[side]))
        )
        for side in ("who", "clients")
    )


def _listed(written: Any) -> list[str]:
    return [text for _, text in texts(written, ())]


def within(inner: Tree, outer: Tree) -> bool:
    """Whether all that one selector selects is surely selected by the other."""
    match outer, inner:
        case Both(parts), _:
            sure = all(within(inner, part) for part in parts)
        case Either(parts), _:
            sure = any(within(inner, part) for part in parts)
        case _, Either(parts):
            sure = all(within(part, outer) for part in parts)
        case _, Both(parts):
            sure = any(within(part, outer) for part in parts)
        case Word(), _ if outer.kind is Kind.ALL:
            sure = True
        case Word(), Word():
            sure = _is_one_of(inner, outer)
        case Not(), Not():
            sure = within(outer.inner, inner.inner)
        case _:
            sure = False
    return sure


_MEMBERS = {Kind.LEAD: Kind.TEAM, Kind.EACH_LEAD: Kind.EACH_TEAM}


def _is_one_of(inner: Word, outer: Word) -> bool:
    """Whether a word selects a part of what another does, wherever the two stand."""
    same = (inner.kind, inner.name) == (outer.kind, outer.name)
    return same or (_MEMBERS.get(inner.kind), inner.name) == (outer.kind, outer.name)
