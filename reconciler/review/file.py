"""Lists and sign-offs as YAML files, which people fill in and a repository keeps; `schemas/review.schema.json` describes them.

What a list shows is bound by its digest: a row that was changed, added or left out shows, and is not signed.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from reconciler.desired import read_checked
from reconciler.desired.write import Note, policy_text
from reconciler.errors import InputError, Message
from reconciler.plan.grounds import Ground
from reconciler.review.values import Decision, Item, Made, Review, Scope, ScopeKind, SignOff

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

SCHEMA = "schemas/review.schema.json"

WORDS: Mapping[str, Decision] = {
    "keep": Decision.KEEP,
    "behåll": Decision.KEEP,
    "remove": Decision.REMOVE,
    "ta bort": Decision.REMOVE,
}
"""How a decision is written, in either language."""


def review_text(signed: SignOff, heading: Sequence[str], named: Callable[[Item], str]) -> str:
    """A list or a sign-off as YAML.

    Args:
        signed: what it says; a list is one without decisions that nobody has signed.
        heading: comment lines above it, each one printable line; "" is an empty one.
        named: says an item in names, in one printable line, as a comment above it.
    """
    review = signed.review
    rows = {
        f"row-{number}": Note(
            {
                **item.document(),
                "decision": made.decision.value if made.decision else "",
                "note": made.note,
            },
            above=(named(item),),
        )
        for number, (item, made) in enumerate(zip(review.items, signed.made, strict=True), 1)
    }
    return policy_text(
        heading,
        {
            "bureau": Note(review.bureau),
            "scope": Note({review.scope.kind.value: review.scope.name}),
            "date": Note(review.date.isoformat()),
            "digest": Note(review.digest),
            "signed-by": Note(signed.by),
            **({"signed-at": Note(signed.at.isoformat())} if signed.at else {}),
            "access": rows,
        },
    )


def read_review(path: Path) -> SignOff:
    """A list or a sign-off, read with suspicion.

    Raises:
        InputError: where it is none, or shows something else than what was listed.
    """
    said: Mapping[str, Any] = read_checked(path, SCHEMA)
    rows = list(said["access"].values())
    try:
        items = tuple(_item(row) for row in rows)
        (kind, name), *_ = said["scope"].items()
        review = Review(
            said["bureau"], Scope(ScopeKind(kind), name), dt.date.fromisoformat(said["date"]), items
        )
        at = dt.date.fromisoformat(said["signed-at"]) if said.get("signed-at") else None
    except ValueError as error:
        raise InputError(Message("{file}: there is no such day: {why}", file=path, why=error)) from None
    made = tuple(Made(WORDS.get(row["decision"]), row["note"]) for row in rows)
    return verified(SignOff(review, made, said["signed-by"], at), said["digest"], path)


def verified(signed: SignOff, digest: str, name: object) -> SignOff:
    """The same, if it is of what was listed.

    Raises:
        InputError: where it is not.
    """
    if signed.review.digest != digest:
        raise InputError(
            Message("{file} does not show what was listed: a row was changed, added or left out", file=name),
            Message("list it anew, and write into decision and note alone"),
        )
    return signed


def _item(row: Mapping[str, Any]) -> Item:
    days = {name: dt.date.fromisoformat(row[name]) for name in ("since", "until") if name in row}
    return Item(
        consultant=row["consultant"],
        client=row["client"],
        programs=tuple(row["programs"]),
        ground=Ground(row["why"]),
        rules=tuple(row["rules"]),
        **days,
    )
