"""The state folder: what has to outlive a command, such as the journal of runs; readable by its owner alone.

It stands outside the checkout, so that no `git clean` takes it: RECONCILER_STATE_DIR, or where the system keeps
the state of a user's programs.
"""

from __future__ import annotations

import os
from pathlib import Path


def journal_path() -> Path:
    """The file of the journal of runs, which may not be there yet."""
    return state_folder() / "journal.db"


def state_folder() -> Path:
    """The folder, made where it is not there yet.

    Raises:
        InputError: where it cannot be made.
    """
    from platformdirs import user_state_path

    from reconciler.errors import InputError, Message

    given = os.environ.get("RECONCILER_STATE_DIR")
    folder = Path(given) if given else user_state_path("reconciler", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            Message("the state folder {path} cannot be made: {why}", path=folder, why=error.strerror),
            Message("RECONCILER_STATE_DIR names another one"),
        ) from None
    return folder
