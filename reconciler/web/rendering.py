"""Templates and what they load; everything that is put into one is escaped."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined

from reconciler.formats.html.frame import HERE, style
from reconciler.formats.html.page import script as plan_script
from reconciler.formats.lines import seen
from reconciler.formats.safe import short

if TYPE_CHECKING:
    from collections.abc import Mapping

_ASSETS = Path(__file__).parent / "assets"


def render(template: str, values: Mapping[str, Any]) -> str:
    """A template of this package with its values."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    found = Environment(
        # what a plan is shown with is the same on the page that stands alone
        loader=ChoiceLoader([PackageLoader("reconciler.web"), FileSystemLoader(HERE)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["asset"] = address
    # a name may turn the text round it, or show nothing at all; escaping does not change that
    found.filters["plain"] = short
    found.filters["line"] = seen
    return found


@cache
def assets() -> Mapping[str, tuple[str, bytes]]:
    """What pages load: media type and content by name. The style is that of the other pages, and more."""
    css = style() + (_ASSETS / "site.css").read_text(encoding="utf-8")
    return {
        "site.css": ("text/css; charset=utf-8", css.encode()),
        "site.js": ("text/javascript; charset=utf-8", (_ASSETS / "site.js").read_bytes()),
        "icon.svg": ("image/svg+xml", (_ASSETS / "icon.svg").read_bytes()),
        "plan.js": ("text/javascript; charset=utf-8", plan_script().encode()),
    }


@cache
def address(name: str) -> str:
    """Where a page loads it from; another address as soon as it says something else, so that it may be kept."""
    return f"/assets/{hashlib.sha256(assets()[name][1]).hexdigest()[:16]}/{name}"
