"""Access reviews as text: the lists, what a sign-off asks for, and how reviews stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.names import Namer
from reconciler.formats.safe import short
from reconciler.formats.text.lines import detail, first, heading, item, paragraph
from reconciler.formats.text.wording import GROUNDS, by
from reconciler.plan.grounds import Ground
from reconciler.review import Made, ScopeKind, SignOff
from reconciler.review.file import review_text
from reconciler.review.status import State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from reconciler.errors import Position
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.review import Item, Review, Scope
    from reconciler.review.status import Standing

ITEMS = 40
"""Items of a list that are shown before the rest is folded."""

FEW = 5
"""Of what has changed since it was signed."""


class Words:
    """Says items and scopes in names.

    Args:
        register: the names behind the keys; None where there are only keys.
        say: the language.
    """

    def __init__(self, register: Register | None, say: Catalogue) -> None:
        self.say, self._register = say, register
        self._name = None if register is None else Namer(register, say)

    def scope(self, scope: Scope) -> str:
        """The team, or the client by number and name."""
        if scope.kind is ScopeKind.TEAM:
            return self.say("the team {name}", name=scope.name)
        return self.say("the client {name}", name=self.client(scope.name))

    def consultant(self, key: str) -> str:
        """The person's name."""
        number = self._register.consultants.names.find(key) if self._register else None
        return short(key) if self._name is None or number is None else self._name.consultant(number)

    def client(self, key: str) -> str:
        """The client's number, and the company's name."""
        number = self._register.clients.names.find(key) if self._register else None
        return short(key) if self._name is None or number is None else self._name.client(number)

    def program(self, key: str) -> str:
        """What the program is called."""
        number = self._register.programs.names.find(key) if self._register else None
        return short(key) if self._name is None or number is None else self._name.program(number)

    def pair(self, consultant: str, client: str, programs: Sequence[str]) -> str:
        """Somebody somewhere, with programs."""
        what = self.say.listing([self.program(program) for program in programs])
        who, where = self.consultant(consultant), self.client(client)
        if not programs:
            return self.say("{consultant} at {client}: access", consultant=who, client=where)
        return self.say("{consultant} at {client}: {programs}", consultant=who, client=where, programs=what)

    def item(self, one: Item) -> str:
        """An item in one line."""
        return self.pair(one.consultant, one.client, one.programs)


def list_to_fill_in(review: Review, register: Register, say: Catalogue) -> str:
    """A list as YAML, for somebody to write decisions into."""
    words = Words(register, say)
    listed = SignOff(review, (Made(),) * len(review.items))
    heading = [
        say(
            "Access review of {scope}, as it was on {date}. Write keep or remove into each decision, and a note where"
            " there is something to say.",
            scope=words.scope(review.scope),
            date=review.date,
        ),
        say("Then sign it: reconciler review sign FILE --by NAME"),
    ]
    return review_text(listed, heading, words.item)


def sign_off(signed: SignOff, say: Catalogue) -> str:
    """A sign-off as YAML, to be kept."""
    words = Words(None, say)
    heading = [say("What was reviewed, and what was decided. It is checked by: reconciler review status")]
    return review_text(signed, heading, words.item)


def reviews_text(
    found: Sequence[Review], register: Register, say: Catalogue, *, since_told: bool, full: bool = False
) -> str:
    """The lists, each under a heading.

    Args:
        found: what to show.
        register: the names behind the keys.
        say: the language.
        since_told: whether the backend tells since when something is held.
        full: fold no lists.
    """
    words = Words(register, say)
    lines: list[str] = []
    for review in found:
        title = say.count(
            "{scope}: {n} access to review",
            "{scope}: {n} accesses to review",
            len(review.items),
            scope=words.scope(review.scope),
        )
        lines += heading(upper(title))
        shown, more = first(review.items, None if full else ITEMS, say)
        lines += [line for one in shown for line in _item(one, words)] + more
    if not found:
        lines += paragraph(say("Nobody has access there: there is nothing to review."))
    elif not since_told:
        lines += ["", *paragraph(say("Since when it is held is not told by the backend."))]
    return "\n".join(lines).lstrip("\n") + "\n"


def upper(text: str) -> str:
    """The text, with a capital letter at its start."""
    return text[:1].upper() + text[1:]


def _item(one: Item, words: Words) -> list[str]:
    say = words.say
    lines = item("*", words.item(one))
    if one.ground is Ground.RULE:
        lines += detail(say.message(by(len(one.rules), say.listing([short(rule) for rule in one.rules]))))
    else:
        lines += detail(say("why: {why}", why=GROUNDS[one.ground]))
    if one.since:
        lines += detail(say("since {date}", date=one.since))
    if one.until:
        lines += detail(say("until {date}", date=one.until))
    return lines


