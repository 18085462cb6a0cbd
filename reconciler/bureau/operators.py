"""Operators: their tokens, and their rights by client, as the server keeps and enforces them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.bureau.clock import now
from reconciler.bureau.masks import from_signed, names_of, to_signed
from reconciler.bureau.registers import bump, client_numbers, find_bureau, program_bits
from reconciler.bureau.tokens import LONGEST_TOKEN, digest, new_token
from reconciler.errors import InputError, Message
from reconciler.grid.arrays import mask_of
from reconciler.rights import Rights

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.bureau.store import Store
    from reconciler.grid.arrays import Ids


class RightName(StrEnum):
    """What a right is called, in the API and in rights.csv."""

    SYSTEM_ADMINISTRATOR = "system-administrator"
    PROGRAM_ADMINISTRATOR = "program-administrator"


@dataclass(frozen=True, slots=True)
class Right:
    """One right of an operator.

    Attributes:
        name: which.
        programs: of which a program administrator it is; empty for a system administrator.
        clients: where; None for all clients, later ones too.
    """

    name: RightName
    programs: tuple[str, ...] = ()
    clients: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Only a program administrator is one of certain programs."""
        if (self.name is RightName.PROGRAM_ADMINISTRATOR) != bool(self.programs):
            raise ValueError(f"a {self.name} with the programs {self.programs}")


class SignedIn(NamedTuple):
    """Whose token came with a request.

    Attributes:
        number: of the operator, in the database.
        bureau: the number of its bureau.
        sees_operators: whether it may see the other operators.
        read_only: whether the token is for reading only.
    """

    number: int
    bureau: int
    sees_operators: bool
    read_only: bool


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """An operator, as it is listed.

    Attributes:
        id: its key.
        name: what people call it.
        consultant: the key of the consultant that it is, where it is one.
        sees_operators: whether it may see the other operators.
        rights: in the order in which they were given.
    """

    id: str
    name: str
    consultant: str | None
    sees_operators: bool
    rights: tuple[Right, ...]


def add_operator(
    store: Store,
    bureau: str,
    key: str,
    name: str,
    rights: Sequence[Right] = (),
    *,
    consultant: str | None = None,
    sees_operators: bool = False,
) -> str:
    """Add an operator to a bureau.

    Args:
        store: the database.
        bureau: the bureau's key.
        key: the operator's key, new at the bureau.
        name: what people call it.
        rights: what it may hand out.
        consultant: the key of the consultant that it is, where it is one.
        sees_operators: whether it may see the other operators and their rights.

    Returns:
        Its token. Only a hash is kept: this is the one time that it can be shown.

    Raises InputError where the bureau, a client or a program is unknown, or the key is taken.
    """
    with store.write() as db:
        number = find_bureau(db, bureau).number
        bump(db, number, register=True)
        row = OperatorRow(key, name, consultant, sees_operators, tuple(rights))
        return insert_operator(db, number, row)


def insert_operator(db: sqlite3.Connection, bureau: int, row: OperatorRow) -> str:
    """`add_operator` inside a transaction that raises the revision itself; the bureau is its number."""
    if db.execute("SELECT 1 FROM operator WHERE bureau = ? AND id = ?", (bureau, row.id)).fetchone():
        raise InputError(Message("there is an operator “{operator}” already", operator=row.id))
    query = "INSERT INTO operator (bureau, id, name, consultant, sees_operators) VALUES (?, ?, ?, ?, ?) RETURNING number"
    values = (bureau, row.id, row.name, row.consultant, row.sees_operators)
    operator: int = db.execute(query, values).fetchone()[0]
    _insert_rights(db, bureau, operator, row.rights)
    return _insert_token(db, operator)


def set_rights(
    store: Store, bureau: str, key: str, rights: Sequence[Right], *, sees_operators: bool | None = None
) -> None:
    """Give an operator these rights instead of those that it has.

    Args:
        store: the database.
        bureau: the bureau's key.
        key: the operator's key.
        rights: the new rights, all of them.
        sees_operators: whether it may see the others; None leaves that as it is.

    Raises InputError where the bureau, the operator, a client or a program is unknown.
    """
    with store.write() as db:
        number = find_bureau(db, bureau).number
        operator = _find_operator(db, number, key)
        db.execute("DELETE FROM operator_right WHERE operator = ?", (operator,))
        _insert_rights(db, number, operator, rights)
        if sees_operators is not None:
            db.execute("UPDATE operator SET sees_operators = ? WHERE number = ?", (sees_operators, operator))
        bump(db, number, register=True)


def replace_token(store: Store, bureau: str, key: str, *, read_only: bool = False) -> str:
    """Give an operator a new token; the one of this kind that it had stops working at once.

    Args:
        store: the database.
        bureau: the bureau's key.
        key: the operator's key.
        read_only: whether it is the token that can look and change nothing, beside the other one.

    Raises InputError where the bureau or the operator is unknown.
    """
    with store.write() as db:
        operator = _find_operator(db, find_bureau(db, bureau).number, key)
        db.execute("DELETE FROM token WHERE operator = ? AND read_only = ?", (operator, read_only))
        return _insert_token(db, operator, read_only=read_only)


