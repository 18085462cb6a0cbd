"""What is looked for on every page would be found, were it there."""

from __future__ import annotations

import pytest

from tests.support.browser import window
from tests.support.reader import forms_of
from tests.web.looks import axe_says, by_keyboard, nameless, too_wide

pytestmark = pytest.mark.slow

GOOD = """<!doctype html><html lang="en"><head><title>A page</title>
<style>:focus-visible {{ outline: 3px solid blue; }}</style></head>
<body><main><h1>A page</h1>{inside}</main></body></html>"""

FIELDS = """<label>Name <input name="a"></label><button>Go</button>
<fieldset><legend>One</legend><label><input type="radio" name="r" checked>1</label>
<label><input type="radio" name="r">2</label></fieldset>"""


@pytest.fixture
def page(browser):
    with window(browser, "about:") as watched:

        def show(inside: str):
            watched.page.set_content(GOOD.format(inside=inside))
            return watched.page

        yield show


def test_a_good_page_has_nothing_wrong(page):
    shown = page(FIELDS)
    assert (axe_says(shown), too_wide(shown, 1280), nameless(shown), by_keyboard(shown)) == ([], [], [], [])


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<input name=a>", "label"),
        ("<p style='color: #ccc; background: #fff'>pale</p>", "color-contrast"),
        ("<p><button style='width:9px;height:9px;padding:0' aria-label=a></button><button style='width:9px;height:9px;padding:0' aria-label=b></button></p>", "target-size"),
    ],
)  # fmt: skip
def test_axe(page, inside, said):
    assert [rule for rule, _, _ in axe_says(page(inside))][:1] == [said]


def test_what_is_too_wide(page):
    found = too_wide(page("<div id=wide style='width: 2000px'>x</div>"), 1280)
    assert "2008 wide" in found[0]
    assert 'id="wide"' in found[1]


def test_what_has_no_name(page):
    assert nameless(page("<button></button><a href=x></a>")) == ["BUTTON", "A"]


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<a href=x tabindex=-1>far</a><button>a</button>", "“far” is not reached"),
        ("<button style='outline: none'>bare</button>", "“bare” does not show the focus"),
        ("<button tabindex=3>first</button>", "“first” has its own place in the order"),
        ("<button>under</button><div style='position: fixed; inset: 0; background: red'></div>", "“under” is covered while it has the focus"),
    ],
)  # fmt: skip
def test_what_the_keyboard_does_not_do(page, inside, said):
    found = by_keyboard(page(inside))
    assert len(found) == 1
    assert said in found[0]


def test_forms_are_read_as_a_browser_sends_them():
    (form,) = forms_of("""
        <form method=post action=/x id=f><input name=a value=1><input type=checkbox name=c value=2 checked>
        <input type=checkbox name=c value=3><select name=s><option value=4><option value=5 selected></select>
        <textarea name=t>
two
lines</textarea><button name=go value=6>Go</button></form><input form=f name=outside value=7>""")
    assert form.fields == [
        ("a", "1"), ("c", "2"), ("s", "5"), ("t", "two\nlines"), ("outside", "7")
    ]  # fmt: skip
    assert (form.buttons, form.choices) == ([("go", "6")], {"c": ["2", "3"]})
    assert form.said({"c": ["3"], "go": "6"})[-2:] == [("c", "3"), ("go", "6")]
