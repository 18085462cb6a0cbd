"""Lists in which one ticks: what a form says of them, and the address of a question.

A form sends the keys that it showed and those of them that are ticked, with whichever of its buttons is pressed, so that
nothing is lost on the way to another page of the list; what it did not show stays as it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reconciler.web.lists import LONGEST, Column, Question

if TYPE_CHECKING:
    from reconciler.grid.names import Names
    from reconciler.web.forms import Form


def ticked(form: Form, before: frozenset[str], known: Names) -> frozenset[str]:
    """What is ticked after a form was sent.

    Args:
        form: with `shown` and `tick`.
        before: what was ticked; the same is returned where nothing changes.
        known: what can be ticked.
    """
    shown = set(form.texts("shown"))
    now = {key for key in shown.intersection(form.texts("tick")) if key in known}
    was = {key for key in shown if key in before}
    return before if now == was else before - was | now


def asked(form: Form, column: Column = Column.NUMBER, *, down: bool = False) -> Question:
    """The question that a form or an address asks, with the button that was pressed.

    Args:
        form: of the list.
        column: what it is sorted by where nothing is said.
        down: likewise, whether from last to first.
    """
    question = Question(
        words=form.text("q")[:LONGEST],
        tag=form.text("tag")[:LONGEST],
        team=form.text("team")[:LONGEST],
        other=form.text("consultant")[:LONGEST],
        marked=form.text("marked") == "1",
        every=form.text("who") == "all",
        column=column,
        down=down,
        page=form.number("page", 1),
    )
    question = _sorted(question, form.text("sort"))
    if "to-sort" in form.values:
        question = _sorted(question, form.text("to-sort")).at(1)
    if form.text("do") == "look":
        question = question.at(1)
    return question.at(form.number("to-page", question.page))


def sort_word(question: Question) -> str:
    """How a form says what a list is sorted by."""
    return f"{'-' if question.down else ''}{question.column}"


def address(path: str, question: Question) -> str:
    """Where the answer to a question stands."""
    said = {
        "q": question.words,
        "tag": question.tag,
        "team": question.team,
        "consultant": question.other,
        "marked": "1" if question.marked else "",
        "who": "all" if question.every else "",
        "sort": sort_word(question),
        "page": str(question.page) if question.page > 1 else "",
    }
    return f"{path}?{urlencode({name: value for name, value in said.items() if value})}"


def _sorted(question: Question, word: str) -> Question:
    """The question sorted as a word says; as it is where it is none."""
    name = word.removeprefix("-")
    if name not in set(Column):
        return question
    return replace(question, column=Column(name), down=word.startswith("-"))
