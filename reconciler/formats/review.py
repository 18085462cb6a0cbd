"""Access reviews as documents of names: see `schemas/plan.schema.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from reconciler.review import Review, Scope, SignOff
    from reconciler.review.status import Standing


def reviews_document(found: Sequence[Review]) -> dict[str, Any]:
    """The lists, one for each team or client."""
    return {
        "reviews": [
            {
                "bureau": review.bureau,
                "scope": _scope(review.scope),
                "date": review.date.isoformat(),
                "digest": review.digest,
                "access": [item.document() for item in review.items],
            }
            for review in found
        ]
    }


def signed_document(signed: SignOff) -> dict[str, Any]:
    """What was signed, and what of it shall go."""
    return {
        "scope": _scope(signed.review.scope),
        "date": signed.review.date.isoformat(),
        "digest": signed.review.digest,
        "signed-by": signed.by,
        "signed-at": _day(signed.at),
        "remove": [{**item.document(), "note": made.note} for item, made in signed.removals],
    }


def standings_document(found: Sequence[Standing], today: dt.date, within: int) -> dict[str, Any]:
    """How each review stands."""
    return {
        "date": today.isoformat(),
        "within-days": within,
        "standings": [
            {
                "scope": _scope(one.scope),
                "leads": list(one.leads),
                "state": one.state.value,
                "reviewed": _day(one.signed.review.date) if one.signed else None,
                "signed-by": one.signed.by if one.signed else None,
                "signed-at": _day(one.signed.at) if one.signed else None,
                "due": _day(one.due),
                "new": [
                    {"consultant": consultant, "client": client, "programs": list(programs)}
                    for consultant, client, programs in one.new
                ],
                "still-there": [item.document() for item in one.left],
            }
            for one in found
        ],
    }


def _scope(scope: Scope) -> dict[str, str]:
    return {scope.kind.value: scope.name}


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
