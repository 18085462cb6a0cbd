"""Where the audit log is, and where its head is kept."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.audit.log import Log

NAME = "audit.jsonl"
"""Of the log in the state folder."""


def find_log(config: Path | None, flag: Path | None) -> Log:
    """The audit log: flag over environment over reconciler.yaml over the state folder.

    Raises:
        InputError: where the configuration file cannot be used.
    """
    from reconciler.flow.settings import Where, read_settings

    return log_at(read_settings(Where(config=config, audit_log=flag)).audit)


def log_at(place: Path | None) -> Log:
    """The log at a place, None for the one in the state folder.

    Raises:
        InputError: where there can be no state folder.
    """
    from reconciler.audit.log import Log
    from reconciler.flow.state import state_folder

    folder = state_folder()
    path = (place or folder / NAME).resolve()
    # one for each log: whoever names another one begins another chain
    name = hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Log(path, folder / "heads" / f"audit-{name}.json")
