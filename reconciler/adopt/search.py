"""Rules by selectors: which products of teams, tags and everybody are contained in what the bureau has.

Theory. For all selectors of both sides at once, `count` says how much of each product is there, and how
much of it no rule covers yet. Products that are (nearly) full are tried in the order of what they would cover,
the largest first; what one covers is worth nothing to the next. The counts are upper bounds that only fall,
so a product is judged anew when its turn comes, and all are counted anew when many bounds were stale.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.count import Counter, Counts, by_group
from reconciler.adopt.fit import MISSING, Product, fit
from reconciler.adopt.groups import Chosen
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.adopt.found import Found
    from reconciler.adopt.groups import Groups
    from reconciler.adopt.need import Need
    from reconciler.grid.arrays import Flags, Ids, Masks

_LEAST = 3
"""Cells that a rule must cover first to be one, weighed."""

_BOTH, _BUT = 0.75, 0.6
"""What “&” and “!” make of a cell's weight: of rules that cover about as much, the plainer is the better one."""

_STALE = 200
"""Bounds that may prove stale before all are counted anew; also after a rule that covers much."""

_MUCH = 0.25

_ONE = "one"
"""Stands for the selector of a single consultant, whose key is known later."""

_MOST_COUNTS = 24_000_000
_OTHER_TEAMS = 0.1
"""The part of the teams that a rule for each team may leave out."""


def search(who: Groups, clients: Groups, need: Need) -> Iterator[Found]:
    """Find rules and take what they cover from the need: first for sets of consultants, then for single ones."""
    which = _affordable(clients.all, need)
    yield from _Search(who.all, which, need, _per_team(who, clients)).run()
    if need:
        # for one consultant only whole teams and tags; what is said of everything is better said of several
        simple = [one for one in which if one.text.startswith(("team:", "tag:")) and " " not in one.text]
        yield from _Search(_singles(need), simple, need, []).run()


def _affordable(clients: Sequence[Chosen], need: Need) -> list[Chosen]:
    """As many sets of clients as can be counted: the shortest selectors first, of them the largest sets."""
    most = _MOST_COUNTS // max(need.shape.consultants * (need.shape.programs + 1), 1)
    ranked = sorted(clients, key=lambda one: (" & " in (one.text or one.form), -len(one.ids), one.text))
    return ranked[:most]


def _singles(need: Need) -> list[Chosen]:
    people, nobody = np.unique(need.rest().consultants), np.empty(0, dtype=np.int64)
    people = people[~need.odd[0][people]]
    return [Chosen(_ONE, "", people[i : i + 1], nobody) for i in range(len(people))]


def _per_team(who: Groups, clients: Groups) -> list[Product]:
    """A product for each form of each-team and of team:self."""
    return [
        Product(
            form,
            own,
            (who.names[form], clients.names[own] if " & " in own else ""),
            tuple((people[team], companies[team]) for team in people if team in companies),
        )
        for form, people in who.forms.items()
        for own, companies in clients.forms.items()
    ]


