"""Limits: how much one plan may remove. A faulty file must not empty a bureau."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Message

if TYPE_CHECKING:
    from reconciler.desired import Limits


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guardrail that forbids the plan.

    Attributes:
        guardrail: its key in the YAML: "max-removals".
        figure: what the plan has.
        limit: what is allowed.
    """

    guardrail: str
    figure: int
    limit: int

    @property
    def message(self) -> Message:
        """What it says, with the way past it."""
        return Message(
            "{guardrail}: the plan would remove {figure} accesses and programs, and at most {limit} may go"
            " at once; if that is meant, say so with --allow-removals={allow}",
            guardrail=self.guardrail,
            figure=self.figure,
            limit=self.limit,
            allow=str(self.figure),
        )


def check_removals(limits: Limits, removals: int, managed: int, allowed: int | None) -> tuple[Refusal, ...]:
    """Refuse a plan that removes more cells than the limit, unless exactly this figure was allowed by name.

    Args:
        limits: what the YAML says.
        removals: cells that the plan removes.
        managed: cells that are managed now.
        allowed: the figure given with `--allow-removals`, None for none.
    """
    if limits.max_removals is None or removals == allowed:
        return ()
    share = managed / 100 if limits.percent else 1
    limit = int(limits.max_removals * share)
    return () if removals <= limit else (Refusal("max-removals", removals, limit),)
