"""How large a bureau was when it was last seen on this machine, so that a shrunken answer is not taken for the truth.

A page that is missing, or a backend of which half was restored, looks like a bureau from which somebody has removed
half the consultants. So planning stops where there are far fewer of something than there were. The memory only ever
stops: what a plan is never depends on it. Safe to delete at any time.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reconciler.backends import BackendConfig
    from reconciler.desired import Policy
    from reconciler.errors import Message
    from reconciler.plan import Current

_PERCENT = 25
"""The part that may be gone."""

_FEW = 2
"""So many may be gone whatever part that is: in a small bureau one is many percent."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a bureau is.

    Attributes:
        consultants: how many the register has.
        clients: likewise.
        accesses: pairs of them that have access.
    """

    consultants: int
    clients: int
    accesses: int

    @classmethod
    def of(cls, current: Current) -> Size:
        """Of a state."""
        shape = current.register.shape
        return cls(shape.consultants, shape.clients, len(current.access))

    def shrunken(self, before: Size) -> bool:
        """Whether there is far less than before."""
        now, then = asdict(self), asdict(before)
        gone = {name: then[name] - now[name] for name in now}
        return any(100 * gone[name] > _PERCENT * then[name] and gone[name] > _FEW for name in now)


class Seen(NamedTuple):
    """What is remembered of one bureau.

    Attributes:
        path: of its file, in the state folder; None where there can be none.
    """

    path: Path | None

    @classmethod
    def of(cls, config: BackendConfig, bureau: str) -> Seen:
        """What is remembered of a bureau at a backend, whoever asked."""
        from reconciler.errors import InputError
        from reconciler.flow.state import state_folder

        name = hashlib.sha256(f"{config.place}\n{bureau}".encode()).hexdigest()[:32]
        try:
            return cls(state_folder() / "seen" / f"{name}.json")
        except InputError:
            return cls(None)

    def check(self, size: Size, allowed: int | None) -> None:
        """Stop where the bureau has shrunken since it was last seen.

        Args:
            size: as the backend tells it now.
            allowed: the figure of `--allow shrunken=`: so many accesses are meant.

        Raises:
            GuardrailRefused: with the figures, and with the way past.
        """
        from reconciler.errors import GuardrailRefused

        before = self.read()
        if before is not None and size.shrunken(before) and allowed != size.accesses:
            raise GuardrailRefused(_smaller(size, before), _way_past(size))

    def keep(self, size: Size) -> None:
        """Remember this size; that it cannot is no error."""
        from reconciler.private import write_private

        if self.path is not None and self.read() != size:
            with suppress(OSError):
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_private(self.path, [json.dumps(asdict(size)).encode()])

    def keep_after(self, size: Size, removed: int) -> None:
        """Remember the size after a run of our own, unless more is gone than the accesses that it removed."""
        before = self.read()
        if before is None or not size.shrunken(replace(before, accesses=max(before.accesses - removed, 0))):
            self.keep(size)

    def read(self) -> Size | None:
        """The size that is remembered; None where there is none that can be read."""
        if self.path is None:
            return None
        with suppress(OSError, ValueError, TypeError):
            said = json.loads(self.path.read_text("utf-8"))
            size = Size(**said)
            if all(type(value) is int for value in said.values()):
                return size
        return None


def allowed_figure(allow: Iterable[tuple[str, str]]) -> int | None:
    """So many accesses are meant, as `--allow shrunken=` says; None where it does not."""
    return next((int(figure) for name, figure in allow if name == "shrunken"), None)


def look(config: BackendConfig, policy: Policy, current: Current, allow: Iterable[tuple[str, str]]) -> None:
    """Stop where the bureau is empty or has shrunken since it was last seen; else remember it.

    Args:
        config: the backend.
        policy: what the YAML says.
        current: what the backend says.
        allow: what `--allow` allows, by name.

    Raises:
        GuardrailRefused: with the figures, and with the way past.
    """
    allowed = allowed_figure(allow)
    size, seen = Size.of(current), Seen.of(config, current.register.bureau)
    check_empty(policy, size, allowed)
    seen.check(size, allowed)
    seen.keep(size)


def check_empty(policy: Policy, size: Size, allowed: int | None) -> None:
    """Stop where the bureau is empty although the rules are about somebody.

    Nobody to give anything to, or nowhere: that is no bureau. No access at all is one that is new; but not where the
    folder says that it has taken over what was there.

    Raises:
        GuardrailRefused: with what is missing.
    """
    from reconciler.errors import GuardrailRefused, Message

    if not policy.assignments and not policy.denials:
        return
    if not size.consultants:
        raise GuardrailRefused(
            Message("shrunken: the backend tells of no consultant at all, and there are rules")
        )
    if not size.clients:
        raise GuardrailRefused(
            Message("shrunken: the backend tells of no client at all, and there are rules")
        )
    if not size.accesses and "taken-over" in policy.sections["manage"] and allowed != 0:
        told = Message(
            "shrunken: the backend tells of no access at all, and this folder has taken over what there was"
        )
        raise GuardrailRefused(told, _way_past(size))


def _smaller(size: Size, before: Size) -> Message:
    from reconciler.errors import Message

    return Message(
        "shrunken: the backend tells of {consultants} consultants, {clients} clients and {accesses} accesses;"
        " when it was last seen here, there were {were_consultants}, {were_clients} and {were_accesses}",
        **asdict(size),
        **{f"were_{name}": count for name, count in asdict(before).items()},
    )


def _way_past(size: Size) -> Message:
    from reconciler.errors import Message

    return Message(
        "find out why before you plan; if it is meant, say so with {flag}",
        flag=f"--allow shrunken={size.accesses}",
    )