def revoke_tokens(store: Store, bureau: str, key: str) -> None:
    """Make all tokens of an operator stop working; its jobs and notifications stay.

    Raises InputError where the bureau or the operator is unknown.
    """
    with store.write() as db:
        operator = _find_operator(db, find_bureau(db, bureau).number, key)
        db.execute("DELETE FROM token WHERE operator = ?", (operator,))


def list_operators(store: Store, bureau: str) -> list[OperatorRow]:
    """The operators of a bureau, by key; raises InputError where the bureau is unknown."""
    with store.read() as db:
        return list(read_operators(db, find_bureau(db, bureau).number))


def sign_in(db: sqlite3.Connection, token: str) -> SignedIn | None:
    """Whose token this is, or None."""
    return signed_in(db, digest(token)) if len(token) <= LONGEST_TOKEN else None


def signed_in(db: sqlite3.Connection, hash_: bytes) -> SignedIn | None:
    """Whose token has this digest, or None: where there is none any more, it was replaced or revoked."""
    query = """SELECT operator.number, operator.bureau, operator.sees_operators, token.read_only
               FROM token JOIN operator ON operator.number = token.operator WHERE token.hash = ?"""
    row = db.execute(query, (hash_,)).fetchone()
    return row and SignedIn(row[0], row[1], bool(row[2]), bool(row[3]))


def read_operators(db: sqlite3.Connection, bureau: int, only: int | None = None) -> Iterator[OperatorRow]:
    """The operators of a bureau, by key; or only the one of that number."""
    programs = {bit: name for name, bit in program_bits(db, bureau).items()}
    query = "SELECT * FROM operator WHERE bureau = ? AND number = ifnull(?, number) ORDER BY id"
    for row in db.execute(query, (bureau, only)).fetchall():
        rights = tuple(_read_rights(db, row["number"], programs))
        yield OperatorRow(row["id"], row["name"], row["consultant"], bool(row["sees_operators"]), rights)


def rights_at(db: sqlite3.Connection, operator: int, clients: Ids) -> Rights:
    """What an operator may hand out at clients of these numbers, place by place."""
    rights = Rights.none(len(clients))
    query = "SELECT number, name, mask, all_clients FROM operator_right WHERE operator = ?"
    for row in db.execute(query, (operator,)).fetchall():
        at = np.ones(len(clients), dtype=np.bool_)
        if not row["all_clients"]:
            at = np.isin(clients, _right_clients(db, row["number"], clients))
        if row["name"] == RightName.SYSTEM_ADMINISTRATOR:
            rights.system[at] = True
        else:
            rights.programs[at] |= np.uint64(from_signed(row["mask"]))
    return rights


def _right_clients(db: sqlite3.Connection, right: int, clients: Ids) -> list[int]:
    """Those of the clients at which a right holds."""
    query = """SELECT client FROM right_client
               WHERE operator_right = ? AND client IN (SELECT value FROM json_each(?))"""
    return [row[0] for row in db.execute(query, (right, json.dumps(clients.tolist())))]


def _read_rights(db: sqlite3.Connection, operator: int, programs: dict[int, str]) -> Iterator[Right]:
    query = "SELECT * FROM operator_right WHERE operator = ? ORDER BY number"
    for row in db.execute(query, (operator,)).fetchall():
        clients = None
        if not row["all_clients"]:
            ids = """SELECT client.id FROM right_client JOIN client
                     ON client.bureau = right_client.bureau AND client.number = right_client.client
                     WHERE operator_right = ? ORDER BY client.id"""
            clients = tuple(client["id"] for client in db.execute(ids, (row["number"],)))
        yield Right(RightName(row["name"]), tuple(names_of(from_signed(row["mask"]), programs)), clients)


def _insert_rights(db: sqlite3.Connection, bureau: int, operator: int, rights: Iterable[Right]) -> None:
    bits, numbers = program_bits(db, bureau), client_numbers(db, bureau)
    query = """INSERT INTO operator_right (bureau, operator, name, mask, all_clients)
               VALUES (?, ?, ?, ?, ?) RETURNING number"""
    for right in rights:
        unknown = [name for name in right.programs if name not in bits]
        unknown += [name for name in right.clients or () if name not in numbers]
        if unknown:
            raise InputError(Message("there is no program or client {names}", names=", ".join(unknown[:10])))
        mask = to_signed(mask_of(bits[name] for name in right.programs))
        values = (bureau, operator, right.name, mask, right.clients is None)
        number = db.execute(query, values).fetchone()[0]
        rows = ((number, bureau, numbers[name]) for name in dict.fromkeys(right.clients or ()))
        db.executemany("INSERT INTO right_client VALUES (?, ?, ?)", rows)


def _insert_token(db: sqlite3.Connection, operator: int, *, read_only: bool = False) -> str:
    token = new_token()
    db.execute("INSERT INTO token VALUES (?, ?, ?, ?)", (digest(token), operator, now(), read_only))
    return token


def _find_operator(db: sqlite3.Connection, bureau: int, key: str) -> int:
    row = db.execute("SELECT number FROM operator WHERE bureau = ? AND id = ?", (bureau, key)).fetchone()
    if row is None:
        raise InputError(Message("there is no operator “{operator}”", operator=key))
    number: int = row["number"]
    return number
