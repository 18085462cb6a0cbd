"""Access reviews: whose is due, one gone through row by row, signed, and what follows from it for the rules."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from reconciler.errors import Message
from reconciler.flow.ground import find_place
from reconciler.flow.reviewing import Wanted, look_at, sign_offs, signed_by
from reconciler.flow.signing import file_sign_off, waiting
from reconciler.formats import show_standings, sign_off_text
from reconciler.formats.commit import Change, commit_message
from reconciler.formats.safe import clean
from reconciler.formats.text.review import Words, state_told, upper
from reconciler.review import ScopeKind, SignOff
from reconciler.review.status import State
from reconciler.web.policy.filling import (
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST_ROWS,
    being_filled,
    filled_in,
    filled_of,
    forget_filled,
    keep_filled,
    kept_before,
    rows_of,
)
from reconciler.web.policy.lists import Lists
from reconciler.web.policy.proposals import proposal_page
from reconciler.web.policy.signed import keep_signed, signed_before
from reconciler.web.problems import not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    from starlette.routing import Route

    from reconciler.flow.reviewing import Looked
    from reconciler.review import Review, Scope
    from reconciler.review.status import Standing
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.policy.filling import Filled
    from reconciler.web.site import Site, Visit

FEW = 5
"""Of what is new or left in a review that are named in the list."""


def reviews_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """How all stand, and a review as a form; those of `signed_routes` come before them."""
    lists = Lists(desk)
    return [
        route(site, "GET", "/reviews", lambda visit: _standings(visit, lists)),
        route(site, "GET", "/reviews.json", lambda visit: _json(visit, lists)),
        route(site, "GET", "/reviews/{kind}/{name:path}", lambda visit: _review(visit, desk)),
        route(site, "POST", "/reviews/{kind}/{name:path}", lambda visit: _take(visit, desk)),
    ]


# -- how they stand ---------------------------------------------------------------------------------------------


def _standings(visit: Visit[Guest], lists: Lists) -> Response:
    looked, found, unsigned = lists.look()
    words = Words(looked.register, visit.say)
    ordered = sorted(found, key=lambda one: (list(State).index(one.state), one.scope))
    return visit.page(
        "policy/reviews.html",
        date=looked.date,
        rows=[_told(one, words) for one in ordered],
        todo=sum(one.state is not State.DONE for one in found),
        waiting=_waiting(lists.desk),
        unsigned=[clean(str(path)) for path in unsigned],
        filling=being_filled(visit.signed_in),
    )


def _waiting(desk: Desk) -> list[tuple[str, str]]:
    """Sign-offs that count when their proposal has become part of the rules: the file, and the page of the proposal."""
    base = find_place(desk.settings.policies).base
    if base is None:
        return []
    found = waiting(base, desk.proposals(), desk.settings.reviews.folder)
    return [(clean(name), proposal_page(one.branch)) for one, names in found for name in names]


def _told(one: Standing, words: Words) -> dict[str, Any]:
    return {
        "path": review_page(one.scope),
        "scope": one.scope,
        "title": upper(words.scope(one.scope)),
        "state": one.state.value,
        "told": state_told(one),
        "done": one.state is State.DONE,
        "leads": words.say.listing([words.consultant(key) for key in one.leads]),
        "by": one.signed.by if one.signed else "",
        "new": [words.pair(*new) for new in one.new[:FEW]],
        "more_new": max(0, len(one.new) - FEW),
        "left": [words.item(item) for item in one.left[:FEW]],
        "more_left": max(0, len(one.left) - FEW),
    }


def _json(visit: Visit[Guest], lists: Lists) -> Response:
    """The same document as `review status --format json`."""
    looked, found, _ = lists.look()
    within = lists.desk.settings.reviews.every
    told = show_standings(found, looked.register, "json", visit.say, today=looked.date, within=within)
    return Response(told, media_type="application/json; charset=utf-8")


def review_page(scope: Scope) -> str:
    """The address of the form of a review."""
    return f"/reviews/{scope.kind.value}/{quote(scope.name, safe='')}"


# -- one of them ------------------------------------------------------------------------------------------------


def _find(visit: Visit[Guest], desk: Desk) -> tuple[Looked, Review]:
    """The review that an address names; PageProblem where there is none, or nobody has anything there."""
    kind, name = visit.part("kind"), visit.part("name")
    if kind not in set(ScopeKind):
        raise not_there()
    team, client = ((name,), ()) if kind == ScopeKind.TEAM else ((), (name,))
    policy, current = desk.policy(), desk.current()
    with desk.bureau.lock:
        looked = look_at(policy, current, Wanted(kind, team, client), desk.bureau.backend.history)
    for review in looked.found:
        if (review.scope.kind, review.scope.name) == (kind, name):
            return looked, review
    raise not_there()


def _before(desk: Desk, scope: Scope, bureau: str) -> SignOff | None:
    """The last sign-off of a review."""
    signed, _ = sign_offs(desk.settings.reviews.folder, bureau)
    return max((one for one in signed if one.review.scope == scope), key=_when, default=None)


def _when(one: SignOff) -> tuple[Any, Any]:
    return one.review.date, one.at


def _review(visit: Visit[Guest], desk: Desk) -> Response:
    looked, review = _find(visit, desk)
    filled = filled_of(visit.signed_in, review.scope)
    return _form(visit, desk, (looked, review), filled, kept=visit.form.text("kept") == "1")


def _form(
    visit: Visit[Guest],
    desk: Desk,
    found: tuple[Looked, Review],
    filled: Filled,
    status: int = 200,
    *,
    wrong: tuple[tuple[str, Message], ...] = (),
    kept: bool = False,
) -> Response:
    looked, review = found
    words = Words(looked.register, visit.say)
    before = _before(desk, review.scope, review.bureau)
    long = len(review.items) > MOST_ROWS
    return visit.page(
        "policy/review.html",
        status,
        review=review,
        form_key=secrets.token_urlsafe(12),
        path=review_page(review.scope),
        title=upper(words.scope(review.scope)),
        rows=[] if long else rows_of(review, filled, before, words),
        long=long,
        before=before,
        same=len(kept_before(review, before)),
        filled=filled,
        decided=sum(filled.of(item).decision is not None for item in review.items),
        since_told=looked.since_told,
        wrong=wrong,
        faults=dict(wrong),
        kept=kept,
        longest={"note": LONGEST_NOTE, "name": LONGEST_NAME},
    )


def _take(visit: Visit[Guest], desk: Desk) -> Response:
    """Keep what was filled in; and sign it, where that was asked for."""
    if done := signed_before(visit):
        return visit.go(done)
    desk.bureau.forget()  # what is signed is what there is at this moment
    looked, review = _find(visit, desk)
    filled = filled_in(visit.form, review, _before(desk, review.scope, review.bureau))
    keep_filled(visit.signed_in, review.scope, filled)
    if visit.form.text("do") != "sign":
        return visit.go(f"{review_page(review.scope)}?kept=1")
    wrong = tuple(_wrong(visit, review, filled))
    if wrong:
        return _form(visit, desk, (looked, review), filled, 422, wrong=wrong)
    return _sign(visit, desk, review, filled)


def _wrong(visit: Visit[Guest], review: Review, filled: Filled) -> list[tuple[str, Message]]:
    """What keeps it from being signed, by field."""
    found = []
    if visit.form.text("digest") != review.digest:
        found.append(
            (
                "rows",
                Message(
                    "The list is not as it was shown: something has changed at the bureau or in the rules. What you"
                    " decided is kept; look at the rows that are not decided."
                ),
            )
        )
    undecided = sum(filled.of(item).decision is None for item in review.items)
    if undecided:
        found.append(
            (
                "rows",
                Message.count(
                    "{n} row is not decided yet: choose keep or remove.",
                    "{n} rows are not decided yet: choose keep or remove for each.",
                    undecided,
                ),
            )
        )
    if not filled.by:
        found.append(("by", Message("Write who signs it.")))
    return found


def _sign(visit: Visit[Guest], desk: Desk, review: Review, filled: Filled) -> Response:
    say = visit.say
    listed = SignOff(review, tuple(filled.of(item) for item in review.items))
    signed = signed_by(listed, filled.by, desk.policy(), desk.settings.reviews.folder)
    told = Change(
        Message("Access review of {scope}, signed", scope=Words(None, say).scope(review.scope)),
        how=(
            Message(
                "{keep} to keep, {remove} to remove, as it was on {date}, signed by {name}",
                keep=len(signed.made) - len(signed.removals),
                remove=len(signed.removals),
                date=review.date,
                name=signed.by,
            ),
        ),
    )
    text = sign_off_text(signed, say)
    filed = file_sign_off(desk.settings.reviews.folder, signed, text, commit_message(told, say))
    if filed.base is not None:
        desk.pulls.remember(filed.commit, told)
        desk.pulls.propose(filed.base, filed.branch, filed.commit, say)
    forget_filled(visit.signed_in, review.scope)
    return visit.go(keep_signed(visit, signed, filed))
