"""What the pages work with: the YAML as it is now, the bureau as it is now, and plans of both; for many threads."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.backends import open_backend
from reconciler.desired import resolve
from reconciler.errors import ReconcilerError
from reconciler.flow.ground import find_place, read_ground
from reconciler.flow.proposals import proposals, refs_of
from reconciler.flow.settings import backend_config, read_settings
from reconciler.flow.world import Wanted, plan_from, today
from reconciler.web.policy.bureau import Bureau
from reconciler.web.policy.pulling import Pulls
from reconciler.web.policy.yaml import Yaml, print_of
from reconciler.web.recent import Recent
from reconciler.web.seen import Seen

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from reconciler.backends import BackendConfig
    from reconciler.desired import Desired, Policy
    from reconciler.flow.branches import Base
    from reconciler.flow.ground import Ground, Place
    from reconciler.flow.proposals import Proposal
    from reconciler.flow.settings import Settings, Where
    from reconciler.grid import Register
    from reconciler.plan import Current, Plan
    from reconciler.web.site import Visit

Kept = TypeVar("Kept")

MOST_PLANS = 4
"""Plans that are kept; one of a large bureau is not made anew for each page."""

MOST_GROUNDS = 6
"""States of the YAML that are kept: what is checked out, and some proposals."""

GOING_ON = "going-on"
"""Where a session keeps the branch of the proposal that it goes on with."""


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
        pulls: what came of opening pull requests.
    """

    def __init__(self, where: Where, settings: Settings, config: BackendConfig, bureau: Bureau) -> None:
        self.where = where
        self.settings = settings
        self.config = config
        self.yaml = Yaml(settings.policies)
        self.bureau = bureau
        self.pulls = Pulls()
        self._proposals: tuple[tuple[Base, str], tuple[Proposal, ...]] | None = None
        # what keys name by identity is kept beside the values, so that nothing else gets the same
        self._grounds: Recent[Ground] = Recent(MOST_GROUNDS)
        self._desired: Recent[tuple[Desired, Policy, Register]] = Recent(MOST_GROUNDS)
        self._kept: Recent[tuple[Any, Current]] = Recent(MOST_PLANS)
        self._plans: Recent[tuple[Plan, Policy, Current]] = Recent(MOST_PLANS)

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
        known = self._plans.get(key)
        if known is None:
            known = (plan_from(self.config, policy, current, wanted), policy, current)
        self._plans.put(key, known)
        return known[0]

    def ground(self, place: Place) -> Ground:
        """What the YAML says at a place; the same value as long as nothing has moved there.

        Raises:
            InputError: with everything that is wrong with it.
        """
        stands = place.commit or print_of(place.folder)
        known = self._grounds.get(stands)
        # the same files of another branch, or of another base, are the same rules
        ground = read_ground(place) if known is None else replace(known, place=place)
        self._grounds.put(stands, ground)
        return ground

    def proposals(self) -> tuple[Proposal, ...]:
        """The proposals, those that were committed to last first; none where there is no git."""
        base = find_place(self.settings.policies).base
        if base is None:
            return ()
        listed = refs_of(base)
        known = self._proposals
        if known is None or known[0] != (base, listed):
            known = ((base, listed), proposals(base))
            self._proposals = known
        return known[1]

    def kept(self, key: tuple[object, ...], make: Callable[[Current], Kept]) -> Kept:
        """What was worked out of the bureau and more, as long as nothing has moved.

        Args:
            key: all else that it was worked out of.
            make: works it out.
        """
        current, day = self.current(), self.today()
        whole = (*key, *map(id, (current.register, current.access, current.operator)), day)
        known = self._kept.get(whole)
        if known is None:
            known = (make(current), current)
            self._kept.put(whole, known)
        found: Kept = known[0]
        return found

    def keeps_proposals(self) -> bool:
        """Whether what is saved becomes a proposal: where the folder is in a git repository."""
        return find_place(self.settings.policies).base is not None

    def going_on(self, visit: Visit[Guest]) -> str:
        """The branch of the proposal that a visitor goes on with; "" for none, or where nothing is left of it."""
        branch = str(visit.signed_in.kept.get(GOING_ON, ""))
        left = branch and any(one.branch == branch and not one.merged for one in self.proposals())
        return branch if left else ""

    def choosing(self, visit: Visit[Guest]) -> Seen:
        """What the dialog chooses from: who has something, and who gets it by the rules."""
        seen = self.look(visit)
        try:
            policy = self.ground(find_place(self.settings.policies, self.going_on(visit))).policy
            wanted = self.desired(policy).access
        except ReconcilerError:  # the dialog tells of it where it is about the rules
            return seen
        return replace(seen, access=seen.access.union(wanted))

    def desired(self, policy: Policy) -> Desired:
        """What a policy says today, for the register of the bureau; the same value as long as nothing has moved."""
        register = self.current().register
        day = today(register)
        key = (id(policy), id(register), day)
        known = self._desired.get(key)
        if known is None:
            known = (resolve(policy, register, day), policy, register)
            self._desired.put(key, known)
        return known[0]

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
