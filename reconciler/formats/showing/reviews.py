"""Access reviews: what is to be signed, what was, and whose review is due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.kinds import TABLES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from reconciler.errors import Position
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.review import Review, SignOff
    from reconciler.review.status import Standing


def show_reviews(
    found: Sequence[Review],
    register: Register,
    form: str,
    say: Catalogue,
    *,
    date: dt.date,
    since_told: bool,
    full: bool = False,
) -> str | bytes:
    """Lists to be reviewed, as text, JSON, a page or a table; one of them alone as YAML or a workbook to be filled in.

    Args:
        found: the lists.
        register: the names behind the keys.
        form: "text", "json", "html", "yaml" or one of TABLES.
        say: the language.
        date: the day that they show.
        since_told: whether the backend tells since when something is held.
        full: fold no lists.
    """
    if form in TABLES:
        from reconciler.formats.tables import written
        from reconciler.formats.tables.review import reviews_table, workbook

        if form == "xlsx" and len(found) == 1:
            return written(workbook(found[0], register, say), form, say)
        return written([reviews_table(found, register, say)], form, say)
    if form == "html":
        from reconciler.formats.html.review import reviews_html

        return reviews_html(found, register, date, say, since_told=since_told)
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.review import reviews_document

        return to_json(reviews_document(found))
    from reconciler.formats.text.review import list_to_fill_in, reviews_text

    if form == "yaml" and found:
        return list_to_fill_in(found[0], register, say)
    return reviews_text(found, register, say, since_told=since_told, full=full)


def sign_off_text(signed: SignOff, say: Catalogue) -> str:
    """A sign-off as the YAML that is kept."""
    from reconciler.formats.text.review import sign_off

    return sign_off(signed, say)


def show_signed(
    signed: SignOff, rules: Mapping[str, Position], path: object, form: str, say: Catalogue
) -> str:
    """What was signed, and what of it shall go, as text or JSON; `rules` tells where the rules stand."""
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.review import signed_document

        return to_json(signed_document(signed))
    from reconciler.formats.text.review import signed_text

    return signed_text(signed, rules, path, say)


def show_standings(
    found: Sequence[Standing],
    register: Register,
    form: str,
    say: Catalogue,
    *,
    today: dt.date,
    within: int,
    full: bool = False,
) -> str:
    """How reviews stand, as text or JSON.

    Args:
        found: each of them.
        register: the names behind the keys.
        form: "text" or "json".
        say: the language; JSON is the same in every language.
        today: the day.
        within: days after which one is due again.
        full: fold no lists.
    """
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.review import standings_document

        return to_json(standings_document(found, today, within))
    from reconciler.formats.text.review import standings_text

    return standings_text(found, register, today, say, full=full)
