"""Why somebody can or cannot open something: from names to an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Policy
    from reconciler.grid import Register
    from reconciler.plan import Current
    from reconciler.plan.explain import Asked, Explanation


def explanation(
    policy: Policy, current: Current, names: tuple[str, str, str | None], as_of: dt.date | None
) -> Explanation:
    """From names to an answer; the core from end to end.

    Raises:
        InputError: where a name is unknown or could be several.
    """
    import numpy as np

    from reconciler.desired import resolve
    from reconciler.desired.excepted import excepted
    from reconciler.flow.world import today
    from reconciler.plan.explain import explain

    register, date = current.register, as_of or today(current.register)
    asked = _asked(register, policy, names)
    people = np.zeros(register.shape.consultants, dtype=np.bool_)
    companies = np.zeros(register.shape.clients, dtype=np.bool_)
    people[asked.consultant] = companies[asked.client] = True
    part = people, companies
    desired = resolve(policy, register, date, part)
    return explain(desired, current, date, asked, excepted(policy, register, part))


def _asked(register: Register, policy: Policy, names: tuple[str, str, str | None]) -> Asked:
    from reconciler.errors import Finding, InputError
    from reconciler.plan.explain import Asked
    from reconciler.plan.lookup import find_client, find_consultant, find_program

    found = [find_consultant(register, policy, names[0]), find_client(register, policy, names[1])]
    found += [find_program(register, names[2])] if names[2] is not None else []
    wrong = [one for one in found if isinstance(one, Finding)]
    if wrong:
        raise InputError.of(wrong)
    return Asked(*(one for one in found if isinstance(one, int)))
