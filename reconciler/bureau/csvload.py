"""Loading access from a CSV file into a bureau: a matrix of users and permissions, or a list of triples.

What the file holds is added to what there is; nothing is taken away. Consultants, clients and programs that
the bureau does not know are made, with their keys exactly as the file writes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.pairs import OUTSIDE, Changed, read_pairs, write_pairs
from reconciler.bureau.registers import (
    bump,
    client_numbers,
    consultant_numbers,
    find_bureau,
    insert_clients,
    insert_consultants,
    insert_programs,
    program_bits,
)
from reconciler.errors import InputError, Message
from reconciler.grid.arrays import popcount
from reconciler.grid.register import Client, Consultant, Program
from reconciler.register.rows import MOST_PROGRAMS
from reconciler.register.tables import Table, raise_findings, read_table

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from reconciler.bureau.store import Store
    from reconciler.grid.arrays import Ids, Masks

MATRIX = ("user", "permission")
TRIPLES = ("consultant", "client", "program")


@dataclass(frozen=True, slots=True)
class Cells:
    """Who may open what, by names; one place each.

    Attributes:
        consultants: keys.
        clients: keys.
        programs: keys; "" for access without a program.
    """

    consultants: Sequence[str]
    clients: Sequence[str]
    programs: Sequence[str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load brought.

    Attributes:
        rows: of the file.
        consultants: how many new ones.
        clients: how many new ones.
        programs: how many new ones.
        pairs: how many pairs were given access or programs.
        cells: how many programs were given.
    """

    rows: int
    consultants: int
    clients: int
    programs: int
    pairs: int
    cells: int


def load_csv(store: Store, bureau: str, path: Path, programs_per_client: int | None = None) -> Loaded:
    """Add the access in a CSV file to a bureau.

    Args:
        store: the database.
        bureau: the bureau's key.
        path: CSV with the header `user,permission` or `consultant,client,program`; an empty program is
            access without programs.
        programs_per_client: for a matrix: permission p is "program-{p mod N}" at client p div N. Without it
            each permission is a client with the one program "program-0".

    Returns:
        What it brought.

    Raises InputError with everything that is wrong with the file, or where the bureau is unknown or would
    have too many programs; then nothing is loaded.
    """
    table = read_table(path, MATRIX, TRIPLES)
    raise_findings([table])
    cells = _cells(table, programs_per_client)
    raise_findings([table])
    with store.write() as db:
        return add_cells(db, find_bureau(db, bureau).number, cells)


def add_cells(db: sqlite3.Connection, bureau: int, cells: Cells) -> Loaded:
    """Add access to a bureau, with the names that it does not know; inside a write transaction."""
    new_programs = _new(sorted(set(cells.programs) - {""}, key=_natural), program_bits(db, bureau))
    new_consultants = _new(dict.fromkeys(cells.consultants), consultant_numbers(db, bureau))
    new_clients = _new(dict.fromkeys(cells.clients), client_numbers(db, bureau))
    insert_programs(db, bureau, [Program(key, {}) for key in new_programs])
    insert_consultants(db, bureau, [Consultant(key, key) for key in new_consultants])
    insert_clients(db, bureau, [Client(key, key) for key in new_clients])
    register = bool(new_programs or new_consultants or new_clients)
    pairs, added = _add(db, bureau, *_grouped(db, bureau, cells), register=register)
    return Loaded(
        len(cells.consultants), len(new_consultants), len(new_clients), len(new_programs), pairs, added
    )


def _cells(table: Table, programs_per_client: int | None) -> Cells:
    """The cells of a table; notes what is wrong with it."""
    if table.header == TRIPLES:
        if programs_per_client is not None:
            raise InputError(Message("programs per client is for a file of users and permissions"))
        table.check_keys("consultant", "client")
        table.check("program", lambda cell: not cell or cell.isprintable(), "csv-key", _strange_program)
        return Cells(*(table.column(name) for name in TRIPLES))
    table.check_keys("user", "permission")
    users, permissions = table.column("user"), table.column("permission")
    if programs_per_client is None:
        return Cells(users, permissions, ["program-0"] * len(users))
    if not 1 <= programs_per_client <= MOST_PROGRAMS:
        raise InputError(Message("programs per client is a number from 1 to {most}", most=MOST_PROGRAMS))
    table.check("permission", _is_number, "csv-number", _not_a_number)
    split = {text: divmod(int(text), programs_per_client) for text in set(permissions) if _is_number(text)}
    places = [split.get(text, (0, 0)) for text in permissions]
    return Cells(users, [str(client) for client, _ in places], [f"program-{at}" for _, at in places])


def _new(wanted: Iterable[str], known: dict[str, int]) -> list[str]:
    return [name for name in wanted if name not in known]


def _natural(name: str) -> tuple[str, int]:
    """program-2 before program-10."""
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :][:9] or 0)


def _grouped(db: sqlite3.Connection, bureau: int, cells: Cells) -> tuple[Ids, Ids, Masks]:
    """The cells as pairs: client numbers, consultant numbers, masks; each pair once."""
    bits, people, companies = (
        program_bits(db, bureau),
        consultant_numbers(db, bureau),
        client_numbers(db, bureau),
    )
    masks_of = {name: 1 << bit for name, bit in bits.items()} | {"": 0}
    consultants = np.fromiter(map(people.__getitem__, cells.consultants), dtype=np.int64)
    clients = np.fromiter(map(companies.__getitem__, cells.clients), dtype=np.int64)
    masks = np.fromiter(map(masks_of.__getitem__, cells.programs), dtype=np.uint64)
    keys = clients << 32 | consultants
    order = np.argsort(keys, kind="stable")
    keys, first = np.unique(keys[order], return_index=True)
    united = np.bitwise_or.reduceat(masks[order], first) if len(first) else masks
    return keys >> 32, keys & 0xFFFF_FFFF, united


def _add(
    db: sqlite3.Connection, bureau: int, clients: Ids, consultants: Ids, masks: Masks, *, register: bool
) -> tuple[int, int]:
    """Give pairs programs; returns how many pairs and how many programs were new."""
    stored = read_pairs(db, bureau, clients, consultants)
    united = stored.masks | masks
    at = np.flatnonzero(~stored.held | (united != stored.masks))
    if len(at) == 0 and not register:
        return 0, 0
    held = np.ones(len(at), dtype=np.bool_)
    changed = Changed(clients[at], consultants[at], stored.held[at], stored.masks[at], held, united[at])
    write_pairs(db, bureau, changed, bump(db, bureau, register=register), OUTSIDE)
    return len(at), popcount(united[at] & ~stored.masks[at])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def _not_a_number(text: str) -> Message:
    return Message("“{value}” is not a number, as programs per client needs it", value=text)


def _strange_program(text: str) -> Message:
    return Message("“{value}” cannot be the name of a program", value=text)
