"""What every page must be for everybody: read, heard, small, and without a mouse. Each function says what is wrong."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

NARROW = 320
"""Pixels, at which nothing may have to be scrolled sideways (WCAG 2.2, 1.4.10)."""

# of what is best practice too; the rules for targets and focus of WCAG 2.2 are off unless they are asked for
_RULES = {"rules": {"target-size": {"enabled": True}, "focus-order-semantics": {"enabled": False}}}

_CONTROLS = """() => {
    const every = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
    const shown = (one) => one.checkVisibility({visibilityProperty: true}) && !one.disabled;
    window.controls = [...document.querySelectorAll(every)].filter(shown);
    return window.controls.map((one) => {
        const radio = one.type === "radio" ? one.name : "";
        const said = (one.labels?.[0] ?? one).textContent.trim().replace(/\\s+/g, " ").slice(0, 60);
        const name = one.getAttribute("aria-label") || one.getAttribute("aria-labelledby") || said;
        return {tag: one.tagName, name, radio, main: !!one.closest("main"), index: one.tabIndex};
    });
}"""

_FOCUSED = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect(), look = getComputedStyle(one);
    const at = (x, y) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) => at(x, y));
    const label = one.labels?.[0];
    return {
        number: window.controls.indexOf(one),
        outline: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
        seen: points.some((found) => found && (one.contains(found) || label?.contains(found))),
    };
}"""


def axe_says(page: Any) -> list[tuple[str, object, str]]:
    """What axe finds: the rule, where, and what to do about it."""
    found = Axe().run(page, options=_RULES).response
    return [
        (one["id"], node["target"], node["failureSummary"])
        for one in found["violations"]
        for node in one["nodes"]
    ]


def too_wide(page: Any, width: int) -> list[str]:
    """What reaches beyond the edge, where the document can be scrolled sideways."""
    reach = page.evaluate("document.documentElement.scrollWidth")
    if reach <= width:
        return []
    beyond = page.evaluate(
        """(width) => [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".scroll, pre"))
            .map((one) => one.outerHTML.slice(0, 100))""",
        width,
    )
    return [f"the document is {reach} wide", *beyond[:5]]


def nameless(page: Any) -> list[str]:
    """Controls without a name."""
    return [one["tag"] for one in page.evaluate(_CONTROLS) if not one["name"]]


def by_keyboard(page: Any) -> list[str]:
    """What Tab does not reach, does not show that it has the focus, or shows it where nobody sees it."""
    controls = page.evaluate(_CONTROLS)
    wrong = [f"{_told(one)} has its own place in the order" for one in controls if one["index"] > 0]
    reached: set[int] = set()
    # where the focus was last, Tab goes on, even when nothing has it any more
    page.evaluate("document.body.tabIndex = -1; document.body.focus(); scrollTo(0, 0)")
    last = -1
    for _ in range(4 * len(controls) + 1):
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUSED)
        if found["number"] == last >= 0:
            # year, month and day of one field
            continue
        last = found["number"]
        if last in reached or last < 0:
            break
        reached.add(found["number"])
        told = _told(controls[found["number"]])
        wrong += [] if found["outline"] else [f"{told} does not show the focus"]
        wrong += [] if found["seen"] else [f"{told} is covered while it has the focus"]
    radios = {controls[number]["radio"] for number in reached} - {""}
    return wrong + [
        f"{_told(one)} is not reached"
        for number, one in enumerate(controls)
        if number not in reached and one["radio"] not in radios
    ]


def _told(control: dict[str, Any]) -> str:
    return f"{control['tag'].lower()} “{control['name']}”"
