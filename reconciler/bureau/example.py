"""Loading a whole bureau from a folder of CSV files, such as `policies/example`.

    bureau.csv, programs.csv, consultants.csv, clients.csv: a register (reconciler/register/rows.py)
    access.csv       consultant,client,program            an empty program is access without programs
    operators.csv    id,name,consultant,sees-operators    sees-operators: yes or no
    rights.csv       operator,right,programs,clients      clients: all, or some

Several words in one cell stand with spaces between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.bureau.csvload import TRIPLES, Cells, add_cells
from reconciler.bureau.operators import OperatorRow, Right, RightName, insert_operator
from reconciler.bureau.registers import insert_bureau, insert_clients, insert_consultants
from reconciler.errors import Message
from reconciler.register import rows
from reconciler.register.tables import Table, raise_findings, read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from reconciler.bureau.store import Store

HEADERS: Mapping[str, tuple[str, ...]] = {
    **rows.HEADERS,
    "access": TRIPLES,
    "operators": ("id", "name", "consultant", "sees-operators"),
    "rights": ("operator", "right", "programs", "clients"),
}
"""The header of each file."""


def load_example(store: Store, folder: Path) -> dict[str, str]:
    """Make a bureau, with everything that belongs to it, from a folder of CSV files.

    Args:
        store: the database.
        folder: the folder.

    Returns:
        The token of each operator, by key. Only hashes are kept: this is the one time to show them.

    Raises InputError with everything that is wrong with the files, or where the bureau is there already;
    then nothing is loaded.
    """
    tables = {name: read_table(folder / f"{name}.csv", header) for name, header in HEADERS.items()}
    raise_findings(tables.values())
    _check(tables)
    raise_findings(tables.values())
    ((_, about),) = tables["bureau"].records()
    with store.write() as db:
        bureau = insert_bureau(
            db, about["id"], about["name"], about["timezone"], rows.programs_in(tables["programs"])
        )
        insert_consultants(db, bureau.number, rows.consultants_in(tables["consultants"]))
        insert_clients(db, bureau.number, rows.clients_in(tables["clients"]))
        add_cells(db, bureau.number, Cells(*(tables["access"].column(name) for name in TRIPLES)))
        return {row.id: insert_operator(db, bureau.number, row) for row in _operators(tables)}


def _check(tables: Mapping[str, Table]) -> None:
    """Note everything that is wrong with the files, each by itself and against the others."""
    rows.check_rows(tables)
    tables["operators"].check_keys("id")
    tables["operators"].check_unique("id")
    tables["operators"].check_choice("sees-operators", ("yes", "no"))
    tables["rights"].check_choice("right", tuple(RightName))
    keys = {
        name: set(tables[name].column("id")) for name in ("programs", "consultants", "clients", "operators")
    }
    access, rights = tables["access"], tables["rights"]
    _check_known(access, "consultant", keys["consultants"])
    _check_known(access, "client", keys["clients"])
    _check_known(access, "program", keys["programs"])
    _check_known(rights, "operator", keys["operators"])
    _check_known(rights, "programs", keys["programs"])
    _check_known(rights, "clients", keys["clients"] | {"all"})
    _check_known(tables["operators"], "consultant", keys["consultants"])
    _check_programs_of(rights)


def _check_known(table: Table, name: str, keys: set[str]) -> None:
    """Check that every word in a column is one of these keys."""
    table.check(
        name,
        lambda cell: keys.issuperset(cell.split()),
        "csv-unknown",
        lambda cell: Message(
            "{names} is not known", names=", ".join(word for word in cell.split() if word not in keys)
        ),
    )


def _check_programs_of(rights: Table) -> None:
    """Only a program administrator is one of certain programs."""
    for number, row in rights.records():
        if row["right"] in set(RightName) and (row["right"] == RightName.PROGRAM_ADMINISTRATOR) != bool(
            row["programs"]
        ):
            message = Message("programs are named for a program administrator, and for nobody else")
            rights.wrong_cell("csv-right", message, number, "programs")


def _operators(tables: Mapping[str, Table]) -> Iterable[OperatorRow]:
    rights: dict[str, list[Right]] = {}
    for _, row in tables["rights"].records():
        clients = None if row["clients"] == "all" else tuple(row["clients"].split())
        right = Right(RightName(row["right"]), tuple(row["programs"].split()), clients)
        rights.setdefault(row["operator"], []).append(right)
    for _, row in tables["operators"].records():
        yield OperatorRow(
            row["id"],
            row["name"],
            row["consultant"] or None,
            row["sees-operators"] == "yes",
            tuple(rights.get(row["id"], ())),
        )
