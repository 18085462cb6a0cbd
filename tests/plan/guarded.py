"""Random worlds of which some have programs that nobody may hold together: then changes depend on each other."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from reconciler.desired.guardrails import Together
from reconciler.errors import Position
from reconciler.grid.arrays import mask_of
from tests.support.worlds import World, worlds


def apart(world: World, *programs: int) -> World:
    """The same world, where nobody may hold all of these programs at one client."""
    together = Together("four-eyes", mask_of(programs), "", Position("guardrails.yaml"))
    guardrails = replace(world.desired.guardrails, never_together=(together,))
    return replace(world, desired=replace(world.desired, guardrails=guardrails))


@st.composite
def guarded_worlds(draw: st.DrawFn) -> World:
    """A world, with or without such a set."""
    world = draw(worlds())
    package = [number for number, name in enumerate(world.register.programs.names) if name != "zz"]
    if len(package) < 2 or draw(st.booleans()):
        return world
    return apart(world, *draw(st.permutations(package))[:2])
