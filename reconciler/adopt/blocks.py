"""What no selector fits: blocks of single consultants and clients, and at last a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.found import Found, Kind
from reconciler.adopt.words import is_writable, key_text
from reconciler.grid import Access, Block, cover, only
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.adopt.groups import Chosen, Groups
    from reconciler.adopt.need import Need
    from reconciler.grid import Names
    from reconciler.grid.arrays import Flags, Ids, Masks

_BIG = 6
"""Pairs that make a block a rule where it has several consultants and several clients."""

_LONG = 20
"""Pairs that make a block a rule whatever its form."""


def unwritable(names: Names) -> Flags:
    """For each key, whether no YAML can say it."""
    texts = (key_text(name) for name in names)
    return np.array([text is None or not is_writable(text) for text in texts], dtype=np.bool_)


def blocks(need: Need, who: Groups, clients: Groups) -> tuple[list[Found], Access]:
    """Rules for what is left, and what of it cannot be written.

    Args:
        need: what is left.
        who: selectors, used where one says exactly what a block holds.
        clients: likewise.
    """
    rest, odd = need.rest(), need.odd
    bad = odd[0][rest.consultants] | odd[1][rest.clients]
    allowed = need.allowed.restrict(~odd[0], ~odd[1])
    found: list[Found] = []
    few: list[Block] = []
    people, companies = _by_ids(who.all), _by_ids(clients.all)
    for block in cover(rest.where(~bad), only(allowed)):
        rule = _rule(block, need, people, companies)
        if rule.kind is Kind.UNSORTED:
            few.append(block)
        else:
            found.append(rule)
    return [*found, *_unsorted(few, need)], rest.where(bad)


def _by_ids(groups: Iterable[Chosen]) -> dict[bytes, Chosen]:
    """The shortest selector for each set."""
    found: dict[bytes, Chosen] = {}
    for one in groups:
        if one.text and len(one.ids) > 1:
            found.setdefault(one.ids.tobytes(), one)
    return found


def _rule(block: Block, need: Need, people: dict[bytes, Chosen], companies: dict[bytes, Chosen]) -> Found:
    who = people.get(np.array(block.consultants, dtype=np.int64).tobytes())
    if who is not None and np.isin(need.gone.consultants, who.gone).any():
        who = None  # it would mention somebody who has left and still has access
    which = companies.get(np.array(block.clients, dtype=np.int64).tobytes())
    wide, tall = len(block.consultants) > 1, len(block.clients) > 1
    big = (wide and tall and block.pairs >= _BIG) or block.pairs >= _LONG
    kind = Kind.BLOCK if big or who is not None or which is not None else Kind.UNSORTED
    keys = block.keys(need.shape)
    return Found(
        kind=kind,
        who=who.text if who else block.consultants,
        clients=which.text if which else block.clients,
        mask=block.mask,
        keys=keys,
        masks=np.full(len(keys), block.mask, dtype=np.uint64),
        name=(who.name if who else "", which.name if which else ""),
    )


def _unsorted(few: Sequence[Block], need: Need) -> Iterator[Found]:
    """Small blocks as they are, or a rule for each consultant and set of programs, whichever are fewer."""
    rows = Access.from_blocks(need.shape, few)
    by_who: dict[tuple[int, int], list[int]] = {}
    for who, client, mask in rows.rows():
        by_who.setdefault((who, mask), []).append(client)
    if len(by_who) <= len(few):
        few = [Block((who,), tuple(found), mask) for (who, mask), found in by_who.items()]
    for block in sorted(few):
        keys = block.keys(need.shape)
        masks: Masks = np.full(len(keys), block.mask, dtype=np.uint64)
        yield Found(Kind.UNSORTED, block.consultants, block.clients, block.mask, keys, masks)


def shared(groups: Iterable[Chosen], ids: Ids) -> str:
    """The short name of the smallest team or tag that holds all of these; "" where there is none."""
    best, size = "", 0
    for one in groups:
        plain = one.text.startswith(("team:", "tag:")) and " " not in one.text
        if plain and (not best or len(one.ids) < size) and find(one.ids, ids)[1].all():
            best, size = one.name, len(one.ids)
    return best
