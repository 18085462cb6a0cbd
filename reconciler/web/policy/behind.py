"""What pages over the YAML add to those of a client and of a consultant: each cell leads to why, and the rules behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.desired import resolve
from reconciler.errors import Position, ReconcilerError
from reconciler.formats.text.wording import GROUNDS
from reconciler.plan.focus import Focus
from reconciler.plan.holders import holders
from reconciler.web.addresses import asking
from reconciler.web.index import flags_of
from reconciler.web.matrices import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.desired import Policy
    from reconciler.errors import Message
    from reconciler.plan import Current
    from reconciler.plan.grounds import Ground
    from reconciler.plan.holders import Holders
    from reconciler.web.matrices import Shown
    from reconciler.web.policy.desk import Desk
    from reconciler.web.site import Visit


@dataclass(frozen=True, slots=True)
class Behind:
    """Why some of what stands in a table is there.

    Attributes:
        ground: whether a rule gives it, forbids it, …
        rule: its name; "" where it is none.
        position: where the rule stands; None where it is none.
        rows: in how many rows of the table something is so.
    """

    ground: Message
    rule: str
    position: Position | None
    rows: int


class PolicySides:
    """Leads from each cell to why it is so, and tells which rules are behind a table.

    Args:
        desk: the YAML and the bureau.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def link(self, consultant: str, client: str, program: str | None) -> str:
        """The page that explains a cell."""
        return asking("/explain", consultant=consultant, client=client, program=program)

    def sections(self, _visit: Visit[Any], shown: Shown) -> tuple[Section, ...]:
        """The rules behind what stands in the table."""
        try:
            policy, current = self._desk.policy(), self._desk.current()
        except ReconcilerError:
            return (Section("policy/behind.html", {"behind": None}),)
        # where the bureau has moved on since the table was made, the next look shows both as they are then
        same = current.register is shown.seen.register
        found = behind(policy, current, shown, self._desk) if same else ()
        return (Section("policy/behind.html", {"behind": found}),)


def behind(policy: Policy, current: Current, shown: Shown, desk: Desk) -> tuple[Behind, ...]:
    """Why what stands in a table is there: by ground, and by rule where there is one."""
    shape, rows = current.register.shape, np.array(shown.matrix.rows, dtype=np.int64)
    people = rows if shown.consultant is None else np.array([shown.consultant])
    companies = rows if shown.client is None else np.array([shown.client])
    part = flags_of(people, shape.consultants), flags_of(companies, shape.clients)
    day = desk.today()
    desired = resolve(policy, current.register, day, part)
    return tuple(_told(holders(desired, current, day, Focus(*part))))


def _told(found: Holders) -> Iterator[Behind]:
    pairs: dict[tuple[Ground, int | None], set[int]] = {}
    for group in found.groups:
        for number in group.rules or (None,):
            pairs.setdefault((group.ground, number), set()).update(group.rows.keys.tolist())
    for (ground, number), keys in pairs.items():
        rule = None if number is None else found.rules[number]
        name, position = ("", None) if rule is None else (rule.name, rule.position)
        yield Behind(GROUNDS[ground], name, position, len(keys))
