"""A small real bureau in a file, and its server on a port."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.registers import bump, create_bureau, find_bureau, insert_clients, insert_consultants
from reconciler.bureau.serve import server_of
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.grid.register import Client, Consultant, Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONSULTANTS = [
    Consultant("anna@b.example", "Anna Lind", tags=("lead",), teams=("malmo",), leads=("malmo",)),
    Consultant("bo@b.example", "Bo Ek", teams=("malmo",)),
    Consultant("fia@b.example", "Fia Å", active=False),
]
CLIENTS = [
    Client("1042", "Bageriet AB", tags=("payroll",), team="malmo"),
    Client("1043", "Snickarn", team="malmo"),
    Client("2201", "Stängt", connected=False),
]
PROGRAMS = [
    Program("archive", {"sv": "Arkiv"}, in_package=False),
    Program("bookkeeping", {"sv": "Bokföring", "en": "Bookkeeping"}),
    Program("payroll", {"sv": "Lön"}),
]


def make_bureau(path: Path) -> dict[str, str]:
    """A bureau with two operators; returns their tokens by key."""
    with Store.open(path) as store:
        create_bureau(store, "b", "Byrån", "Europe/Stockholm", PROGRAMS)
        with store.write() as db:
            number = find_bureau(db, "b").number
            insert_consultants(db, number, CONSULTANTS)
            insert_clients(db, number, CLIENTS)
            bump(db, number, register=True)
        system = [Right(RightName.SYSTEM_ADMINISTRATOR)]
        some = [
            Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",), ("1042",)),
            Right(RightName.SYSTEM_ADMINISTRATOR, (), ("1043",)),
        ]
        return {
            "anna": add_operator(
                store, "b", "anna", "Anna", system, consultant="anna@b.example", sees_operators=True
            ),
            "some": add_operator(store, "b", "some", "Some", some),
        }


@contextmanager
def served(
    path: Path, settings: Settings | None = None, key: Path | None = None, certificate: Path | None = None
) -> Iterator[str]:
    """The server of a database on a free port; its URL."""
    with Store.open(path) as store:
        server = server_of(
            store, settings or Settings(), host="127.0.0.1", port=0, key=key, certificate=certificate
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()