class _Search:
    """One search over products of sets."""

    def __init__(
        self, who: Sequence[Chosen], clients: Sequence[Chosen], need: Need, per_team: Sequence[Product]
    ) -> None:
        self.who, self.clients, self.need = who, clients, need
        self.counter = Counter(need.allowed, [one.ids for one in clients])
        masks = need.allowed.masks
        self.programs = bits(int(np.bitwise_or.reduce(masks))) if len(masks) else []
        rows, columns = (
            np.array([len(one.ids) for one in side], dtype=np.float32) for side in (who, clients)
        )
        enough = (1 - MISSING) * np.outer(rows, columns)
        self.possible = self._count(np.ones(len(masks), dtype=np.bool_)) >= enough
        self.full = [self.possible & (self._count(_holding(masks, p)) >= enough) for p in self.programs]
        self.weights = np.outer([_weight(one.text) for one in who], [_weight(one.text) for one in clients])
        placed = (self._placed(product) for product in per_team)
        self.per_team = [one for one in placed if one is not None and len(one.rows) > 1]

    def run(self) -> Iterator[Found]:
        """The rules, the largest first."""
        if not self.who or not self.clients:
            return
        stale, covered, size = _STALE, 0.0, 0
        while self.need:
            if stale >= _STALE or covered > _MUCH * size:
                self._bound()
                stale, covered, size = 0, 0.0, self.need.size
            bound, where = self._next()
            if bound < _LEAST:
                return
            rule = self._judge(where)
            gain = 0.0
            if rule is not None:
                gain = self._weigh(where) * self.need.gain(rule.keys, rule.masks)
            self._learn(where, gain if gain >= _LEAST else 0)
            if rule is None or gain < self._next()[0]:
                stale += 1
            elif gain >= _LEAST:
                covered += self.need.gain(rule.keys, rule.masks)
                self.need.cover(rule)
                yield rule

    def _count(self, layer: Flags) -> Counts:
        return by_group(self.counter.count(layer), [one.ids for one in self.who])

    def _placed(self, product: Product) -> _PerTeam | None:
        """Where the sets of a product for each team stand; None where one of them is not counted."""
        rows = {id(one): number for number, one in enumerate(self.who)}
        columns = {id(one): number for number, one in enumerate(self.clients)}
        full = [part for part in product.parts if len(part[0].ids) and len(part[1].ids)]
        if any(id(who) not in rows or id(which) not in columns for who, which in full):
            return None
        # where nobody is left in a team, its people who have left are still selected
        idle = [part for part in product.parts if not (len(part[0].ids) and len(part[1].ids))]
        at = [(rows[id(who)], columns[id(which)]) for who, which in full]
        where = np.array(at, dtype=np.int64).reshape(-1, 2)
        return _PerTeam(product, where[:, 0], where[:, 1], full, idle)

    def _bound(self) -> None:
        """How much each product could cover at most; 0 where it is no rule at all."""
        self.pairs = self._count(self.need.pairs)
        self.layers = [self._count(_holding(self.need.masks, program)) for program in self.programs]
        bounds = self.pairs * self.possible
        for full, layer in zip(self.full, self.layers, strict=True):
            bounds += layer * full
        self.bounds = (bounds * self.weights).ravel()
        for one in self.per_team:
            best = max((bound for bound, _, _ in self._variants(one)), default=0)
            one.bound = best * self._weigh(one)

    def _next(self) -> tuple[float, int | _PerTeam]:
        """What could cover most, and how much; a rule for every team goes before its equal."""
        best = int(np.argmax(self.bounds))
        bound: float = float(self.bounds[best])
        team = max(self.per_team, key=lambda one: one.bound, default=None)
        return (team.bound, team) if team is not None and team.bound >= bound else (bound, best)

    def _weigh(self, where: int | _PerTeam) -> float:
        if isinstance(where, _PerTeam):
            return _weight(str(where.product.who)) * _weight(where.product.clients)
        return float(self.weights.flat[where])

    def _learn(self, where: int | _PerTeam, gain: float) -> None:
        if isinstance(where, _PerTeam):
            where.bound = gain
        else:
            self.bounds[where] = gain

    def _judge(self, where: int | _PerTeam) -> Found | None:
        if isinstance(where, _PerTeam):
            for _, programs, without in self._variants(where):
                parts = tuple(part for part, out in zip(where.parts, without, strict=True) if not out)
                left_out = tuple(part for part, out in zip(where.parts, without, strict=True) if out)
                found = fit(
                    replace(where.product, parts=(*parts, *where.idle), without=left_out), self.need, programs
                )
                if found is not None:
                    return found
            return None
        row, column = divmod(where, len(self.clients))
        who, which = self.who[row], self.clients[column]
        programs = [p for p, full in zip(self.programs, self.full, strict=True) if full[row, column]]
        text = who.text if who.text != _ONE else (int(who.ids[0]),)
        name = (who.name, "" if who.team and who.team == which.team and who.name else which.name)
        if who.team and who.team == which.team and " & " in which.text:
            name = (who.name, which.name.removeprefix(f"{which.team}-"))
        return fit(Product(text, which.text, name, ((who, which),)), self.need, programs)

    def _variants(self, one: _PerTeam) -> list[tuple[float, list[int], Flags]]:
        """Programs that fit the same teams, and the teams that they do not fit: the best first."""
        found: dict[bytes, tuple[float, list[int], Flags]] = {}
        possible = self.possible[one.rows, one.columns]
        layers: list[tuple[int | None, Flags, Counts]] = [(None, possible, self.pairs)]
        layers += [
            (p, full[one.rows, one.columns], layer)
            for p, full, layer in zip(self.programs, self.full, self.layers, strict=True)
        ]
        for program, good, layer in layers:
            if np.count_nonzero(~good) > _OTHER_TEAMS * len(good):
                continue
            bound = float(layer[one.rows, one.columns][good].sum())
            before, programs, _ = found.get(good.tobytes(), (0.0, [], good))
            more = programs if program is None else [*programs, program]
            found[good.tobytes()] = before + bound, more, ~good
        return sorted(found.values(), key=lambda variant: (-variant[0], variant[1]))


class _PerTeam:
    """A product for each team, and where its sets stand."""

    def __init__(
        self,
        product: Product,
        rows: Ids,
        columns: Ids,
        parts: list[tuple[Chosen, Chosen]],
        idle: list[tuple[Chosen, Chosen]],
    ) -> None:
        self.product, self.rows, self.columns, self.parts, self.idle = product, rows, columns, parts, idle
        self.bound = 0.0


def _weight(text: str) -> float:
    """What a cell is worth in a rule with this selector; nothing where it cannot be written."""
    return _BOTH ** text.count(" & ") * _BUT ** text.count("!") if text else 0.0


def _holding(masks: Masks, program: int) -> Flags:
    flags: Flags = masks >> np.uint64(program) & np.uint64(1) != 0
    return flags
