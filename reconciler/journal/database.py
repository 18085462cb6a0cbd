"""The file of the journal: one connection; every failure as JournalFailed."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import JournalFailed, Message
from reconciler.sqlite import Layout, NotOurs, OtherVersion, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYOUT = Layout(mark=0x52434E4A, schemas=(Path(__file__).with_name("schema.sql"),))
"""The mark reads "RCNJ"."""

_PATIENCE = 10.0
"""Seconds to wait for another process that writes."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the journal at a path; make it, readable by its owner alone, where there is none.

    Raises:
        JournalFailed: where it cannot be opened, is something else, or of a version that this one does not know.
    """
    with failing(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return open_file(path, LAYOUT, _PATIENCE)


@contextmanager
def failing(path: Path) -> Iterator[None]:
    """What SQLite or the system cannot do, as JournalFailed."""
    elsewhere = Message("RECONCILER_STATE_DIR names another folder for it")
    try:
        yield
    except (NotOurs, OtherVersion) as error:
        raise JournalFailed(
            Message("{path} is no journal, or that of another version of reconciler", path=path), elsewhere
        ) from error
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise JournalFailed(
            Message("the journal {path} cannot be used: {why}", path=path, why=why), elsewhere
        ) from error
