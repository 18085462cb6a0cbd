"""The variables of expressions over the rows of a plan, each as classes and their values."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.values import RuleKind, Standing
from reconciler.grid import PAIR_CHANGES, Change, Half
from reconciler.grid.arrays import bits
from reconciler.guardrails.expressions.rows import Column, numbered
from reconciler.guardrails.expressions.vocabulary import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.desired import Desired, Rule
    from reconciler.grid import Access, Names
    from reconciler.grid.arrays import Ids, Masks
    from reconciler.guardrails.case import Case
    from reconciler.guardrails.expressions.engine import Look
    from reconciler.guardrails.expressions.vocabulary import Value

_FEW = 20
"""Programs of which all sets there could be are numbered without sorting."""


class Facts:
    """What expressions may look at in one case; what a variable needs is worked out when it is asked for.

    Args:
        case: what a plan would change.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._by_id: dict[str, tuple[Ids, Sequence[Value]]] = {}
        self._batches = {
            Change.GIVE_ACCESS: _Batch(self, Change.GIVE_ACCESS, case.give),
            Change.ADD_PROGRAMS: _Batch(self, Change.ADD_PROGRAMS, case.add),
            Change.REMOVE_PROGRAMS: _Batch(self, Change.REMOVE_PROGRAMS, case.remove),
            Change.REMOVE_ACCESS: _Batch(self, Change.REMOVE_ACCESS, case.take),
        }

    def rows(self, change: Change) -> Access:
        """The pairs that a kind of change is about, with the programs that change."""
        return self._batches[change].rows

    def columns(self, look: Look, change: Change) -> dict[str, Column]:
        """The variables that an expression looks at, over the rows of a kind of change."""
        only = look.only or {}
        return {name: self._batches[change].column(name, only.get(name)) for name in look.variables}

    @property
    def case(self) -> Case:
        """What a plan would change."""
        return self._case

    @cached_property
    def after(self) -> Access:
        """All access that there would be afterwards."""
        return self._case.after

    @cached_property
    def rules(self) -> Sequence[Mapping[str, str]]:
        """The rules as expressions see them: only what a rule says is there."""
        return [_rule(rule) for rule in self._case.desired.rules]

    def by_id(self, name: str, only: frozenset[str] | None) -> tuple[Ids, Sequence[Value]]:
        """For each consultant or client the class of a variable, and the values by class.

        Args:
            name: such as `consultant.key`.
            only: the texts that the variable is compared with, where nothing else is done with it: then all
                other values are one class.
        """
        if only is not None:
            return _apart(self._values(name), only)
        if name not in self._by_id:
            self._by_id[name] = _classes(self._values(name))
        return self._by_id[name]

    def _values(self, name: str) -> Sequence[Value]:
        """The value of a variable for each id."""
        people, companies = self._case.register.consultants, self._case.register.clients
        renames, teams = self._case.desired.renames, self._case.desired.guardrails.teams
        known: Mapping[str, Callable[[], Sequence[Value]]] = {
            "consultant.key": lambda: _keys(people.names, renames.consultants),
            "consultant.name": lambda: people.labels,
            "consultant.active": lambda: [bool(active) for active in people.active],
            "consultant.tags": lambda: _words(people.tags, len(people.names)),
            "consultant.teams": lambda: _words(teams.members, len(people.names)),
            "consultant.leads": lambda: _words(teams.leads, len(people.names)),
            "client.key": lambda: _keys(companies.names, renames.clients),
            "client.name": lambda: companies.labels,
            "client.tags": lambda: _words(companies.tags, len(companies.names)),
            "client.teams": lambda: _words(teams.clients, len(companies.names)),
        }
        return known[name]()


