"""What the steps of the dialog offer: consultants to be ticked, and programs, with what stands in their way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.formats.names import Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.grid import OperationKind
from reconciler.grid.arrays import bits
from reconciler.web.index import flags_of, ids_of, index_of, keys_of
from reconciler.web.lists import Column, choose, count_of_consultants
from reconciler.web.preview import chances
from reconciler.web.ticks import address, asked, sort_word, ticked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.errors import Message
    from reconciler.grid.arrays import Flags, Ids
    from reconciler.web.drafts import Draft
    from reconciler.web.forms import Form
    from reconciler.web.lists import Answer, Question
    from reconciler.web.seen import Seen
    from reconciler.web.site import Visit

PICKED = 60
"""So many of those who are ticked are named."""


@dataclass(frozen=True, slots=True)
class Person:
    """A consultant that is offered, or ticked.

    Attributes:
        key: mostly an e-mail address.
        label: the name.
        team: the names of the teams.
        count: at how many of the marked clients there is access now.
        active: False for who has left.
        picked: whether ticked.
    """

    key: str
    label: str
    team: str
    count: int
    active: bool
    picked: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A program that is offered.

    Attributes:
        key: of the program.
        label: in the reader's language.
        picked: whether ticked.
        held: at how many of the chosen pairs it is held now.
        good: at how many of the clients nothing stands in the way.
        bad: at how many of them something does, and what.
    """

    key: str
    label: str
    picked: bool
    held: int
    good: int
    bad: tuple[tuple[int, Message], ...]


def consultants_page(visit: Visit[Any], seen: Seen, draft: Draft) -> dict[str, Any]:
    """What the page of the consultants names."""
    question = _question(visit.form, draft)
    people = seen.register.consultants
    counts = _counts(seen, draft)
    answer = choose(people, question, counts, _flags(seen, draft, question, counts))
    picked = [number for key in draft.consultants if (number := people.names.find(key)) is not None]

    def person(number: int) -> Person:
        key = people.names[number]
        return Person(
            key=key,
            label=short(people.labels[number]) or short(key),
            team=", ".join(map(short, index_of(people).teams.of(number))),
            count=int(counts[number]),
            active=bool(people.active[number]),
            picked=key in draft.consultants,
        )

    ordered = sorted(picked, key=lambda number: index_of(people).by_name[number])
    return {
        "question": question.at(answer.page),
        "sort": sort_word(question),
        "columns": Column,
        "answer": answer,
        "rows": [person(number) for number in answer.shown.tolist()],
        "picked": [person(number) for number in ordered[:PICKED]],
        "more": max(len(picked) - PICKED, 0),
        "teams": index_of(people).teams.all,
        "clients": len(draft.marks.clients),
        "gives": draft.kind is OperationKind.GIVE_ACCESS,
    }


def take_consultants(visit: Visit[Any], seen: Seen, draft: Draft) -> tuple[Draft, str]:
    """What the form of the consultants says.

    Returns:
        The draft, and where the list stands that the form asks for.
    """
    form, names = visit.form, seen.register.consultants.names
    question = _question(form, draft)
    chosen = ticked(form, frozenset(draft.consultants), names)
    match form.text("do"):
        case "all":
            chosen = chosen.union(keys_of(names, _offered(seen, draft, question).ids))
        case "none":
            chosen = frozenset()
        case _:
            pass
    chosen = chosen.difference(form.texts("drop"))
    path = address(f"/manage/{draft.key}/consultants", question)
    return replace(draft, consultants=tuple(sorted(chosen))), path


def _question(form: Form, draft: Draft) -> Question:
    """Who is to lose something is looked for among those who have it."""
    gives = draft.kind is OperationKind.GIVE_ACCESS
    return asked(form, Column.NAME if gives else Column.COUNT, down=not gives)


def _counts(seen: Seen, draft: Draft) -> Ids:
    """For each consultant at how many of the marked clients they have access now."""
    return count_of_consultants(seen.access, index_of(seen.register.clients).know(draft.marks.clients).ids)


def _offered(seen: Seen, draft: Draft, question: Question) -> Answer:
    counts = _counts(seen, draft)
    return choose(seen.register.consultants, question, counts, _flags(seen, draft, question, counts))


def _flags(seen: Seen, draft: Draft, question: Question, counts: Ids) -> Iterator[Flags]:
    people = seen.register.consultants
    if _gives(draft):
        yield people.active
    elif not question.every:
        # who has nothing there loses nothing; who is ticked is shown all the same
        yield (counts > 0) | flags_of(ids_of(people.names, draft.consultants), len(people.names))
    if question.marked:
        yield flags_of(ids_of(people.names, draft.consultants), len(people.names))


def programs_page(visit: Visit[Any], seen: Seen, draft: Draft) -> dict[str, Any]:
    """What the page of the programs names."""
    names = seen.register.programs.names
    chosen = _every(seen) if draft.programs is None and _gives(draft) else draft.programs or ()
    namer = Namer(seen.register, visit.say)
    offers = [
        Offer(
            key=names[chance.program],
            label=namer.program(chance.program),
            picked=names[chance.program] in chosen,
            held=chance.held,
            good=chance.good,
            bad=tuple((count, reason_text(reason)) for reason, count in chance.bad.items()),
        )
        for chance in chances(seen, draft)
    ]
    return {
        "offers": sorted(offers, key=lambda offer: offer.label.casefold()),
        "gives": _gives(draft),
        "clients": len(draft.marks.clients),
        "pairs": len(draft.marks.clients) * len(draft.consultants),
    }


def take_programs(visit: Visit[Any], seen: Seen, draft: Draft) -> Draft:
    """The draft with the programs that its form says; only those of the bureau package."""
    every = _every(seen)
    match visit.form.text("do"):
        case "all":
            chosen = every
        case "none":
            chosen = ()
        case _:
            said = set(visit.form.texts("program"))
            chosen = tuple(key for key in every if key in said)
    return replace(draft, programs=chosen)


def _gives(draft: Draft) -> bool:
    return draft.kind is OperationKind.GIVE_ACCESS


def _every(seen: Seen) -> tuple[str, ...]:
    """The programs of the bureau package, sorted."""
    programs = seen.register.programs
    return tuple(sorted(programs.names[number] for number in bits(programs.package)))
