"""Which part of a plan is looked at, as the form above it says; the same as the flags of `reconciler plan`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reconciler.errors import Message
from reconciler.flow.world import Wanted
from reconciler.grid import Half
from reconciler.web.problems import PageProblem

if TYPE_CHECKING:
    from reconciler.web.forms import Form

MOST = 500
"""Names that are asked for at a time."""

_LONGEST = 20_000
"""Characters of a field that are read."""

HALVES = {"grants": Half.GRANTS, "removals": Half.REMOVALS}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the form says, as its fields hold it.

    Attributes:
        consultant: keys, with commas between them.
        client: likewise.
        team: a name; "" for all.
        tag: likewise.
        only: "grants", "removals", or "" for both.
        day: as 2027-01-31; "" for today.
    """

    consultant: str = ""
    client: str = ""
    team: str = ""
    tag: str = ""
    only: str = ""
    day: str = ""

    @classmethod
    def of(cls, form: Form) -> Filters:
        """Those of a form, or of an address."""
        return cls(**{name: form.text(name)[:_LONGEST] for name in cls.__dataclass_fields__})

    @property
    def said(self) -> dict[str, str]:
        """The fields that say something."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in fields.items() if value}

    def path(self, page: str, **more: str) -> str:
        """The address of a page with these, and with whatever else it is asked."""
        said = {**self.said, **more}
        return f"{page}?{urlencode(said)}" if said else page

    def wanted(self) -> Wanted:
        """What a plan is asked for.

        Raises:
            PageProblem: where a field holds what it cannot.
        """
        if self.only not in {"", *HALVES}:
            raise PageProblem(400, Message("“{value}” is nothing that can be chosen here.", value=self.only))
        return Wanted(
            as_of=day_of(self.day),
            half=HALVES.get(self.only),
            consultants=_names(self.consultant),
            clients=_names(self.client),
            teams=_names(self.team),
            tags=_names(self.tag),
        )


def _names(text: str) -> tuple[str, ...]:
    """What stands between commas or on lines, each once."""
    names = tuple(dict.fromkeys(name for part in re.split(r"[,\n]", text) if (name := part.strip())))
    if len(names) > MOST:
        raise PageProblem(400, Message("At most {n} names are asked for at a time.", n=MOST))
    return names


def day_of(text: str) -> dt.date | None:
    """The day in a field, None where it is empty; PageProblem where it is none."""
    if not text:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise PageProblem(400, Message("“{day}” is no day such as 2027-01-31.", day=text))