class _Batch:
    """The variables over the rows of one kind of change; several expressions may ask for the same."""

    def __init__(self, facts: Facts, change: Change, rows: Access) -> None:
        self.rows = rows
        self._facts, self._change = facts, change
        self._known: dict[str, Column] = {}

    def column(self, name: str, only: frozenset[str] | None) -> Column:
        """A variable; `only` as in `Facts.by_id`."""
        if "." in name:
            ids = self.rows.consultants if name.startswith("consultant.") else self.rows.clients
            classes, values = self._facts.by_id(name, only)
            return Column(classes[ids], values)
        if name not in self._known:
            self._known[name] = self._made(name)
        return self._known[name]

    def _made(self, name: str) -> Column:
        facts, half = self._facts, self._change.half
        known: Mapping[str, Callable[[], Column]] = {
            "action": lambda: Column.same(ACTIONS[half is Half.REMOVALS]),
            "access": lambda: Column.same(self._change in PAIR_CHANGES),
            "date": lambda: Column.same(facts.case.date),
            "programs": lambda: self._programs(self.rows.masks),
            "held": lambda: self._programs(self._held),
            "result": lambda: self._programs(self._result),
            "rules": lambda: _rule_sets(facts.case.desired, half, self.rows, facts.rules),
        }
        return known[name]()

    def _programs(self, masks: Masks) -> Column:
        names = self._facts.case.register.programs.names
        if len(names) <= _FEW:
            classes, rows = numbered(masks.astype(np.int64), 1 << len(names))
            kinds = masks[rows]
        else:
            kinds, classes = np.unique(masks, return_inverse=True)
        values = [[names[number] for number in bits(mask)] for mask in kinds.tolist()]
        return Column(classes.reshape(-1), values)

    @property
    def _result(self) -> Masks:
        """What is held afterwards, with all else that the plan would do there."""
        return self._facts.after.masks_at(self.rows.keys)[0]

    @property
    def _held(self) -> Masks:
        """What is held before this change, with all else that the plan would do there.

        So nothing moves when only a part of the plan gets done: planning again asks the same of what is left.
        """
        rows = self.rows
        if self._change is Change.REMOVE_ACCESS:
            return self._facts.case.have.masks_at(rows.keys)[0]
        held = self._result
        return held & ~rows.masks if self._change.half is Half.GRANTS else held | rows.masks


def _classes(values: Sequence[Value]) -> tuple[Ids, Sequence[Value]]:
    """Number equal values alike, in the order in which they first appear."""
    numbers: dict[object, int] = {}
    kinds: list[Value] = []
    classes = []
    for value in values:
        number = numbers.setdefault(value, len(kinds))
        if number == len(kinds):
            kinds.append(list(value) if isinstance(value, tuple) else value)
        classes.append(number)
    return np.array(classes, dtype=np.int64), kinds


def _apart(values: Sequence[Value], texts: frozenset[str]) -> tuple[Ids, Sequence[Value]]:
    """A class for each of some texts, and one for all others, whose value is any of them."""
    known = {text: number for number, text in enumerate(sorted(texts), start=1)}
    other = next((value for value in values if value not in known), "")
    return np.array([known.get(str(value), 0) for value in values], dtype=np.int64), [other, *known]


def _keys(names: Names, renamed: Mapping[str, str]) -> Sequence[str]:
    """The keys; the new one where the YAML knows that the register still has the old."""
    new = {old: key for key, old in renamed.items()}
    return [new.get(name, name) for name in names] if new else names.all


def _words(groups: Mapping[str, Ids], size: int) -> Sequence[Sequence[str]]:
    """For each id the words whose ids it is among, in the order of the words."""
    found: list[list[str]] = [[] for _ in range(size)]
    for word in sorted(groups):
        for number in groups[word].tolist():
            found[number].append(word)
    return [tuple(words) for words in found]


def _rule(rule: Rule) -> dict[str, str]:
    said = {
        "name": rule.name,
        "reason": rule.reason,
        "ticket": rule.ticket,
        "from": "" if rule.start is None else rule.start.isoformat(),
        "until": "" if rule.until is None else rule.until.isoformat(),
    }
    return {field: text for field, text in said.items() if text}


def _speak(rules: Iterable[Rule], half: Half) -> np.ndarray:
    """For each rule whether it can be what a half of a plan goes back to."""
    if half is Half.GRANTS:
        said = [rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.IN_FORCE for rule in rules]
    else:
        ends = {RuleKind.ASSIGNMENT: Standing.ENDED, RuleKind.DENIAL: Standing.IN_FORCE}
        said = [rule.standing is ends[rule.kind] for rule in rules]
    return np.array(said, dtype=np.bool_)


def _rule_sets(desired: Desired, half: Half, rows: Access, seen: Sequence[Mapping[str, str]]) -> Column:
    """For each row the rules that say so."""
    asked, rules = desired.sources.covering(rows.keys, rows.masks)
    speaking = _speak(desired.rules, half)[rules]
    asked, rules = asked[speaking], rules[speaking]
    counts = np.bincount(asked, minlength=len(rows))
    starts = np.cumsum(counts) - counts
    # a set is numbered rule by rule: the number of what came before and the next rule make a new number
    classes, known = np.zeros(len(rows), dtype=np.int64), 1
    for place in range(int(counts.max(initial=0))):
        longer = np.flatnonzero(counts > place)
        steps = classes[longer] * np.int64(len(seen)) + rules[starts[longer] + place]
        kinds, numbers = np.unique(steps, return_inverse=True)
        classes[longer] = known + numbers.reshape(-1)
        known += len(kinds)
    groups, of_each = numbered(classes, known)
    values = [[seen[n] for n in rules[starts[row] : starts[row] + counts[row]].tolist()] for row in of_each]
    return Column(groups, values)
