"""What became of a plan, as a comment: what was not done first; whatever names hold, and however little room there is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.apply import ACCESS, Item, Result, Results
from reconciler.apply.orders import orders
from reconciler.apply.parts import Carried
from reconciler.apply.results import Ended
from reconciler.errors import Message
from reconciler.formats.catalogue import catalogue
from reconciler.formats.fits import Comment
from reconciler.formats.markdown.applied import applied_markdown
from reconciler.grid import Outcome
from reconciler.rights import Reason
from tests.formats.test_joint import hostile
from tests.security.attacks import ATTACKS
from tests.security.markdown import judge_markdown

EN = catalogue("en")


def parts(value: str) -> tuple[list[Carried], object]:
    """One of everything that can become of an order."""
    joint, _ = hostile(value)
    plan = joint.parts[0].plan
    (number, order), *rest = orders(plan, "r")
    items = (
        Item("anna", "1", False, ("p",), Outcome.REFUSED, Reason.NEEDS_SYSTEM_ADMINISTRATOR),
        Item("anna", "4", True, ("p",), Outcome.DONE, None),
        Item("gone", value, False, ("new",), Outcome.FAILED, value),
    )
    told = [Result(number, order, Ended.FINISHED, "job", items, missing=(("bo", "1", ACCESS),))]
    told += [Result(n, o, Ended.REJECTED, problem=Message("{x}", x=value)) for n, o in rest]
    results = Results("run", tuple(told), stopped=Message("{x}", x=value))
    return [Carried(plan, (results,)), Carried(plan, problem=Message("{x}", x=value))], joint.whole


def test_what_was_not_done_stands_first_and_what_was_is_folded():
    carried, left = parts("Anna")
    text = applied_markdown(carried, left, EN, comment=Comment(report="https://ci.example/1"))
    assert text.startswith("### Result: 2 done, 0 already so, 1 refused, 1 failed.\n")
    wrong, done = text.index("#### Not done: 3 items"), text.index("<details><summary>Done: 1 item</summary>")
    assert wrong < text.index("#### Blocked") < done
    assert "needs a system administrator" in text[wrong:]
    assert "asked for, but the result does not tell of it" in text[wrong:]
    assert "Nothing more was sent: Anna." in text
    assert text[done:].count("gives access and ") == 1
    assert text.endswith("The whole report: <https://ci.example/1>\n\n<!-- reconciler:complete -->\n")
    assert "digest" not in text


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
def test_names_are_text(attack, language):
    carried, left = parts(attack)
    assert judge_markdown(applied_markdown(carried, left, catalogue(language), full=True)) == []


@pytest.mark.parametrize("room", [30, 300, 700, 1_500, 3_000])
def test_it_never_takes_more_room_than_there_is(room):
    carried, left = parts("å" * 60)
    many = Results("run", carried[0].runs[0].results * 20)
    text = applied_markdown([replace(carried[0], runs=(many,))], left, EN, comment=Comment(room))
    assert len(text.encode()) <= max(room, len("<!-- reconciler:cut -->\n"))
    assert text.endswith("<!-- reconciler:cut -->\n")


def test_where_nobody_could_look_again_it_says_so():
    carried, _ = parts("Anna")
    text = applied_markdown(carried, Message("it was stopped by hand"), EN)
    assert "Could not look again: it was stopped by hand." in text
