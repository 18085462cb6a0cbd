"""What was asked for, as a value; its rule, and names made of it that are safe wherever they are put."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.adopt.words import is_rule_name, key_text
from reconciler.desired.write import Data, Note

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

_UNSAFE = re.compile(r"[^a-z0-9]+")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Request:
    """Access that somebody asks for.

    Attributes:
        consultants: keys, in the order of the form.
        clients: likewise.
        programs: likewise.
        until: the last day; None for no end.
        reason: why, in one line.
        ticket: the case that it was asked for in; "" for none.
    """

    consultants: tuple[str, ...]
    clients: tuple[str, ...]
    programs: tuple[str, ...]
    until: dt.date | None
    reason: str
    ticket: str = ""

    def note(self) -> Note:
        """The rule, as it is written."""
        who = [key_text(key) or "" for key in self.consultants]
        said: dict[str, Data] = {
            "who": who[0] if len(who) == 1 else who,
            "clients": [key_text(key) or "" for key in self.clients],
            "programs": list(self.programs),
        }
        if self.until:
            said["until"] = self.until.isoformat()
        said["reason"] = self.reason
        if self.ticket:
            said["ticket"] = self.ticket
        return Note(said)


def rule_name(request: Request, number: int | None, taken: Collection[str]) -> str:
    """A name for the rule: after the issue, or after whom and what it is about; one that is not taken.

    Args:
        request: what is asked for.
        number: of the issue; None where there is none.
        taken: names of other rules.
    """
    base = f"request-{number}" if number is not None else f"request-{slug(request)}"
    name, again = base, 1
    while name in taken or not is_rule_name(name):
        again += 1
        name = f"{base}-{again}"
    return name


def branch_of(name: str) -> str:
    """The branch for a rule of such a name: letters a to z, digits, hyphens and one slash."""
    return f"request/{plain(name.removeprefix('request-')) or 'access'}"


def slug(request: Request) -> str:
    """Whom and what it is about, in letters a to z, digits and hyphens."""
    words = [request.consultants[0].partition("@")[0], request.clients[0], request.programs[0]]
    return plain("-".join(words)) or "access"


def plain(text: str) -> str:
    """A text in letters a to z, digits and hyphens, not too long; "" where it has none of them."""
    letters = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", letters)[:_LONGEST].strip("-")
