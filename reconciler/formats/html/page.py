"""The page as a whole: the sections as tables, which need no script, and the matrix as data for the script.

Names are text in a template that escapes everything, or in data that cannot end the element it stands in. Should one
get out of there all the same, the content-security policy allows but the one script and the one style of this package,
by their hashes, and no address at all; and the script makes elements, never markup (trusted types forbid it).
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message
from reconciler.formats.headline import headline
from reconciler.formats.html.data import matrix_data
from reconciler.formats.html.frame import HERE, hashed, style, template
from reconciler.formats.html.sections import sections
from reconciler.formats.html.states import matrix
from reconciler.formats.html.values import Tone
from reconciler.formats.html.words import PAGE, SCRIPT, words
from reconciler.formats.names import Namer
from reconciler.formats.text.summary import figures_of, summary
from reconciler.formats.views import View, title_of
from reconciler.plan import Half

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.html.values import Section
    from reconciler.plan import Change, Current, Plan

_SCRIPTS = ("data", "looks", "grid", "choice", "matrix", "tables", "page")
"""In the order in which they need each other."""


def plan_html(
    plan: Plan,
    current: Current | None,
    say: Catalogue,
    view: View = View.PLAN,
    *,
    full: bool = False,
    without: Mapping[str, Message] | None = None,
    besides: Sequence[Section] = (),
) -> str:
    """The page, with a line break at its end.

    Args:
        plan: what to show, of one operator or, as a whole, of several.
        current: what the bureau has now, with the register of the plan; None shows only what the plan mentions.
        say: the language.
        view: which question the plan answers; only a plan ends with the digest to approve.
        full: leave out nothing, however long.
        without: of a plan of several, by the name that they have in the configuration, why operators have no token.
        besides: what else is told, after all of the plan.
    """
    from markupsafe import Markup

    css, code = style(), script()
    values = plan_values(plan, current, say, view, full=full, without=without)
    return template("page").render(
        **{**values, "sections": [*values["sections"], *besides]},
        policy=_policy(css, code),
        style=Markup(css),  # noqa: S704 - a file of this package
        script=Markup(code),  # noqa: S704 - files of this package
        data=Markup(page_data(plan, current, say, view)),  # noqa: S704 - holds no character that markup is made of
    )


def plan_values(
    plan: Plan,
    current: Current | None,
    say: Catalogue,
    view: View = View.PLAN,
    *,
    full: bool = False,
    flag: bool = True,
    without: Mapping[str, Message] | None = None,
) -> dict[str, Any]:
    """What `parts.html.jinja` writes of a plan, and the heading; see `plan_html` and `sections` for the arguments."""
    return {
        "words": words(PAGE, view, say),
        "language": say.language,
        "number": say.number,
        "title": title_of(plan, view, say),
        "operators": [] if view is View.DIFF else _operators(plan, without or {}, say),
        "headline": headline(plan, say, view),
        "figures": _figures(plan, say),
        "summary": summary(plan, say, view),
        "sections": sections(plan, say, full=full, flag=flag),
        "digest": plan.digest if view is View.PLAN and plan.operations else "",
        "about": say.message(_about(current, view)),
    }


def page_data(plan: Plan, current: Current | None, say: Catalogue, view: View = View.PLAN) -> str:
    """What the script reads, as JSON without any character that could end the element in which it stands."""
    return _json(
        {
            "words": words(SCRIPT, view, say),
            "language": say.language,
            **matrix_data(matrix(plan, current), Namer(plan.register, say)),
        }
    )


def _operators(plan: Plan, without: Mapping[str, Message], say: Catalogue) -> list[str]:
    """Who would do it, and who could not be asked."""
    if not plan.operator.members:
        return [say("Operator: {name}", name=plan.operator.label or plan.operator.key)]
    namer = Namer(plan.register, say)
    names = say.listing([namer.operator(one) for one in plan.operator.each])
    lacking = [say("Without a token: {name} ({why})", name=name, why=why) for name, why in without.items()]
    return [say("Operators: {names}", names=names), *lacking]


def _about(current: Current | None, view: View) -> Message:
    """What the matrix is made from."""
    if current is None:
        return Message(
            "This page was made from a plan file, so the matrix shows only what the plan mentions: whoever has access"
            " to which nothing happens is not in it."
        )
    if view is View.DIFF:
        return Message(
            "Who may open what at which client by the YAML before, and what the change makes of it."
        )
    return Message("Who may open what at which client now, and what becomes of it.")


def _figures(plan: Plan, say: Catalogue) -> list[tuple[Tone, str]]:
    """The figures, in the order of the sections: what goes, what is blocked, what comes."""
    order = (Tone.LOSS, Tone.BLOCKED, Tone.GAIN)
    figures = [(_tone(change), text) for change, text in figures_of(plan, say)]
    return sorted(figures, key=lambda figure: order.index(figure[0]))


def _tone(change: Change | None) -> Tone:
    """How the figure of a change looks."""
    if change is None:
        return Tone.BLOCKED
    return Tone.GAIN if change.half is Half.GRANTS else Tone.LOSS


def _json(data: dict[str, Any]) -> str:
    """JSON without any character that could end its element or begin another one."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(css: str, script: str) -> str:
    """The content-security policy of the page."""
    return (
        f"default-src 'none'; style-src '{hashed(css)}'; script-src '{hashed(script)}'; base-uri 'none';"
        " form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


@cache
def script() -> str:
    """All scripts as one, in which nothing is global."""
    texts = [(HERE / "scripts" / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    return '"use strict";\n(() => {\n' + "\n".join(texts) + "})();\n"
