"""Tables for Excel: what `who` answers, one row for each consultant, client and program.

Cells come from YAML and backends, so they may hold anything: none may be taken for a formula, none may end
its row or its cell.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from reconciler.formats.safe import clean
from reconciler.formats.text.wording import GROUNDS
from reconciler.grid.arrays import bits
from reconciler.plan.grounds import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.explain import Edit
    from reconciler.plan.holders import Held, Holders

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the start of a formula, in full width too."""


def holders_csv(found: Holders, edits: Mapping[int, Edit], say: Catalogue) -> bytes:
    """Who has what, as Excel opens it: UTF-8 with BOM, and in Swedish a semicolon between cells.

    Args:
        found: what to tell.
        edits: by number of a rule, its last change, where the history is known.
        say: the language of the headings and of the programs.
    """
    text = io.StringIO()
    separator = ";" if say.language == "sv" else ","
    # every cell in quotes, so that a separator in it is none in whatever language the table is opened
    table = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(_headings(say))
    told: dict[int, list[str]] = {}
    for consultant, client, mask, group in found.entries():
        if id(group) not in told:
            told[id(group)] = [cell(value) for value in _why(found, group, edits, say)]
        for names in _names(found, consultant, client, mask, say):
            table.writerow([*map(cell, names), *told[id(group)]])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def cell(text: str) -> str:
    """A text that a spreadsheet shows as it is and never computes: a formula gets an apostrophe before it."""
    return f"'{clean(text)}" if text.startswith(_FORMULA) else clean(text)


def _headings(say: Catalogue) -> list[str]:
    return [
        say("consultant"),
        say("consultant's name"),
        say("client"),
        say("client's name"),
        say("program"),
        say("program's name"),
        say("why"),
        say("rules"),
        say("first day"),
        say("last day"),
        say("reason"),
        say("where the rules stand"),
        say("rules last changed"),
    ]


def _names(
    found: Holders, consultant: int, client: int, mask: int, say: Catalogue
) -> Iterator[tuple[str, ...]]:
    """The names of each program of an entry, or of access alone."""
    register = found.register
    people, companies, programs = register.consultants, register.clients, register.programs
    pair = (
        people.names[consultant],
        people.labels[consultant],
        companies.names[client],
        companies.labels[client],
    )
    if not mask:
        yield (*pair, "", say("access without programs"))
    for program in bits(mask):
        key = programs.names[program]
        labels = programs.labels[program]
        yield (*pair, key, labels.get(say.language) or labels.get("en") or key)


def _why(found: Holders, group: Held, edits: Mapping[int, Edit], say: Catalogue) -> tuple[str, ...]:
    """Why it is so, from when, until when, and where that stands."""
    rules = [found.rules[number] for number in group.rules]
    since, until = lasting(rules)
    changed = [edits[number] for number in group.rules if number in edits]
    return (
        say.message(GROUNDS[group.ground]),
        ", ".join(rule.name for rule in rules),
        since.isoformat() if since else "",
        until.isoformat() if until else "",
        "; ".join(rule.reason for rule in rules if rule.reason),
        ", ".join(f"{rule.position.file}:{rule.position.line}" for rule in rules),
        ", ".join(
            f"{edit.date} {edit.author}" if edit.date else say("not committed yet") for edit in changed
        ),
    )
