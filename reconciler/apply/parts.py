"""What became of a plan that several operators carried out, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.apply.protocol import Notification
    from reconciler.apply.results import Results
    from reconciler.errors import Message
    from reconciler.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What became of one part.

    Attributes:
        plan: as it was approved.
        runs: one, or more where something had to wait for another part; none where nothing was left to do.
        notifications: of the jobs of all runs.
        problem: why the part was not begun or not ended; None where it was.
    """

    plan: Plan
    runs: tuple[Results, ...] = ()
    notifications: tuple[Notification, ...] = ()
    problem: Message | None = None

    @property
    def clean(self) -> bool:
        """Whether everything that was asked for is so now."""
        return self.problem is None and all(results.clean for results in self.runs)
