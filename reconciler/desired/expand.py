"""Rules to rows: for each rule the pairs that it covers, with the programs that it gives or denies there.

A rule that names one consultant and its clients, as long generated lists do, takes the short way and costs
a microsecond or two; everything else goes through selectors and comes out as a block, cut by its `except`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from reconciler.desired.checks import EACH, UNREMARKABLE, exceptions, texts, uses
from reconciler.desired.selectors import Kind, Word, parse, words
from reconciler.desired.side import NOBODY
from reconciler.errors import Finding, Message, Severity
from reconciler.grid import Access, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.desired.document import Path
    from reconciler.desired.policy import Entry
    from reconciler.desired.programs import Masks
    from reconciler.desired.side import Side
    from reconciler.desired.world import World
    from reconciler.grid.arrays import Flags, Ids, Keys
    from reconciler.grid.arrays import Masks as MaskArray

MOST_PAIRS = 50_000_000
"""How many pairs all rules together may span: 0.8 GB. A rule for everybody everywhere is nearly always a slip."""

_Exception: TypeAlias = "tuple[Path, Mapping[str, Any]]"

Part: TypeAlias = "tuple[Flags | None, Flags | None]"
"""Of whom and what there shall be rows: a flag per consultant id and one per client id, None for all."""

EVERYTHING: Part = (None, None)

_NO_KEY = -1
_FEW = 1_000
"""Texts on a side of an exception up to which it may be one of a few pairs."""

_HINTED = 100
"""Looking for what was meant takes 10-20 ms among 100,000 names: nobody reads more hints than this."""


def _by_team(rule: Mapping[str, Any]) -> tuple[list[_Exception], list[_Exception]]:
    """The exceptions of a rule: those that are looked at for each team, and those that name a few pairs."""
    each: list[_Exception] = []
    once: list[_Exception] = []
    for path, block in exceptions(rule):
        sides = (block.get("who", "all"), block.get("clients", "all"))
        few = all(_keys_only(written) for written in sides)
        (once if few else each).append((path, block))
    return each, once


def _keys_only(written: Any) -> bool:
    named = (written,) if isinstance(written, str) else written
    return len(named) <= _FEW and all(map(UNREMARKABLE.fullmatch, named))


class Expander:
    """Collects the rows of one rule after the other.

    Args:
        world: what selectors select from.
        masks: what programs mean.
        active: by consultant id.
        findings: takes errors and warnings.
        part: of whom and what alone there shall be rows.
    """

    def __init__(
        self, world: World, masks: Masks, active: Flags, findings: list[Finding], part: Part = EVERYTHING
    ) -> None:
        self.world = world
        self.masks = masks
        self.active = active
        self.findings = findings
        self.pairs = 0
        self._stride = world.consultants.size
        self._part = part
        self._left = frozenset(np.flatnonzero(~active).tolist())
        self._chunks: list[tuple[Keys, MaskArray, Ids]] = []
        self._keys: list[int] = []
        self._masks: list[int] = []
        self._rules: list[int] = []
        self._plain: tuple[dict[str, int], dict[str, int]] = ({}, {})
        self._selected: dict[tuple[str, str, str | None], Ids] = {}

    def guard(self) -> None:
        """From here on rules are denials: they see the world as guardrails do."""
        self.world = self.world.guarded
        self._selected.clear()

    def add(self, number: int, entry: Entry, *, current: bool) -> None:
        """Add the rows of a rule.

        Args:
            number: of the rule, ascending from call to call.
            entry: the rule.
            current: whether to warn of what it names: not where it has ended.
        """
        if not self._add_short(number, entry):
            self._add_block(number, entry, current=current)

    def rows(self) -> tuple[Keys, MaskArray, Ids]:
        """All rows in key order, those of a pair in rule order, one for each pair and rule."""
        self._flush()
        if not self._chunks:
            return NOBODY, np.empty(0, dtype=np.uint64), NOBODY
        keys, masks, rules = (np.concatenate(column) for column in zip(*self._chunks, strict=True))
        order = np.argsort(keys, kind="stable")
        keys, masks, rules = keys[order], masks[order], rules[order]
        # a rule for each team covers a pair twice where somebody is in two teams
        first = np.ones(len(keys), dtype=np.bool_)
        first[1:] = (keys[1:] != keys[:-1]) | (rules[1:] != rules[:-1])
        if first.all():
            return keys, masks, rules
        starts = np.flatnonzero(first)
        return keys[starts], np.bitwise_or.reduceat(masks, starts), rules[starts]

    def _add_short(self, number: int, entry: Entry) -> bool:
        """One consultant and a list of clients, by their keys, no exceptions: whether it was that."""
        rule = entry.value
        who, clients = rule["who"], rule["clients"]
        if not isinstance(who, str) or isinstance(clients, str) or "except" in rule:
            return False
        if self.world.consultants.same is not None or self.world.clients.same is not None:
            return False
        consultant = self._key(0, who)
        if consultant == _NO_KEY or consultant in self._left:
            return False
        ids = [self._key(1, name) for name in clients]
        if _NO_KEY in ids:
            return False
        mask = self.masks.of(entry, ("programs",), rule.get("programs", ()))
        self.pairs += len(ids)
        if self._part is not EVERYTHING:
            ids = self._of_part(consultant, ids)
        for client in ids:
            self._keys.append(client * self._stride + consultant)
            self._masks.append(mask)
            self._rules.append(number)
        return True

    def _of_part(self, consultant: int, clients: list[int]) -> list[int]:
        """The clients of a short rule that there shall be rows of."""
        people, companies = self._part
        if people is not None and not people[consultant]:
            return []
        return clients if companies is None else [client for client in clients if companies[client]]

    def _key(self, side: int, text: str) -> int:
        """The id where a text is a key and nothing more, else _NO_KEY."""
        plain = self._plain[side]
        if text not in plain:
            keys = (self.world.consultants, self.world.clients)[side].keys
            plain[text] = keys.get(text, _NO_KEY) if UNREMARKABLE.fullmatch(text) else _NO_KEY
        return plain[text]

    def _add_block(self, number: int, entry: Entry, *, current: bool) -> None:
        rule = entry.value
        mask = self.masks.of(entry, ("programs",), rule.get("programs", ()))
        before, told = self.pairs, len(self.findings)
        each, once = _by_team(rule) if "except" in rule else ([], [])
        chunks: list[tuple[Keys, MaskArray]] = []
        for team in self.world.teams if uses(rule["who"], EACH) else (None,):
            who = self._select(self.world.consultants, entry, ("who",), rule["who"], team)
            clients = self._select(self.world.clients, entry, ("clients",), rule["clients"], team)
            self.pairs += len(who) * len(clients)
            if self.pairs > MOST_PAIRS:
                continue
            people, companies = self._part
            who = who if people is None else who[people[who]]
            clients = clients if companies is None else clients[companies[clients]]
            keys = (clients[:, None] * self._stride + who[None, :]).ravel()
            rows = keys, np.full(len(keys), mask, dtype=np.uint64)
            chunks.append(self._except(entry, team, (who, clients), rows, each) if each else rows)
        self._flush()
        if chunks:
            keys, masks = (np.concatenate(column) for column in zip(*chunks, strict=True))
            keys, masks = self._except_cells(entry, once, keys, masks) if once else (keys, masks)
            self._chunks.append((keys, masks, np.full(len(keys), number, dtype=np.int64)))
        errors = any(finding.severity is Severity.ERROR for finding in self.findings[told:])
        self._tell(entry, self.pairs - before, current=current and not errors)

    def _tell(self, entry: Entry, pairs: int, *, current: bool) -> None:
        """What there is to say about what a rule selected as a whole."""
        if self.pairs > MOST_PAIRS:
            message = Message(
                "“{name}” covers {pairs} pairs of consultant and client; all rules together may cover {most}",
                name=entry.name,
                pairs=pairs,
                most=MOST_PAIRS,
            )
            self.findings.append(entry.key_finding("too-many-pairs", message))
        elif pairs == 0 and current:
            message = Message("“{name}” selects nothing", name=entry.name)
            found = entry.key_finding("selects-nothing", message)
            self.findings.append(replace(found, severity=Severity.WARNING))
        if current and self._left:
            self.findings += self._who_have_left(entry)

    def _who_have_left(self, entry: Entry) -> Iterator[Finding]:
        keys = self.world.consultants.keys
        for path, text in texts(entry.value["who"], ("who",)):
            for word in words(parse(text)):
                if word.kind is Kind.KEY and keys.get(word.name) in self._left:
                    message = Message("{name} has left the bureau and gets nothing", name=word.name)
                    found = entry.selector_finding("consultant-left", message, path, text, word.at)
                    yield replace(found, severity=Severity.WARNING)

    def _select(self, side: Side, entry: Entry, path: Path, written: Any, team: str | None) -> Ids:
        """What a text or a list of texts selects."""
        chosen = [self._select_one(side, entry, place, text, team) for place, text in texts(written, path)]
        return chosen[0] if len(chosen) == 1 else np.unique(np.concatenate((NOBODY, *chosen)))

    def _select_one(self, side: Side, entry: Entry, path: Path, text: str, team: str | None) -> Ids:
        known = self._selected.get((side.noun, text, team))
        if known is not None:
            return known
        unknown: list[Word] = []
        found = side.select(parse(text), team, unknown)
        if unknown:
            hinted = len(self.findings) < _HINTED
            self.findings += [side.unknown(entry, path, text, word, hinted=hinted) for word in unknown]
        else:
            self._selected[side.noun, text, team] = found
        return found

    def _except(
        self,
        entry: Entry,
        team: str | None,
        ids: tuple[Ids, Ids],
        rows: tuple[Keys, MaskArray],
        exceptions: Sequence[_Exception],
    ) -> tuple[Keys, MaskArray]:
        """What is left of a block: exceptions with programs take those, others take the pairs."""
        (who, clients), (keys, masks) = ids, rows
        keep = np.ones(len(keys), dtype=np.bool_)
        for path, block in exceptions:
            out_who = self._member(self.world.consultants, entry, (*path, "who"), block, team)[who]
            out_clients = self._member(self.world.clients, entry, (*path, "clients"), block, team)[clients]
            area = (out_clients[:, None] & out_who[None, :]).ravel()
            if "programs" in block:
                gone = self.masks.of(entry, (*path, "programs"), block["programs"])
                masks[area] &= ~np.uint64(gone)
            else:
                keep &= ~area
        return keys[keep], masks[keep]

    def _except_cells(
        self, entry: Entry, exceptions: Sequence[_Exception], keys: Keys, masks: MaskArray
    ) -> tuple[Keys, MaskArray]:
        """The same for exceptions that name a few pairs, all at once: an imported rule may have thousands."""
        pairs: list[Keys] = [NOBODY]
        cells: list[tuple[Keys, int]] = [(NOBODY, 0)]
        for path, block in exceptions:
            who = self._select(self.world.consultants, entry, (*path, "who"), block["who"], None)
            clients = self._select(self.world.clients, entry, (*path, "clients"), block["clients"], None)
            area = (clients[:, None] * self._stride + who[None, :]).ravel()
            if "programs" in block:
                cells.append((area, self.masks.of(entry, (*path, "programs"), block["programs"])))
            else:
                pairs.append(area)
        gone = np.repeat(np.array([mask for _, mask in cells], dtype=np.uint64), [len(k) for k, _ in cells])
        shape = Shape(self._stride, self.world.clients.size, 0)
        lost = Access.from_rows(shape, np.concatenate([area for area, _ in cells]), gone).masks_at(keys)[0]
        keep = ~np.isin(keys, np.concatenate(pairs))
        return keys[keep], masks[keep] & ~lost[keep]

    def _member(
        self, side: Side, entry: Entry, path: Path, block: Mapping[str, Any], team: str | None
    ) -> Flags:
        """For each id whether an exception is about it; all where it does not say."""
        key = path[-1]
        if key not in block:
            return np.ones(side.size, dtype=np.bool_)
        flags = np.zeros(side.size, dtype=np.bool_)
        flags[self._select(side, entry, path, block[str(key)], team)] = True
        return flags

    def _flush(self) -> None:
        """Turn the rows of short rules into a chunk, so that chunks stay in the order of the rules."""
        if self._keys:
            self._chunks.append(
                (
                    np.array(self._keys, dtype=np.int64),
                    np.array(self._masks, dtype=np.uint64),
                    np.array(self._rules, dtype=np.int64),
                )
            )
            self._keys, self._masks, self._rules = [], [], []
