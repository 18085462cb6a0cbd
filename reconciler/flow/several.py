"""`--as all`: one look at the bureau, each operator's rights with its own token, and a plan in parts."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from reconciler.flow.settings import backend_configs, read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.backends import BackendConfig
    from reconciler.desired import Policy
    from reconciler.errors import Message
    from reconciler.flow.settings import Settings, Where
    from reconciler.flow.world import Asked, Wanted, World
    from reconciler.plan import Current
    from reconciler.plan.joint import JointPlan
    from reconciler.rights import Operator


class Seen(NamedTuple):
    """What several operators see together.

    Attributes:
        current: the state, for all of them as one; the others are those who have no token here.
        operators: who they are, in the order of their names in the configuration.
    """

    current: Current
    operators: tuple[Operator, ...]


@dataclass(frozen=True, slots=True)
class Several:
    """The YAML, and the backend as each of several operators reaches it.

    Attributes:
        policy: what the YAML says.
        settings: where everything is.
        configs: what opens the backend for each, by the name that it has in the configuration.
        without: by name, why the others have no token.
    """

    policy: Policy
    settings: Settings
    configs: Mapping[str, BackendConfig]
    without: Mapping[str, Message]

    @classmethod
    def of(cls, where: Where) -> Several:
        """Read the YAML and the tokens; nothing is opened yet.

        Raises:
            ReconcilerError: where either cannot be used.
        """
        from reconciler.desired import load
        from reconciler.guardrails.expressions.policy import check

        settings = read_settings(where)
        policy = load(settings.policies)
        check(policy)
        acting = backend_configs(settings)
        return cls(policy, settings, acting.configs, acting.missing)

    def see(self, wanted: Wanted) -> Seen:
        """Fetch the current state once, and who each token is with the rights that it has.

        Raises:
            GuardrailRefused: where the bureau is empty, or has shrunken since it was last seen here.
            ReconcilerError: where it is another day there, and none was named.
        """
        from reconciler.flow.clocks import same_day
        from reconciler.flow.seen import look

        current, operators = self.fetch()
        same_day(current, wanted.as_of)
        look(next(iter(self.configs.values())), self.policy, current, wanted.allow)
        return Seen(current, operators)

    def fetch(self) -> Seen:
        """The same, without a look at what was seen before."""
        from reconciler.backends import open_backend
        from reconciler.rights import together

        first, *rest = self.configs.values()
        with open_backend(first) as backend:
            current = backend.current()
        operators, others = [current.operator], current.others
        for config in rest:
            with open_backend(config) as backend:
                operator, known = backend.operators(current.register)
            operators.append(operator)
            others = known if others is None else others
        acting = {operator.key for operator in operators}
        left = None if others is None else tuple(one for one in others if one.key not in acting)
        return Seen(replace(current, operator=together(operators), others=left), tuple(operators))

    def plan(self, seen: Seen, wanted: Wanted) -> JointPlan:
        """What they would do together."""
        from reconciler.plan.joint import build_joint

        asked = self.asked(seen.current, wanted)
        return build_joint(
            asked.desired,
            seen.current,
            asked.date,
            seen.operators,
            half=wanted.half,
            ahead=wanted.ahead,
            allow=asked.allow,
        )

    @contextmanager
    def world(self, number: int) -> Iterator[World]:
        """The YAML and the backend as one of them sees it, open.

        Args:
            number: the place of the operator in `Seen.operators`.
        """
        from reconciler.backends import open_backend
        from reconciler.flow.world import World

        config = list(self.configs.values())[number]
        with open_backend(config) as backend:
            yield World(self.policy, backend, config, self.settings)

    def asked(self, current: Current, wanted: Wanted) -> Asked:
        """What the YAML says of the bureau, as far as it is asked for."""
        from reconciler.flow.world import asked_for

        return asked_for(self.policy, current.register, wanted)
