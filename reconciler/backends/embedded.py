"""A bureau in a local SQLite file, its server in this process: the same client code, no server to start.

    database    the file; `reconciler bureau create` makes one

The token tells which bureau of the file is meant, and who asks. Jobs are done while the backend is open;
what is not done then goes on when the file is opened again.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from reconciler.backends.http import over
from reconciler.backends.settings import Limits, check_names, required
from reconciler.bureau.app import create_app
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.errors import Message, ReconcilerError
from reconciler.exchange.bounded import BoundedTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.applications import Starlette

    from reconciler.backends.config import BackendConfig
    from reconciler.backends.remote import RemoteBackend

_URL = "http://bureau.localhost"
"""Something must stand in a request; nothing is looked up."""


def open_backend(config: BackendConfig) -> RemoteBackend:
    """Open the database and start its server in a thread.

    Args:
        config: settings as this module's docstring names them, and the limits.

    Raises:
        ReconcilerError: where a setting is missing, unknown or wrong, or the file is no database of bureaus.
        Unauthorised: where there is no token that could be sent.
    """
    check_names(config.settings)
    limits = Limits.of(config.settings)
    path = Path(required(config.settings, "database"))
    if not path.is_file():
        raise ReconcilerError(
            Message("there is no database {path}", path=path),
            hint=Message("“reconciler bureau create” makes one"),
        )
    store = Store.open(path)
    app = create_app(store, Settings())
    transport = BoundedTransport(httpx.ASGITransport(app), limits, _running(app, store))
    return over(transport, _URL, str(path), config, limits, near=True)


@asynccontextmanager
async def _running(app: Starlette, store: Store) -> AsyncIterator[None]:
    """The server's workers, and the end of the database after them."""
    try:
        async with app.router.lifespan_context(app):
            yield
    finally:
        store.close()
