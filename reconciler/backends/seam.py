"""What a backend is to the rest of the program.

One from outside registers a function `open_backend(config: BackendConfig) -> Backend` under the entry point
group "reconciler.backends"; the name of the entry point is the `kind` in the configuration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reconciler.apply.protocol import Jobs, Leases, Notification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType
    from typing import Self

    from reconciler.grid import Register
    from reconciler.plan.history import Deed, HistoryQuery
    from reconciler.rights import Operator

__all__ = ["Backend", "Notification"]


class Backend(Jobs, Leases, Protocol):
    """One bureau, as one operator sees it; a context manager that closes what it opened.

    Every method may raise BackendError: Unreachable where there is no answer, Unauthorised where the token
    is not accepted, StateMoved where the state would not keep still while it was read.
    """

    def bureau(self) -> str:
        """The key of the bureau."""

    def operators(self, register: Register) -> tuple[Operator, tuple[Operator, ...] | None]:
        """Who we are, and the other operators where the backend tells; for a register that was fetched before.

        BackendError where the token is for another bureau than the register.
        """

    def unchanged(self, mark: str) -> bool:
        """Whether register and access still are those that this mark of `Current` is of; False where in doubt."""

    def history(self, query: HistoryQuery) -> tuple[Deed, ...] | None:
        """What was done to pairs, the newest first; None where the backend does not tell."""

    def notifications(self) -> tuple[Notification, ...]:
        """The operator's notifications, unread first, then newest first."""

    def mark_read(self, keys: Sequence[str]) -> None:
        """Mark notifications as read; again changes nothing."""

    def close(self) -> None:
        """Close connections, files and threads; again does nothing."""

    def __enter__(self) -> Self:
        """The backend itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
