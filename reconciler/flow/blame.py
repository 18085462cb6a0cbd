"""When a rule was last changed and by whom, as the git history of its file tells; nothing where there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reconciler.flow.git import ask
from reconciler.plan.explain import Edit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.desired import Policy, Rule

ALL_SECONDS = 20.0
"""After so long no further file is looked at; the rules in it are told without their history."""

_HEADER = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) \d+ (\d+)")


@dataclass(frozen=True, slots=True)
class _Line:
    """Who last changed a line, and when that came into this history, in seconds since 1970."""

    commit: str
    author: str
    time: int
    boundary: bool


def last_changes(
    policy: Policy, rules: Sequence[Rule], numbers: Iterable[int], timezone: str
) -> Mapping[int, Edit]:
    """The last change of some rules.

    Args:
        policy: where they stand.
        rules: all rules of the policy.
        numbers: which of them.
        timezone: in which days are told.

    Returns:
        By number; rules whose history is not known are left out.
    """
    spans: dict[str, dict[int, tuple[int, int]]] = {}
    for number in sorted(numbers):
        rule = rules[number]
        entries = policy.assignments if rule.kind == "assignment" else policy.denials
        spans.setdefault(rule.position.file, {})[number] = entries[rule.name].lines
    found: dict[int, Edit] = {}
    end = monotonic() + ALL_SECONDS
    for file, wanted in spans.items():
        if monotonic() > end:
            break
        lines = _blame(Path(file), wanted.values())
        for number, (first, last) in wanted.items():
            edit = _latest([lines[i] for i in range(first, last + 1) if i in lines], timezone)
            if edit is not None:
                found[number] = edit
    return found


def _latest(lines: Sequence[_Line], timezone: str) -> Edit | None:
    """The latest change of some lines; None where that lies before the history that is there."""
    if not lines:
        return None
    line = max(lines, key=lambda one: (not one.commit.strip("0"), one.time, not one.boundary))
    if not line.commit.strip("0"):
        return Edit(None, "", "")
    if line.boundary:
        return None
    # an author's own date may lie long before the day on which the change was taken over
    day = datetime.fromtimestamp(line.time, UTC).astimezone(ZoneInfo(timezone)).date()
    return Edit(day, line.author, line.commit)


def _blame(file: Path, spans: Iterable[tuple[int, int]]) -> dict[int, _Line]:
    """The lines of these spans; empty where git does not tell."""
    ranges = [f"-L{first},{last}" for first, last in sorted(set(spans))]
    # git looks at each range by itself: with many of them the whole file is faster
    which = ranges if len(ranges) <= 20 else []
    told = ask(file.parent, "blame", "--line-porcelain", "--no-textconv", *which, "--", file.name)
    lines = _lines(told) if told is not None else {}
    if any(line.boundary for line in lines.values()) and _is_whole(file.parent):
        # the first commit of a whole history is a commit like any other
        lines = {i: _Line(line.commit, line.author, line.time, boundary=False) for i, line in lines.items()}
    return lines


def _is_whole(folder: Path) -> bool:
    """Whether the history goes back to its first commit; in CI it is often cut off."""
    return (ask(folder, "rev-parse", "--is-shallow-repository") or "").strip() == "false"


def _lines(porcelain: str) -> dict[int, _Line]:
    """By number of a line, who changed it: `git blame --line-porcelain` repeats all of it for each line."""
    found: dict[int, _Line] = {}
    commit, number, facts = "", 0, dict[str, str]()
    for text in porcelain.split("\n"):
        header = _HEADER.match(text) if not commit else None
        if header:
            commit, number, facts = header[1], int(header[2]), {}
        elif text.startswith("\t"):
            time = facts.get("committer-time", "")
            if commit and time.isdigit():
                author = facts.get("author", "")
                found[number] = _Line(commit, author, int(time), "boundary" in facts)
            commit = ""
        else:
            name, _, value = text.partition(" ")
            facts[name] = value
    return found
