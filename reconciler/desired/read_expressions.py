"""Policy expressions as they are written, and the teams that they may ask for; what they mean is in `guardrails`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired.guardrails import Expression, Teams
from reconciler.grid import Half

if TYPE_CHECKING:
    from reconciler.desired.policy import Policy
    from reconciler.desired.world import World

SECTION = "guardrails.expressions"

_HALVES = {"grant": Half.GRANTS, "remove": Half.REMOVALS}


def read_expressions(policy: Policy) -> tuple[Expression, ...]:
    """All of them, by name."""
    return tuple(
        Expression(
            name,
            _HALVES.get(entry.value.get("action", "")),
            entry.value["must"],
            deny=entry.value.get("level", "deny") == "deny",
            message=dict(entry.value["message"]),
        )
        for name, entry in policy.sections[SECTION].items()
    )


def read_teams(policy: Policy, world: World) -> Teams:
    """The teams, where an expression may ask for them."""
    if not policy.sections[SECTION]:
        return Teams()
    return Teams(world.consultants.teams, world.consultants.leads, world.clients.teams)
