"""Tables for Excel: what `who` answers, one row for each consultant, client and program.

Cells come from YAML and backends, so they may hold anything: none may be taken for a formula, none may end
its row or its cell; neither where a table that is written with commas is opened where semicolons are expected.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from typing import TYPE_CHECKING

from reconciler.formats.safe import clean
from reconciler.formats.text.wording import GROUNDS
from reconciler.grid.arrays import bits
from reconciler.plan.grounds import lasting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.explain import Edit
    from reconciler.plan.holders import Held, Holders

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the start of a formula, in full width too."""

_INNER_FORMULA = re.compile("(?<=[;,|])(?=[-=+@\uff1d\uff0b\uff0d\uff20])")
"""Where one would start if a character of the cell were taken for the end of a cell."""


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
    # a bureau has two million rows, and in them a few names again and again
    names = _Names(found, say)
    told = {id(group): [cell(value) for value in _why(found, group, edits, say)] for group in found.groups}
    for consultant, client, mask, group in found.entries():
        pair, why = [*names.consultant(consultant), *names.client(client)], told[id(group)]
        table.writerows([*pair, *program, *why] for program in names.programs(mask))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def cell(text: str) -> str:
    """A text that a spreadsheet shows as it is and never computes: a formula gets an apostrophe before it."""
    start = "'" if text.startswith(_FORMULA) else ""
    return start + _INNER_FORMULA.sub("'", clean(text))


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


class _Names:
    """The cells for keys and names, made once for each."""

    def __init__(self, found: Holders, say: Catalogue) -> None:
        self._register, self._say = found.register, say
        self.consultant = cache(self._consultant)
        self.client = cache(self._client)
        self.programs = cache(self._programs)

    def _consultant(self, number: int) -> tuple[str, str]:
        people = self._register.consultants
        return cell(people.names[number]), cell(people.labels[number])

    def _client(self, number: int) -> tuple[str, str]:
        companies = self._register.clients
        return cell(companies.names[number]), cell(companies.labels[number])

    def _programs(self, mask: int) -> list[tuple[str, str]]:
        """One for each program of a mask, or one for access alone."""
        programs, language = self._register.programs, self._say.language
        labels = [(programs.names[p], programs.labels[p]) for p in bits(mask)]
        told = [(cell(key), cell(known.get(language) or known.get("en") or key)) for key, known in labels]
        return told or [("", cell(self._say("access without programs")))]


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
