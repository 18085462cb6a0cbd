"""Ways to reach a bureau, found by entry point, each one file; light until one is opened.

seam.py     the Backend protocol                      config.py   what is configured
wire.py     JSON of the contract ↔ values             api.py      a request out, a checked document back
paging.py   pages of one revision, counted            remote.py   the Backend over the API
http.py, embedded.py  where the API is
state.py    the whole state, encoded or not           wire_*.py  its parts
lists.py    the lists of one revision                 changed.py  access from what is kept and what differs
kept.py     a state as bytes                          signed.py   a file that nobody else can have written
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.backends.config import BackendConfig
from reconciler.errors import Message, ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoints

    from reconciler.backends.seam import Backend, Notification

__all__ = ["Backend", "BackendConfig", "Notification", "open_backend"]

GROUP = "reconciler.backends"


def open_backend(config: BackendConfig) -> Backend:
    """Open the backend that the configuration names.

    Raises:
        ReconcilerError: where no such kind is installed, or a setting is missing, unknown or wrong.
        BackendError: where it cannot be opened.
    """
    installed = _installed()
    if config.kind not in installed.names:
        raise ReconcilerError(
            Message("there is no backend of the kind {kind}", kind=config.kind),
            hint=Message("installed are: {kinds}", kinds=", ".join(sorted(installed.names))),
        )
    opener: Callable[[BackendConfig], Backend] = installed[config.kind].load()
    return opener(config)


def __getattr__(name: str) -> object:
    """The types of `seam`, for annotations; they bring the grid with them, so they come when asked for."""
    if name in ("Backend", "Notification"):
        from reconciler.backends import seam

        return getattr(seam, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _installed() -> EntryPoints:
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)
