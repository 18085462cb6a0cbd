"""What is reviewed, and what was decided, as values; in keys, as they outlast the register that they come from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.plan.grounds import Ground


class ScopeKind(StrEnum):
    """Of what a review is."""

    TEAM = "team"
    """The clients of a team; its lead answers for them."""
    CLIENT = "client"


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """What one review is of.

    Attributes:
        kind: a team or a client.
        name: the team's name, the client's key.
    """

    kind: ScopeKind
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """What somebody has somewhere, for one reason.

    Attributes:
        consultant: who.
        client: where.
        programs: which; empty where it is access alone.
        ground: why it is, or is not, what the rules want.
        rules: the names of the rules that the ground is about.
        since: the day since when all of it has been held; None where the backend does not tell.
        until: the last day that the rules give it; None where no day bounds it.
    """

    consultant: str
    client: str
    programs: tuple[str, ...]
    ground: Ground
    rules: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def cells(self) -> set[tuple[str, str, str]]:
        """What it consists of; "" for the access itself."""
        return {(self.consultant, self.client, program) for program in (*self.programs, "")}

    def document(self) -> dict[str, Any]:
        """In plain texts and lists of them; what is not known is left out."""
        days = {"since": self.since, "until": self.until}
        return {
            "consultant": self.consultant,
            "client": self.client,
            "programs": list(self.programs),
            "why": self.ground.value,
            "rules": list(self.rules),
            **{name: day.isoformat() for name, day in days.items() if day},
        }


@dataclass(frozen=True)
class Review:
    """A list that somebody goes through.

    Attributes:
        bureau: its key.
        scope: what it is of.
        date: the day that it shows.
        items: what there is: what no rule gives first, then what ends first.
    """

    bureau: str
    scope: Scope
    date: dt.date
    items: tuple[Item, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all of it: a decision is about exactly this."""
        import rfc8785

        document: dict[str, Any] = {
            "bureau": self.bureau,
            "scope": {self.scope.kind.value: self.scope.name},
            "date": self.date.isoformat(),
            "access": [item.document() for item in self.items],
        }
        return f"sha256:{hashlib.sha256(rfc8785.dumps(document)).hexdigest()}"

    @property
    def cells(self) -> set[tuple[str, str, str]]:
        """What it consists of."""
        return set[tuple[str, str, str]]().union(*(item.cells for item in self.items))


class Decision(StrEnum):
    """What shall become of an item."""

    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Made:
    """What was decided of an item.

    Attributes:
        decision: what shall become of it; None where nothing was decided yet.
        note: what there is to say of it; "" for nothing.
    """

    decision: Decision | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class SignOff:
    """A review with its decisions, in the order of its items.

    Attributes:
        review: what was gone through.
        made: what was decided of each item.
        by: who signed it; "" where nobody has yet.
        at: the day that it was signed; None where it was not yet.
    """

    review: Review
    made: tuple[Made, ...]
    by: str = ""
    at: dt.date | None = None

    @property
    def removals(self) -> tuple[tuple[Item, Made], ...]:
        """What shall go."""
        pairs = zip(self.review.items, self.made, strict=True)
        return tuple((item, made) for item, made in pairs if made.decision is Decision.REMOVE)
