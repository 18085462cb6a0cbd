"""A form that became a rule: as text for people, as JSON for a pipeline that opens a pull request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.formats.headline import headline
from reconciler.formats.names import Namer
from reconciler.formats.views import View

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.plan import Plan
    from reconciler.request import Request

FORMAT = "reconciler-request/1"

_UNSAFE = re.compile(r"[^\w .,:@+-]|_(?=_)")
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What became of a form.

    Attributes:
        file: that has the rule.
        rule: its name.
        branch: a name for a branch of it.
        request: what was asked for.
        register: the names behind the keys.
        plan: what the rule changes in access.
    """

    file: str
    rule: str
    branch: str
    request: Request
    register: Register
    plan: Plan


def title_of(asked: Asked, say: Catalogue) -> str:
    """A title for a pull request: one line of letters, digits and signs that no shell and no markup minds."""
    request, name = asked.request, Namer(asked.register, say, 2)
    people = asked.register.consultants.names.ids(request.consultants).tolist()
    places = asked.register.clients.names.ids(request.clients).tolist()
    values = {"who": name.consultants(tuple(people)), "clients": name.clients(tuple(places))}
    text = (
        say("Access for {who} at {clients} until {date}", **values, date=request.until)
        if request.until
        else say("Access for {who} at {clients}", **values)
    )
    return " ".join(_UNSAFE.sub(" ", text).split())[:_LONGEST_TITLE].strip(" -.,:@+")


def request_text(asked: Asked, say: Catalogue, *, written: bool) -> str:
    """What was written, and what it means."""
    values = {"file": asked.file, "rule": asked.rule}
    done = (
        say("wrote rule {rule} into {file}", **values)
        if written
        else say("would write rule {rule} into {file}", **values)
    )
    lines = [
        done,
        f"{headline(asked.plan, say, View.DIFF)}.",
        say("title: {title}", title=title_of(asked, say)),
        say("branch: {branch}", branch=asked.branch),
    ]
    return "\n".join(lines) + "\n"


def request_document(asked: Asked, say: Catalogue, *, written: bool) -> dict[str, Any]:
    """The same for machines; title and headline are for people, in their language."""
    request = asked.request
    return {
        "format": FORMAT,
        "written": written,
        "file": asked.file,
        "rule": asked.rule,
        "branch": asked.branch,
        "title": title_of(asked, say),
        "headline": headline(asked.plan, say, View.DIFF),
        "changes-access": bool(asked.plan.operations or asked.plan.blocked),
        "consultants": list(request.consultants),
        "clients": list(request.clients),
        "programs": list(request.programs),
        "until": request.until.isoformat() if request.until else None,
        "reason": request.reason,
        "ticket": request.ticket or None,
    }
