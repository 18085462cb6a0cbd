"""The way from settings to a plan, which plan, apply and drift share."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.flow.settings import Where, backend_config, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.backends import Backend, BackendConfig
    from reconciler.desired import Desired, Policy
    from reconciler.flow.settings import Settings
    from reconciler.grid import Register
    from reconciler.plan import Current, Half, Plan
    from reconciler.plan.focus import Focus


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan is asked for.

    Attributes:
        as_of: the day; None for today in the bureau's time zone.
        half: grants or removals alone.
        ahead: days within which endings are named.
        allow: guardrails that may be passed this once, each with the figure that it showed or what it is about.
        consultants: only these, by key.
        clients: only these, by key.
        teams: only consultants of these.
        tags: only clients with these.
    """

    as_of: dt.date | None = None
    half: Half | None = None
    ahead: int = 14
    allow: tuple[tuple[str, str], ...] = ()
    consultants: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        """What was allowed by name, as it was written: "removals=120"."""
        return tuple(f"{name}={value}" for name, value in self.allow)


@dataclass(frozen=True, slots=True)
class World:
    """The YAML and the backend.

    Attributes:
        policy: what the YAML says.
        backend: open.
        config: what opened it.
        settings: where both are.
    """

    policy: Policy
    backend: Backend
    config: BackendConfig
    settings: Settings

    def plan(self, wanted: Wanted) -> Plan:
        """Fetch the current state and plan from it.

        Raises:
            GuardrailRefused: where the bureau is empty, or has shrunken since it was last seen here.
            ReconcilerError: where it is another day there, and none was named.
        """
        return self.look(wanted)[0]

    def look(self, wanted: Wanted) -> tuple[Plan, Current]:
        """Fetch the current state and plan from it; both.

        Raises:
            GuardrailRefused: as `plan`.
        """
        current = self.backend.current()
        return plan_from(self.config, self.policy, current, wanted), current

    def plan_again(self, wanted: Wanted, done: Plan) -> Plan:
        """The same after a run of a plan: what it removed is no reason to stop, and what it left is told in any case."""
        return self.look_again(wanted, done)[0]

    def look_again(self, wanted: Wanted, done: Plan) -> tuple[Plan, Current]:
        """As `plan_again`, also where a run was cut off; plan and state."""
        from reconciler.flow.seen import Seen, Size

        current = self.backend.current()
        seen = Seen.of(self.config, current.register.bureau)
        seen.keep_after(Size.of(current), done.summary.accesses_removed)
        return make_plan(self.policy, current, wanted), current


@contextmanager
def open_world(where: Where) -> Iterator[World]:
    """Read the YAML, open the backend, and close it afterwards.

    Raises:
        ReconcilerError: where either cannot be used.
    """
    from reconciler.backends import open_backend
    from reconciler.desired import load
    from reconciler.guardrails.expressions.policy import check

    settings = read_settings(where)
    policy = load(settings.policies)
    check(policy)
    config = backend_config(settings)
    with open_backend(config) as backend:
        yield World(policy, backend, config, settings)


def plan_from(config: BackendConfig, policy: Policy, current: Current, wanted: Wanted) -> Plan:
    """Plan from the YAML and a state that was just fetched, if it can be taken for the truth.

    Raises:
        GuardrailRefused: where the bureau is empty, or has shrunken since it was last seen here.
        ReconcilerError: where it is another day there, and none was named.
    """
    from reconciler.flow.clocks import same_day
    from reconciler.flow.seen import look

    same_day(current, wanted.as_of)
    look(config, policy, current, wanted.allow)
    return make_plan(policy, current, wanted)


def make_plan(policy: Policy, current: Current, wanted: Wanted) -> Plan:
    """Plan from the YAML and a current state; the core from end to end."""
    from reconciler.plan import build

    asked = asked_for(policy, current.register, wanted)
    return build(asked.desired, current, asked.date, half=wanted.half, ahead=wanted.ahead, allow=asked.allow)


class Asked(NamedTuple):
    """What is wanted of a bureau, on a day.

    Attributes:
        desired: what the YAML says, inside of what is to be looked at.
        date: the day.
        allow: by name of a limit the figure that is meant.
    """

    desired: Desired
    date: dt.date
    allow: Mapping[str, int]


def asked_for(policy: Policy, register: Register, wanted: Wanted) -> Asked:
    """What the YAML says of a bureau with such a register, as far as it is asked for."""
    from reconciler.desired import resolve
    from reconciler.guardrails.allow import Allowed
    from reconciler.guardrails.expressions.policy import check_names
    from reconciler.plan.focus import narrow

    date = wanted.as_of or today(register)
    allowed = Allowed.of(wanted.allow)
    desired = allowed.widen(check_names(policy, register, resolve(policy, register, date)), register)
    return Asked(narrow(desired, _focus(policy, register, wanted)), date, allowed.figures)


def today(register: Register) -> dt.date:
    """The day that it is in the bureau's time zone."""
    return day_in(register.timezone)


def day_in(timezone: str) -> dt.date:
    """The day that it is in a time zone."""
    from zoneinfo import ZoneInfo

    return dt.datetime.now(ZoneInfo(timezone)).date()


def _focus(policy: Policy, register: Register, wanted: Wanted) -> Focus:
    from reconciler.plan.focus import Focus

    who = [*wanted.consultants, *(f"@{team}" for team in wanted.teams)]
    which = [*wanted.clients, *(f"tag:{tag}" for tag in wanted.tags)]
    if not who and not which:
        return Focus()
    from reconciler.desired import pick

    return Focus(*pick(policy, register, who, which))
