"""The last step of *Manage access*: what will happen, what is refused and who could do it; then saving.

What is shown is judged as the server itself judges. Between looking and saving the bureau may move: what somebody else
has changed meanwhile is not touched, and said to be so in the result.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.bureau.problems import Problem
from reconciler.errors import Message
from reconciler.formats.names import Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.grid.arrays import bits, mask_of
from reconciler.grid.operation import Outcome
from reconciler.web.bureau.identity import operator_of, writing_operator
from reconciler.web.bureau.saving import save, shown_of
from reconciler.web.dialog import gone_messages, ready, stage_values, step_path
from reconciler.web.drafts import Marks, keep_draft, keep_marks, marks_of
from reconciler.web.preview import preview
from reconciler.web.problems import PageProblem
from reconciler.web.site import route
from reconciler.web.summary import operation_name, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.bureau.endpoint import Server
    from reconciler.bureau.operators import SignedIn
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid.arrays import Ids
    from reconciler.web.bureau.identity import Who
    from reconciler.web.bureau.looking import Looking
    from reconciler.web.preview import Group, Preview
    from reconciler.web.seen import Seen
    from reconciler.web.site import Site, Visit

ORDER = (Outcome.REFUSED, Outcome.FAILED, Outcome.DONE, Outcome.ALREADY)

NAMED = 5
"""Clients and consultants of a group that are named at once."""

MOST = 500
"""Of them that are named when somebody wants to see all."""

COULD = 5
"""Operators that are named."""

_REVISION = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Told:
    """What ends alike, in words.

    Attributes:
        outcome: how.
        reason: why, "" where it goes well.
        items: how many items.
        what: access and programs, each with the number of pairs.
        consultants: the first names.
        clients: likewise.
        rest: more clients by name, where there are any.
        hidden: clients that are not named at all.
        could: who could do it; None where that is not to be told.
    """

    outcome: Outcome
    reason: str
    items: int
    what: str
    consultants: str
    clients: str
    rest: tuple[str, ...]
    hidden: int
    could: str | None


def check_routes(site: Site[Who], server: Server, look: Looking) -> Sequence[Route]:
    """The page that checks, and the form that saves."""
    return [
        route(site, "GET", "/manage/{draft}/check", partial(_check, server, look)),
        route(site, "POST", "/manage/{draft}/save", partial(_save, server)),
    ]


def _check(server: Server, look: Looking, visit: Visit[Any]) -> Response:
    draft, elsewhere = ready(visit)
    if elsewhere:
        return visit.go(elsewhere)
    operator = operator_of(server, visit)
    seen = look.at(operator)
    found = preview(seen, draft)
    teller = _Teller(seen, found, visit.say, _Others(look, operator))
    return visit.page(
        "bureau/check.html",
        **stage_values(draft, "check"),
        wrong=None,
        gone=gone_messages(seen, draft),
        operation=operation_name(draft.kind, visit.say),
        told=summary(seen, draft, visit.say),
        figures=[(outcome, found.items(outcome)) for outcome in ORDER],
        groups=[teller.told(group) for outcome in ORDER for group in found.of(outcome)],
        changes=found.changes,
        writes=not operator.read_only,
        revision=seen.revision,
        shown=shown_of(draft),
        moved="moved" in visit.form.values,
    )


def _save(server: Server, visit: Visit[Any]) -> Response:
    operator = writing_operator(server, visit)
    draft, elsewhere = ready(visit)
    if elsewhere:
        return visit.go(elsewhere)
    revision = visit.form.text("revision")
    if visit.form.text("shown") != shown_of(draft) or not _REVISION.fullmatch(revision):
        # another window has gone on with it: nothing is saved that was not shown
        return visit.go(f"{step_path(draft, 'check')}?moved=1")
    try:
        path = save(server, operator, draft, int(revision))
    except Problem as problem:
        raise PageProblem(422, Message("The server did not take it: {why}", why=problem.detail)) from None
    keep_draft(visit.signed_in, replace(draft, saved=path))
    if marks_of(visit.signed_in) == draft.marks:
        keep_marks(visit.signed_in, Marks())
    return visit.go(path)


class _Others:
    """Who else may do something.

    Args:
        look: knows the rights.
        operator: who looks.
    """

    def __init__(self, look: Looking, operator: SignedIn) -> None:
        self._look, self._operator = look, operator

    def could(self, group: Group, clients: Ids) -> list[tuple[str, int]] | None:
        """The names of those who could do what a group says, and at how many of its clients; those with most first.

        None where whoever looks may not see the other operators.
        """
        if not self._operator.sees_operators:
            return None
        programs = 0 if group.access else mask_of(np.flatnonzero(group.programs).tolist())
        found = []
        for name, rights in self._look.others(self._operator, clients):
            able = rights.system
            if not group.access:
                able = able | (rights.programs & np.uint64(programs) == np.uint64(programs))
            found.append((name, int(np.count_nonzero(able))))
        return sorted(((name, many) for name, many in found if many), key=lambda one: (-one[1], one[0]))


class _Teller:
    """Tells groups of a preview in the reader's language."""

    def __init__(self, seen: Seen, found: Preview, say: Catalogue, others: _Others) -> None:
        self._seen, self._found, self.say, self._others = seen, found, say, others
        self._namer = Namer(seen.register, say, fold=None)

    def told(self, group: Group) -> Told:
        """A group in words."""
        clients = [self._found.clients[at] for at in np.flatnonzero(group.clients).tolist()]
        people = [self._found.consultants[at] for at in np.flatnonzero(group.consultants).tolist()]
        rest = clients[NAMED : NAMED + MOST] if len(clients) > NAMED + 1 else []
        return Told(
            outcome=group.outcome,
            reason="" if group.reason is None else self.say.message(reason_text(group.reason)),
            items=group.items,
            what=self._what(group),
            consultants=self._listed([self._consultant(key) for key in people[: NAMED + 1]], len(people)),
            clients=self._listed([self._client(key) for key in clients[: NAMED + 1]], len(clients)),
            rest=tuple(map(self._client, rest)),
            hidden=max(0, len(clients) - NAMED - MOST) if rest else 0,
            could=self._could(group, clients) if group.outcome is Outcome.REFUSED else None,
        )

    def _what(self, group: Group) -> str:
        say = self.say
        words = [say("access ({n})", n=group.access)] if group.access else []
        mask = mask_of(np.flatnonzero(group.programs).tolist())
        words += [
            say("{program} ({n})", program=self._namer.program(number), n=int(group.programs[number]))
            for number in bits(mask)
        ]
        return say.listing(words)

    def _could(self, group: Group, clients: list[str]) -> str | None:
        names = self._seen.register.clients.names
        ids = [number for number in map(names.find, clients) if number is not None]
        found = self._others.could(group, np.array(ids, dtype=np.int64))
        if found is None:
            return None
        if not found:
            return self.say("None of the other operators could do it.")
        words = [
            short(name) if many == len(clients) else self.say("{name} at {n} of them", name=name, n=many)
            for name, many in found[:COULD]
        ]
        return self.say("It could be done by {names}.", names=self._listed(words, len(found)))

    def _listed(self, words: list[str], total: int) -> str:
        """The first words, and how many more there are."""
        if total > len(words):
            words = words[:NAMED]
            words.append(self.say.count("{n} more", "{n} more", total - len(words)))
        return self.say.listing(words)

    def _consultant(self, key: str) -> str:
        number = self._seen.register.consultants.names.find(key)
        return short(key) if number is None else self._namer.consultant(number)

    def _client(self, key: str) -> str:
        number = self._seen.register.clients.names.find(key)
        return short(key) if number is None else self._namer.client(number)
