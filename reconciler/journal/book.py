"""The journal: runs are begun, written down order by order, and read again."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.apply.documents import (
    order_document,
    pack_items,
    pack_message,
    read_order,
    unpack_items,
    unpack_message,
)
from reconciler.apply.orders import idempotency_key
from reconciler.apply.results import Ended, Result, Results, finished
from reconciler.grid import Outcome
from reconciler.journal.database import connect, failing
from reconciler.journal.values import Run, State
from reconciler.sqlite import transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from reconciler.journal.values import Begun


class Journal:
    """The journal at a path, made where there is none; every method may raise JournalFailed.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._db = path, connect(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def begin(self, run: Begun, start: Results) -> Writer:
        """Write down a run and all of its orders before the first is sent.

        Open runs of the same operator are superseded: this one is planned on what they have left.
        """
        with failing(self._path), transaction(self._db):
            self._db.execute(
                """UPDATE run SET state = 'superseded'
                   WHERE state = 'open' AND bureau = ? AND backend = ? AND operator = ?""",
                (run.bureau, run.backend, run.operator),
            )
            values = (
                run.key, run.bureau, run.backend, run.operator, run.who, run.source, run.digest, _now(),
            )  # fmt: skip
            number = self._db.execute(
                """INSERT INTO run (id, bureau, backend, operator, who, source, digest, begun)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING number""",
                values,
            ).fetchone()[0]
            self._db.execute("INSERT INTO approved VALUES (?, ?)", (number, zlib.compress(run.plan, 1)))
            self._db.executemany(
                "INSERT INTO orders VALUES (?, ?, ?, ?, ?)",
                (
                    (number, place, result.operation, idempotency_key(run.key, place), _body(result))
                    for place, result in enumerate(start.results)
                ),
            )
            self._db.executemany(
                "INSERT INTO progress (run, place) VALUES (?, ?)",
                ((number, place) for place in range(len(start.results))),
            )
        return Writer(self._path, self._db, number)

    def go_on(self, key: str) -> Writer:
        """Go on with a run that is known."""
        query = "UPDATE run SET attempts = attempts + 1, ended = NULL WHERE id = ? RETURNING number"
        with failing(self._path), transaction(self._db):
            number = self._db.execute(query, (key,)).fetchone()[0]
        return Writer(self._path, self._db, number)

    def open_runs(self, bureau: str, backend: str) -> list[Run]:
        """The runs of a bureau that did not come to their end, the newest first."""
        return self._runs(
            "WHERE state = 'open' AND bureau = ? AND backend = ? ORDER BY number DESC", bureau, backend
        )

    def runs(self) -> list[Run]:
        """All runs, the newest first."""
        return self._runs("ORDER BY number DESC")

    def find(self, key: str) -> Run | None:
        """A run by its key, None where there is none."""
        found = self._runs("WHERE id = ?", key)
        return found[0] if found else None

    def plan(self, key: str) -> bytes:
        """The plan file that was approved for a run that is known."""
        with failing(self._path):
            query = "SELECT plan FROM approved JOIN run ON run.number = run WHERE id = ?"
            packed: bytes = self._db.execute(query, (key,)).fetchone()[0]
        return zlib.decompress(packed)

    def results(self, key: str) -> Results:
        """What is known of each order of a run, which `carry_out` goes on from."""
        query = """SELECT operation, body, progress.state, job, items, problem
                   FROM run JOIN orders ON orders.run = run.number JOIN progress USING (run, place)
                   WHERE run.id = ? ORDER BY place"""
        with failing(self._path):
            return Results(key, tuple(_result(row) for row in self._db.execute(query, (key,))))

    def prune(self, keep: int) -> int:
        """Forget all runs but the newest, and those that are open; returns how many were forgotten."""
        query = """DELETE FROM run WHERE state <> 'open'
                   AND number NOT IN (SELECT number FROM run ORDER BY number DESC LIMIT ?)"""
        with failing(self._path):
            gone: int = self._db.execute(query, (keep,)).rowcount
            if gone:
                self._db.execute("VACUUM")
        return gone

    def _runs(self, where: str, *values: object) -> list[Run]:
        columns = "number, id, bureau, backend, operator, who, source, digest, begun, ended, attempts, state"
        with failing(self._path):
            rows = self._db.execute(f"SELECT {columns} FROM run {where}", values).fetchall()  # noqa: S608 - our own words
            return [_run(row, self._counts(row["number"])) for row in rows]

    def _counts(self, number: int) -> tuple[Counter[Ended], Counter[Outcome]]:
        """How many orders and how many cells ended how."""
        query = """SELECT state, count(*) AS orders, sum(done) AS done, sum(already) AS already,
                   sum(refused) AS refused, sum(failed) AS failed FROM progress WHERE run = ? GROUP BY state"""
        orders: Counter[Ended] = Counter()
        cells: Counter[Outcome] = Counter()
        for row in self._db.execute(query, (number,)):
            orders[Ended(row["state"])] = row["orders"]
            cells.update({outcome: row[outcome] for outcome in Outcome if row[outcome]})
        return orders, cells


class Writer:
    """Writes down one run; the journal of `carry_out`. Made by `Journal.begin` and `Journal.go_on`."""

    def __init__(self, path: Path, db: sqlite3.Connection, number: int) -> None:
        self._path, self._db, self._number = path, db, number

    def sending(self, place: int) -> None:
        """An order is about to be sent."""
        self._update(place, {"state": Ended.UNANSWERED, "sent": _now()})

    def accepted(self, place: int, job: str) -> None:
        """The backend has taken it in, as this job."""
        self._update(place, {"state": Ended.UNFINISHED, "job": job, "accepted": _now()})

    def ended(self, place: int, result: Result) -> None:
        """This became of it, as far as is known."""
        cells = result.outcomes
        self._update(
            place,
            {
                "state": result.ended,
                "job": result.job,
                "ended": _now(),
                "problem": None if result.problem is None else pack_message(result.problem),
                "items": pack_items(result.items) if result.ended is Ended.FINISHED else None,
                **{outcome.value: cells[outcome] for outcome in Outcome},
            },
        )

    def close(self, *, final: bool) -> None:
        """The attempt has come to its end; a run that is not final stays open, to be gone on with."""
        query = "UPDATE run SET ended = ?, state = ? WHERE number = ?"
        state = State.FINISHED if final else State.OPEN
        with failing(self._path):
            self._db.execute(query, (_now(), state, self._number))

    def _update(self, place: int, values: dict[str, object]) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        query = f"UPDATE progress SET {columns} WHERE run = ? AND place = ?"  # noqa: S608 - our own words
        with failing(self._path):
            self._db.execute(query, (*values.values(), self._number, place))


def _run(row: sqlite3.Row, counts: tuple[Mapping[Ended, int], Mapping[Outcome, int]]) -> Run:
    return Run(
        key=row["id"],
        bureau=row["bureau"],
        backend=row["backend"],
        operator=row["operator"],
        who=row["who"],
        source=row["source"],
        digest=row["digest"],
        begun=row["begun"],
        ended=row["ended"],
        attempts=row["attempts"],
        state=State(row["state"]),
        orders=counts[0],
        outcomes=counts[1],
    )


def _body(result: Result) -> str:
    body = order_document(result.order)
    if result.order.after:
        body["after"] = result.order.after
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _result(row: sqlite3.Row) -> Result:
    order, ended = read_order(json.loads(row["body"])), Ended(row["state"])
    if ended is Ended.FINISHED:
        return finished(row["operation"], order, row["job"], unpack_items(row["items"]))
    problem = row["problem"]
    return Result(
        row["operation"],
        order,
        ended,
        row["job"],
        problem=None if problem is None else unpack_message(problem),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
