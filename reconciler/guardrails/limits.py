"""Limits: how much one plan may remove. A faulty file must not empty a bureau."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import Message


@dataclass(frozen=True, slots=True)
class Limit:
    """How many removals are allowed at once.

    Attributes:
        figure: as many cells, or as many percent of the cells that are managed now.
        percent: which of the two.
    """

    figure: float
    percent: bool

    def cells(self, managed: int) -> int:
        """The limit in cells, where so many are managed now; never less than is written."""
        return int(managed * self.figure / 100) if self.percent else int(self.figure)


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
            "{guardrail}: the plan removes {figure}, and at most {limit} are allowed at once;"
            " if that is meant: --allow-removals {figure}",
            guardrail=self.guardrail,
            figure=self.figure,
            limit=self.limit,
        )


def check_removals(
    limit: Limit | None, removals: int, managed: int, allowed: int | None
) -> tuple[Refusal, ...]:
    """Refuse a plan that removes more cells than the limit, unless exactly this figure was allowed by name.

    Args:
        limit: what the YAML says, None for no limit.
        removals: cells that the plan removes.
        managed: cells that are managed now.
        allowed: the figure given with `--allow-removals`, None for none.
    """
    if limit is None or removals <= limit.cells(managed) or removals == allowed:
        return ()
    return (Refusal("max-removals", removals, limit.cells(managed)),)
