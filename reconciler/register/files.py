"""From a folder of CSV files to a `Register`, with everything that is wrong told at once; never past a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reconciler.errors import Finding, InputError, Message, Position
from reconciler.grid.register import Clients, Consultants, Programs, Register
from reconciler.invisible import unseen
from reconciler.register.rows import (
    HEADERS,
    MOST_PROGRAMS,
    check_rows,
    clients_in,
    consultants_in,
    programs_in,
)
from reconciler.register.tables import is_key, raise_findings, table_of
from reconciler.regular import NotRegular, TooLarge, leads_outside, read_regular, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.register.tables import Table

FILES = tuple(f"{name}.csv" for name in HEADERS)
"""The files of a register."""

LIMIT = 64 * 2**20
"""The largest file that is read, in bytes: some 800,000 clients."""

MOST_ROWS = 1_000_000
LONGEST_LABEL = 1_000


def read_register(folder: Path) -> Register:
    """Read the register in a folder.

    Raises:
        InputError: where there is none, or with everything that is wrong with it.
    """
    place = shown(folder)
    if not folder.is_dir():
        message = Message("there is no register: the folder {folder} does not exist", folder=place)
        raise InputError.of([Finding("no-register", message, hint=_how())])
    findings: list[Finding] = []
    contents: dict[str, bytes] = {}
    for name in FILES:
        content = _content(folder / name, folder)
        if isinstance(content, Finding):
            findings.append(content)
        else:
            contents[name] = content
    if findings:
        raise InputError.of(findings)
    return register_of(contents, place)


def register_of(contents: Mapping[str, bytes], place: str) -> Register:
    """A register whose files have been read.

    Args:
        contents: of each of FILES, by name; one that is missing is told of.
        place: where they stand, as findings show it.

    Raises:
        InputError: with everything that is wrong with it.
    """
    missing = [_missing(f"{place}/{name}") for name in FILES if name not in contents]
    if missing:
        raise InputError.of(missing)
    tables = {
        name: table_of(f"{place}/{name}.csv", contents[f"{name}.csv"], header, most=MOST_ROWS)
        for name, header in HEADERS.items()
    }
    raise_findings(tables.values())
    check_rows(tables)
    _check_more(tables)
    raise_findings(tables.values())
    ((key, label, timezone),) = tables["bureau"].rows
    return Register(
        bureau=key,
        label=label,
        timezone=timezone,
        consultants=Consultants.build(consultants_in(tables["consultants"])),
        clients=Clients.build(clients_in(tables["clients"])),
        programs=Programs.build(programs_in(tables["programs"])),
    )


def _check_more(tables: Mapping[str, Table]) -> None:
    """What a stranger may have written: names that hide something, words that cannot be, a time zone that is none."""
    for table, columns in (("bureau", ("name",)), ("programs", ("sv", "en"))):
        _check_labels(tables[table], *columns)
    for table, words in (("consultants", ("tags", "teams", "leads")), ("clients", ("tags", "team"))):
        _check_labels(tables[table], "name")
        for column in words:
            tables[table].check(column, _are_words, "csv-words", _no_words)
    tables["clients"].check("team", lambda cell: len(cell.split()) < 2, "csv-team", _one_team)
    tables["bureau"].check("timezone", _is_timezone, "csv-timezone", _no_timezone)
    if len(tables["programs"].rows) > MOST_PROGRAMS:
        message = Message("there are more than {most} programs", most=MOST_PROGRAMS)
        tables["programs"].wrong("csv-rows", message, tables["programs"].at[MOST_PROGRAMS])


def _check_labels(table: Table, *columns: str) -> None:
    for column in columns:
        table.check(column, is_label, "csv-label", _no_label)


def is_label(cell: str) -> bool:
    """Whether a text can be the name of somebody or something."""
    return len(cell) <= LONGEST_LABEL and (cell.isprintable() or not any(map(unseen, cell)))


def _are_words(cell: str) -> bool:
    return all(map(is_key, cell.split()))


def _is_timezone(cell: str) -> bool:
    try:
        ZoneInfo(cell)
    except (KeyError, ValueError, OSError):  # not found, not a name, or a folder of the database
        return False
    return True


def _no_label(cell: str) -> Message:
    if len(cell) > LONGEST_LABEL:
        return Message("this name has more than {most} characters", most=LONGEST_LABEL)
    return Message("this name holds a character that is not seen")


def _no_words(_cell: str) -> Message:
    return Message("words stand here with spaces between them, and nothing that is not seen")


def _one_team(_cell: str) -> Message:
    return Message("a client has one team")


def _no_timezone(cell: str) -> Message:
    return Message("“{timezone}” is not a time zone", timezone=cell[:60])


def _how() -> Message:
    return Message("“reconciler register pull” writes it from the backend")


def _missing(file: str) -> Finding:
    return Finding("no-register-file", Message("{file} is missing", file=file), Position(file), _how())


def _content(path: Path, folder: Path) -> bytes | Finding:
    """The bytes of a file, or why they are not to be had."""
    file = shown(path)
    place = Position(file)
    if leads_outside(path, folder):
        message = Message("{file} is a link that leads out of the register's folder", file=file)
        return Finding("link-outside", message, place)
    try:
        return read_regular(path, LIMIT)
    except FileNotFoundError:
        return _missing(file)
    except NotRegular:
        return Finding("not-a-file", Message("{file} is not a file", file=file), place)
    except TooLarge as large:
        return too_large(file, large.megabytes)
    except OSError as error:
        message = Message("{file} cannot be read: {why}", file=file, why=error.strerror or str(error))
        return Finding("unreadable", message, place)


def too_large(file: str, megabytes: int) -> Finding:
    """A file of a register has more than LIMIT."""
    message = Message(
        "{file} has {size} MB; at most {limit} MB are read", file=file, size=megabytes, limit=LIMIT // 2**20
    )
    return Finding("file-too-large", message, Position(file))
