"""A review that is being filled in: what was decided of each row so far, kept with the session until it is signed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.safe import short
from reconciler.formats.text.wording import GROUNDS
from reconciler.grid import OperationKind
from reconciler.plan.grounds import Ground
from reconciler.review import Decision, Made

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from reconciler.formats.text.review import Words
    from reconciler.review import Item, Review, Scope, SignOff
    from reconciler.web.forms import Form
    from reconciler.web.policy.desk import Guest
    from reconciler.web.recent import Recent
    from reconciler.web.sessions import Session

MOST = 20
"""Reviews of a session that are filled in at a time; the one that was not touched for longest is dropped."""

MOST_ROWS = 2_000
"""Rows that a form holds; a longer list is filled in as a file."""

LONGEST_NOTE = 500
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in so far.

    Attributes:
        made: of each row, by its key.
        by: who is to sign.
    """

    made: Mapping[str, Made] = field(default_factory=dict)
    by: str = ""

    def of(self, item: Item) -> Made:
        """What was decided of an item."""
        return self.made.get(key_of(item), Made())


def key_of(item: Item) -> str:
    """What tells an item from others, whatever row it is in: all that the list says of it."""
    text = json.dumps(item.document(), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def filled_in(form: Form, review: Review, before: SignOff | None) -> Filled:
    """What a form says.

    Args:
        form: as it was sent.
        review: that it is of.
        before: the last sign-off: rows that were kept there and are as they were are kept where the form asks for it.
    """
    same = kept_before(review, before) if form.text("unchanged") == Decision.KEEP else frozenset()
    found: dict[str, Made] = {}
    for item in review.items:
        key = key_of(item)
        said, note = form.text(f"d-{key}"), " ".join(form.text(f"n-{key}").split())[:LONGEST_NOTE]
        decision = Decision(said) if said in set(Decision) else None
        if decision is None and key in same:
            decision = Decision.KEEP
        found[key] = Made(decision, note)
    return Filled(found, " ".join(form.text("by").split())[:LONGEST_NAME])


def kept_before(review: Review, before: SignOff | None) -> frozenset[str]:
    """The keys of the rows of which all was kept in the last sign-off, as they are now."""
    if before is None:
        return frozenset()
    pairs = zip(before.review.items, before.made, strict=True)
    kept = {_same(item) for item, made in pairs if made.decision is Decision.KEEP}
    return frozenset(key_of(item) for item in review.items if _same(item) in kept)


def _same(item: Item) -> tuple[object, ...]:
    return item.consultant, item.client, item.programs, item.ground, item.rules, item.until


def filled_of(session: Session[Guest], scope: Scope) -> Filled:
    """What was filled in of a review."""
    return _kept(session).get(scope) or Filled()


def keep_filled(session: Session[Guest], scope: Scope, filled: Filled) -> None:
    """Keep it."""
    _kept(session).put(scope, filled)


def forget_filled(session: Session[Guest], scope: Scope) -> None:
    """It is signed."""
    _kept(session).drop(scope)


def being_filled(session: Session[Guest]) -> set[Hashable]:
    """What reviews something is filled in of, as far as it is kept."""
    return {scope for scope, _ in _kept(session).items()}


def _kept(session: Session[Guest]) -> Recent[Filled]:
    return session.recent("filled", MOST)


# -- rows, in words ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the form.

    Attributes:
        key: of the item.
        consultant: by name.
        client: likewise.
        programs: likewise.
        why: the rules that give it, or why none does.
        odd: whether no rule stands behind it.
        since: the day, "" where nobody tells.
        until: the last day, "" where it does not end.
        before: how it stood in the last sign-off; None where there is none.
        made: what was decided so far.
    """

    key: str
    consultant: str
    client: str
    programs: str
    why: str
    odd: bool
    since: str
    until: str
    before: Message | None
    made: Made


def rows_of(review: Review, filled: Filled, before: SignOff | None, words: Words) -> list[Row]:
    """The rows of a form."""
    return [_row(item, filled.of(item), stood, words) for item, stood in _stood(review, before)]


def _stood(review: Review, before: SignOff | None) -> Iterator[tuple[Item, Message | None]]:
    """How each item stood in the last sign-off; None where there is none."""
    same = kept_before(review, before)
    for item in review.items:
        if before is None:
            yield item, None
        elif key_of(item) in same:
            yield item, Message("kept on {date}, and unchanged since", date=before.review.date)
        elif item.cells <= before.review.cells:
            yield item, Message("was there on {date}, and is not as it was", date=before.review.date)
        else:
            yield item, Message("new since {date}", date=before.review.date)


def _row(item: Item, made: Made, stood: Message | None, words: Words) -> Row:
    say = words.say
    rules = say.listing([short(rule) for rule in item.rules])
    return Row(
        key=key_of(item),
        consultant=words.consultant(item.consultant),
        client=words.client(item.client),
        programs=say.listing([words.program(one) for one in item.programs]) or say("access without programs"),
        why=rules if item.ground is Ground.RULE else say.message(GROUNDS[item.ground]),
        odd=item.ground not in {Ground.RULE, Ground.UNMANAGED},
        since=str(item.since or ""),
        until=str(item.until or ""),
        before=stood,
        made=made,
    )


# -- what follows for the rules ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Removal:
    """Something to take out of the rules at once: a block, as one draft of the dialog.

    Attributes:
        kind: which operation.
        consultants: keys.
        clients: keys.
        programs: keys; empty where access itself goes.
    """

    kind: OperationKind
    consultants: tuple[str, ...]
    clients: tuple[str, ...]
    programs: tuple[str, ...]


def removals_of(signed: SignOff) -> list[Removal]:
    """What rules give and is to go, as few blocks: one for each consultant and set of programs."""
    kept = {(one.consultant, one.client) for one, made in _decided(signed) if made.decision is Decision.KEEP}
    programs: dict[tuple[str, str], set[str]] = {}
    for item, made in _decided(signed):
        if made.decision is Decision.REMOVE and item.ground is Ground.RULE:
            programs.setdefault((item.consultant, item.client), set()).update(item.programs)
    blocks: dict[tuple[str, OperationKind, tuple[str, ...]], list[str]] = {}
    for (consultant, client), names in programs.items():
        whole = (consultant, client) not in kept
        kind = OperationKind.REMOVE_ACCESS if whole else OperationKind.REMOVE_PROGRAMS
        alike = consultant, kind, () if whole else tuple(sorted(names))
        blocks.setdefault(alike, []).append(client)
    return [
        Removal(kind, (consultant,), tuple(sorted(clients)), names)
        for (consultant, kind, names), clients in blocks.items()
    ]


def _decided(signed: SignOff) -> Iterator[tuple[Item, Made]]:
    return zip(signed.review.items, signed.made, strict=True)
