"""Annotations of GitHub Actions: lines of the log that stand at file and line in the pull request.

    ::error file=policies/access.yaml,line=8,col=3,title=duplicate-key::what is wrong

Of each kind a step may have ten, and what is more is dropped without a word: so the last of ten says how many more.
Three kinds of ten are well below the fifty that a job may have.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.formats.remarks.places import Places
from reconciler.formats.remarks.remark import LEVELS, Level, Remark
from reconciler.formats.safe import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue

MOST = 10
"""Annotations of a kind that a step may have."""

_KINDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}

_DATA = re.compile("[%\r\n]")
_PROPERTY = re.compile("[%\r\n:,]")


def in_the_log(remarks: Sequence[Remark], say: Catalogue) -> str:
    """One line for each remark, the worst first; "" where there are none."""
    places, lines = Places(), []
    for level in LEVELS:
        mine = [remark for remark in remarks if remark.level is level]
        shown = mine if len(mine) <= MOST else mine[: MOST - 1]
        lines += [_line(remark, places, say) for remark in shown]
        if hidden := len(mine) - len(shown):
            lines.append(f"::{_KINDS[level]}::{_data(_more(level, hidden, say))}")
    return "".join(f"{line}\n" for line in lines)


def _more(level: Level, hidden: int, say: Catalogue) -> str:
    match level:
        case Level.ERROR:
            return say.count("{n} more error", "{n} more errors", hidden)
        case Level.WARNING:
            return say.count("{n} more warning", "{n} more warnings", hidden)
        case Level.NOTE:
            return say.count("{n} more note", "{n} more notes", hidden)


def _line(remark: Remark, places: Places, say: Catalogue) -> str:
    properties = []
    if remark.position is not None:
        file, line, column = remark.position.file, remark.position.line, remark.position.column
        properties += [f"file={_property(clean(places.path(file)))}", f"line={line}", f"col={column}"]
    properties.append(f"title={_property(clean(remark.rule))}")
    text = remark.message
    if remark.hint:
        text += "\n" + say("hint: {hint}", hint=remark.hint)
    return f"::{_KINDS[remark.level]} {','.join(properties)}::{_data(text)}"


def _data(text: str) -> str:
    return _DATA.sub(_code, text)


def _property(text: str) -> str:
    return _PROPERTY.sub(_code, text)


def _code(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
