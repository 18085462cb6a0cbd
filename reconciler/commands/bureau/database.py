"""The database that the bureau commands work on."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands.language import N_
from reconciler.commands.options import option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.bureau.store import Store

database = option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("bureau.db"),
    show_default=True,
    help=N_("SQLite file of the bureau."),
)

bureau = option("--bureau", required=True, help=N_("Key of the bureau, such as exempelbyran."))


@contextmanager
def open_store(path: Path, *, new: bool = False) -> Iterator[Store]:
    """The database, closed afterwards.

    Args:
        path: of the file.
        new: whether it may be made; otherwise it must be there.

    Raises:
        InputError: where it cannot be used.
    """
    from reconciler.bureau.store import Store
    from reconciler.errors import InputError, Message

    if not new and not path.exists():
        raise InputError(
            Message("there is no database {path}", path=path),
            Message("make one with: reconciler bureau create"),
        )
    store = Store.open(path)
    try:
        yield store
    finally:
        store.close()
