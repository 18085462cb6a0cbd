"""Why somebody can or cannot open something: from names to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Policy
    from reconciler.errors import Finding
    from reconciler.grid import Register
    from reconciler.plan import Current
    from reconciler.plan.explain import Explanation


def explanation(
    policy: Policy, current: Current, names: tuple[str, str, str | None], as_of: dt.date | None
) -> Explanation:
    """From names to an answer; the core from end to end.

    Raises:
        InputError: where a name is unknown or could be several.
    """
    from reconciler.errors import Finding, InputError

    found = look_up(current.register, policy, names)
    wrong = [one for one in found if isinstance(one, Finding)]
    if wrong:
        raise InputError.of(wrong)
    return explained(policy, current, tuple(one for one in found if isinstance(one, int)), as_of)


def look_up(
    register: Register, policy: Policy, names: tuple[str, str, str | None]
) -> tuple[int | Finding, ...]:
    """A consultant, a client and, where there is one, a program by name: the id of each, or what is wrong with it."""
    from reconciler.plan.lookup import find_client, find_consultant, find_program

    consultant, client, program = names
    pair = find_consultant(register, policy, consultant), find_client(register, policy, client)
    return pair if program is None else (*pair, find_program(register, program))


def explained(policy: Policy, current: Current, ids: tuple[int, ...], as_of: dt.date | None) -> Explanation:
    """The answer about a consultant, a client and, where there is one, a program, by their ids."""
    import numpy as np

    from reconciler.desired import resolve
    from reconciler.desired.excepted import excepted
    from reconciler.flow.world import today
    from reconciler.plan.explain import Asked, explain

    register, date, asked = current.register, as_of or today(current.register), Asked(*ids)
    people = np.zeros(register.shape.consultants, dtype=np.bool_)
    companies = np.zeros(register.shape.clients, dtype=np.bool_)
    people[asked.consultant] = companies[asked.client] = True
    part = people, companies
    desired = resolve(policy, register, date, part)
    return explain(desired, current, date, asked, excepted(policy, register, part))
