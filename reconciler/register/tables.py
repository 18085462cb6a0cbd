"""CSV files as tables of text, where every cell knows its place; what is wrong with them, as Findings.

Comma or semicolon (as a Swedish Excel writes it), with or without a byte order mark, UTF-8. A value is kept
exactly as it is written; nothing here is ever turned into a number.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.errors import Finding, InputError, Message, Position

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

LONGEST_KEY = 255
"""Characters of a consultant's, client's or program's key, as the API document says."""

MOST_FINDINGS = 100
"""More than so many in one file are not collected: they are all of the same kind."""

_WIDEST_EXCERPT = 400
_SHOWN = 60
"""Characters of a cell that are repeated."""


@dataclass(slots=True)
class Table:
    """A CSV file that has been read.

    Attributes:
        file: as the user named it.
        lines: the text, by line.
        header: the names of the columns.
        rows: the cells of each row, as many as the header has.
        at: the line of each row, from 1.
        delimiter: comma or semicolon.
        findings: what is wrong, so far.
    """

    file: str
    lines: list[str]
    header: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    delimiter: str = ","
    findings: list[Finding] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """The cells of a column."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row's number and its cells by name."""
        for number, row in enumerate(self.rows):
            yield number, dict(zip(self.header, row, strict=True))

    def wrong(
        self, code: str, message: Message, line: int, column: int = 1, hint: Message | None = None
    ) -> None:
        """Note what is wrong at a place."""
        if len(self.findings) < MOST_FINDINGS:
            text = self.lines[line - 1] if line <= len(self.lines) else ""
            excerpt = text[:_WIDEST_EXCERPT].rstrip("\r\n") if column <= _WIDEST_EXCERPT else ""
            self.findings.append(Finding(code, message, Position(self.file, line, column), hint, excerpt))

    def wrong_cell(
        self, code: str, message: Message, row: int, name: str, hint: Message | None = None
    ) -> None:
        """Note what is wrong in a cell."""
        line = self.at[row]
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        self.wrong(code, message, line, _column(text, self.header.index(name), self.delimiter), hint)

    def check(
        self, name: str, valid: Callable[[str], bool], code: str, message: Callable[[str], Message]
    ) -> None:
        """Check every cell of a column; each distinct text is looked at once."""
        cells = self.column(name)
        bad = {cell for cell in set(cells) if not valid(cell)}
        for row, cell in enumerate(cells) if bad else ():
            if cell in bad:
                self.wrong_cell(code, message(cell), row, name)

    def check_keys(self, *names: str) -> None:
        """Check that columns hold keys."""
        for name in names:
            self.check(name, is_key, "csv-key", _not_a_key)

    def check_choice(self, name: str, choices: Collection[str]) -> None:
        """Check that a column holds some of a few words."""
        words = ", ".join(choices)
        self.check(
            name,
            choices.__contains__,
            "csv-value",
            lambda cell: Message("“{value}” is not one of: {choices}", value=cell[:_SHOWN], choices=words),
        )

    def check_unique(self, name: str) -> None:
        """Check that no cell of a column stands there twice."""
        seen: dict[str, int] = {}
        for row, cell in enumerate(self.column(name)):
            first = seen.setdefault(cell, self.at[row])
            if first != self.at[row]:
                message = Message(
                    "“{value}” stands on line {line} already", value=cell[:_SHOWN], line=str(first)
                )
                self.wrong_cell("csv-twice", message, row, name)


def read_table(path: Path, *headers: Sequence[str]) -> Table:
    """Read a CSV file.

    Args:
        path: of the file.
        headers: the headers that it may have.

    Returns:
        The table; where it has findings, its rows are those that could be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as problem:
        message = Message("cannot read the file: {why}", why=problem.strerror)
        raise InputError.of([Finding("csv-unreadable", message, Position(path.as_posix()))]) from problem
    return table_of(path.as_posix(), raw, *headers)


def table_of(file: str, raw: bytes, *headers: Sequence[str], most: int | None = None) -> Table:
    """A CSV file whose bytes have been read.

    Args:
        file: its name, as findings show it.
        raw: what it holds.
        headers: the headers that it may have.
        most: rows; what has more is not read to its end. None for as many as there are.

    Returns:
        As `read_table`.
    """
    text = raw.decode("utf-8-sig", errors="surrogateescape")
    table = Table(file, io.StringIO(text, newline="").readlines())
    if _decoded(table):
        _read_rows(table, text, headers, most)
    return table


def raise_findings(tables: Iterable[Table]) -> None:
    """Raise InputError with everything that is wrong with some tables, if anything is."""
    findings = [finding for table in tables for finding in table.findings]
    if findings:
        raise InputError.of(findings)


def _decoded(table: Table) -> bool:
    """Whether all of it is UTF-8; notes the places where it is not."""
    for number, line in enumerate(table.lines, start=1):
        if not line.isascii():
            place = next((at for at, c in enumerate(line, start=1) if "\udc80" <= c <= "\udcff"), 0)
            if place:
                table.lines[number - 1] = line.encode(errors="replace").decode()
                message = Message("this is not UTF-8")
                table.wrong("csv-encoding", message, number, place, Message("save the file as CSV UTF-8"))
    return not table.findings


def _read_rows(table: Table, text: str, headers: Sequence[Sequence[str]], most: int | None) -> None:
    first = table.lines[0] if table.lines else ""
    table.delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=table.delimiter, strict=True)
    try:
        table.header = tuple(cell.strip().lower() for cell in next(reader, []))
        if table.header not in {tuple(header) for header in headers}:
            known = " / ".join(",".join(header) for header in headers)
            hint = Message("the first line must be: {header}", header=known)
            table.wrong("csv-header", Message("this is not a header that is known here"), 1, 1, hint)
            return
        _collect(table, reader, most)
    except csv.Error as problem:
        message = Message("this is not CSV: {why}", why=str(problem))
        table.wrong("csv-syntax", message, max(reader.line_num, 1))


def _collect(table: Table, reader: Reader, most: int | None) -> None:
    width = len(table.header)
    line = reader.line_num + 1
    for row in reader:
        if len(table.rows) == most:
            table.wrong("csv-rows", Message("this file has more than {most} rows", most=most), line)
            return
        if len(row) == width:
            table.rows.append(row)
            table.at.append(line)
        elif row:
            message = Message("this row has {n} values, not {width}", n=len(row), width=width)
            table.wrong("csv-width", message, line)
        line = reader.line_num + 1


def _column(line: str, place: int, delimiter: str) -> int:
    """The column, from 1, at which a cell of a line begins; delimiters between quotes do not count."""
    quoted, cells = False, 0
    for at, character in enumerate(line):
        if cells == place:
            return at + 1
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            cells += 1
    return len(line.rstrip("\r\n")) + 1


def is_key(cell: str) -> bool:
    """Whether a text can be the key of somebody or something."""
    return 1 <= len(cell) <= LONGEST_KEY and cell.isprintable() and cell == cell.strip()


def _not_a_key(cell: str) -> Message:
    if not cell:
        return Message("a value is missing")
    return Message(
        "“{value}” cannot be a key: it has 1 to {most} visible characters and no space around it",
        value=cell[:_SHOWN],
        most=LONGEST_KEY,
    )
