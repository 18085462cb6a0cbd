"""What the pages work with: the YAML as it is now, the bureau as it is now, and plans of both; for many threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.backends import open_backend
from reconciler.flow.settings import backend_config, read_settings
from reconciler.flow.world import Wanted, plan_from, today
from reconciler.web.policy.bureau import Bureau
from reconciler.web.policy.yaml import Yaml
from reconciler.web.seen import Seen

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reconciler.backends import BackendConfig
    from reconciler.desired import Policy
    from reconciler.flow.settings import Settings, Where
    from reconciler.plan import Current, Plan
    from reconciler.web.site import Visit

MOST_PLANS = 4
"""Plans that are kept; one of a large bureau is not made anew for each page."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever came by a link; all act with the operator's token.

    Attributes:
        number: tells one browser from another.
    """

    number: int


class Desk:
    """The YAML and the bureau; safe to use from many threads.

    Args:
        where: what the flags say, as for the commands.
        settings: what they and the configuration file come to.
        config: the backend.
        bureau: asks it.

    Attributes:
        where: as given, for what opens a world of its own.
        settings: likewise.
        config: likewise.
        yaml: the files that are there now.
        bureau: likewise.
    """

    def __init__(self, where: Where, settings: Settings, config: BackendConfig, bureau: Bureau) -> None:
        self.where = where
        self.settings = settings
        self.config = config
        self.yaml = Yaml(settings.policies)
        self.bureau = bureau
        self._lock = threading.Lock()
        self._plans: OrderedDict[tuple[object, ...], tuple[Plan, Policy, Current]] = OrderedDict()

    def policy(self) -> Policy:
        """What the YAML says.

        Raises:
            InputError: with everything that is wrong with it.
        """
        return self.yaml.read().sound()

    def current(self) -> Current:
        """What the bureau has, or had when it was last heard.

        Raises:
            ReconcilerError: where it never answered.
        """
        return self.bureau.heard().state()

    def look(self, _visit: Visit[Guest]) -> Seen:
        """What the pages of both sides show and choose from; `Look` of this side."""
        current = self.current()
        return Seen(current.register, current.access, current.operator.rights, current.revision)

    def plan(self, wanted: Wanted) -> Plan:
        """What would change, as `reconciler plan` says it; the same value as long as nothing has moved.

        Raises:
            InputError: with everything that is wrong with the YAML.
            GuardrailRefused: where the bureau is empty, or has shrunken since it was last seen here.
            ReconcilerError: where the bureau does not answer now, or it is another day there.
        """
        return self.plan_of(self.policy(), wanted)

    def plan_of(self, policy: Policy, wanted: Wanted) -> Plan:
        """As `plan`, for what the YAML says elsewhere."""
        current = self.bureau.heard().now()
        day = wanted.as_of or today(current.register)
        key = (*map(id, (policy, current.register, current.access, current.operator)), day, wanted)
        with self._lock:
            known = self._plans.get(key)
            if known is not None:
                self._plans.move_to_end(key)
                return known[0]
        plan = plan_from(self.config, policy, current, wanted)
        with self._lock:
            # what its key names by identity is kept beside it, so that nothing else gets the same
            self._plans[key] = (plan, policy, current)
            while len(self._plans) > MOST_PLANS:
                self._plans.popitem(last=False)
        return plan

    def today(self) -> dt.date:
        """The day that it is in the bureau's time zone."""
        return today(self.current().register)


@contextmanager
def open_desk(where: Where) -> Iterator[Desk]:
    """Open the backend, as the commands do, and close it afterwards.

    Raises:
        ReconcilerError: where none is configured, or there is no token. That the YAML is wrong, or that the
            bureau does not answer, is told by the pages.
    """
    settings = read_settings(where)
    config = backend_config(settings)
    with open_backend(config) as backend:
        yield Desk(where, settings, config, Bureau(backend))
