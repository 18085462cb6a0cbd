"""Access reviews as a page to read or to print: tables and nothing else; no script may run in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.formats.html.frame import hashed, style, template
from reconciler.formats.safe import short
from reconciler.formats.text.review import Words, upper
from reconciler.formats.text.wording import GROUNDS
from reconciler.plan.grounds import Ground

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.review import Item, Review


def reviews_html(
    found: Sequence[Review], register: Register, date: dt.date, say: Catalogue, *, since_told: bool
) -> str:
    """The page, with a line break at its end.

    Args:
        found: the lists.
        register: the names behind the keys.
        date: the day that they show.
        say: the language.
        since_told: whether the backend tells since when something is held.
    """
    from markupsafe import Markup

    words, css = Words(register, say), style()
    lead = say("What no rule gives comes first, then what ends first.")
    if not since_told:
        lead += " " + say("Since when it is held is not told by the backend.")
    return template("review").render(
        language=say.language,
        title=say("Access reviews at {bureau} on {date}", bureau=register.label, date=date),
        lead=lead if found else say("Nobody has access there: there is nothing to review."),
        contents=say("Contents"),
        columns=[
            say("consultant"), say("client"), say("programs"), say("why"), say("held since"), say("last day"),
        ],
        digest=say("digest"),
        reviews=[
            {
                "title": upper(words.scope(review.scope)),
                "digest": review.digest,
                "rows": [_row(one, words) for one in review.items],
            }
            for review in found
        ],
        policy=f"default-src 'none'; style-src '{hashed(css)}'; base-uri 'none'; form-action 'none'",
        style=Markup(css),  # noqa: S704 - a file of this package
    )  # fmt: skip


def _row(one: Item, words: Words) -> dict[str, Any]:
    say = words.say
    programs = say.listing([words.program(program) for program in one.programs])
    why = (
        say.listing([short(rule) for rule in one.rules])
        if one.ground is Ground.RULE
        else say.message(GROUNDS[one.ground])
    )
    return {
        "mark": "" if one.ground in {Ground.RULE, Ground.UNMANAGED} else "!",
        "cells": [
            words.consultant(one.consultant),
            words.client(one.client),
            programs or say("access without programs"),
            why,
            str(one.since or ""),
            str(one.until or ""),
        ],
    }