def signed_text(signed: SignOff, rules: Mapping[str, Position], path: object, say: Catalogue) -> str:
    """What was signed, and what has to change in the YAML for it.

    Args:
        signed: the sign-off.
        rules: by name where the rules stand, those that there are.
        path: of the file that it was written to.
        say: the language.
    """
    words = Words(None, say)
    kept = len(signed.made) - len(signed.removals)
    lines = paragraph(
        say(
            "{name} has signed {scope} as it was on {date}: {keep} to keep, {remove} to remove.",
            name=signed.by,
            scope=words.scope(signed.review.scope),
            date=signed.review.date,
            keep=kept,
            remove=len(signed.removals),
        )
    )
    lines += paragraph(say("wrote {path}", path=path))
    if signed.removals:
        lines += heading(say("To change in the YAML"))
    for one, made in signed.removals:
        lines += item("-", words.item(one))
        if made.note:
            lines += detail(say("note: {note}", note=made.note))
        lines += detail(say.message(what_to_change(one, rules)))
    return "\n".join(lines) + "\n"


def what_to_change(one: Item, rules: Mapping[str, Position]) -> Message:
    """What has to change in the YAML so that something goes; `rules` tells where the rules stand."""
    match one.ground:
        case Ground.RULE:
            told = [
                f"{rule} ({rules[rule].file}:{rules[rule].line})" if rule in rules else rule
                for rule in one.rules
            ]
            return Message.count(
                "take it out of the rule {rules}, or forbid it under “never”",
                "take it out of the rules {rules}, or forbid it under “never”",
                len(told),
                rules=", ".join(told),
            )
        case Ground.UNMANAGED:
            return Message("it is not managed here: take it away in the bureau itself")
        case Ground.NONE:
            return Message(
                "no rule gives it: a plan removes it where “unlisted: remove” is said, else forbid it under “never”"
            )
        case _:
            return Message("nothing: the rules say so already, and the next plan removes it")


_MARKS = {State.NEVER: "!", State.OVERDUE: "!", State.CHANGED: "!", State.OPEN: "!", State.DONE: "+"}


def standings_text(
    found: Sequence[Standing], register: Register, today: dt.date, say: Catalogue, *, full: bool = False
) -> str:
    """How the reviews stand: what somebody has to look at first."""
    words = Words(register, say)
    title = say("Access reviews at {bureau} on {date}", bureau=register.label, date=today)
    lines = [*paragraph(title), ""]
    ordered = sorted(found, key=lambda one: (list(State).index(one.state), one.scope))
    shown, more = first(ordered, None if full else ITEMS, say)
    for one in shown:
        lines += _standing(one, words)
    todo = sum(one.state is not State.DONE for one in found)
    summary = (
        say.count(
            "{n} of {all} reviews is to be done.",
            "{n} of {all} reviews are to be done.",
            todo,
            all=len(found),
        )
        if todo
        else say("All {all} reviews are done.", all=len(found))
    )
    return "\n".join([*lines, *more, "", *paragraph(summary)]) + "\n"


def _standing(one: Standing, words: Words) -> list[str]:
    say = words.say
    lines = item(_MARKS[one.state], f"{upper(words.scope(one.scope))}: {say.message(state_told(one))}")
    if one.leads:
        names = say.listing([words.consultant(key) for key in one.leads])
        lines += detail(say.count("lead: {names}", "leads: {names}", len(one.leads), names=names))
    if one.signed:
        lines += detail(say("signed by {name}", name=one.signed.by))
    for new in one.new[:FEW]:
        lines += detail(say("new: {what}", what=words.pair(*new)))
    if len(one.new) > FEW:
        lines += detail(say.count("and {n} new one more", "and {n} new ones more", len(one.new) - FEW))
    for left in one.left[:FEW]:
        lines += detail(say("was to go and is still there: {what}", what=words.item(left)))
    if len(one.left) > FEW:
        lines += detail(
            say.count("and {n} more that was to go", "and {n} more that were to go", len(one.left) - FEW)
        )
    return lines


def state_told(one: Standing) -> Message:
    """How a review stands."""
    reviewed = one.signed.review.date if one.signed else None
    match one.state:
        case State.NEVER:
            return Message("never reviewed")
        case State.OVERDUE:
            return Message("reviewed as of {date}, was due again on {due}", date=reviewed, due=one.due)
        case State.CHANGED:
            return Message("reviewed as of {date}, and somebody has got something since", date=reviewed)
        case State.OPEN:
            return Message(
                "reviewed as of {date}, and something that was to go is still there", date=reviewed
            )
        case State.DONE:
            return Message("reviewed as of {date}, due again on {due}", date=reviewed, due=one.due)
