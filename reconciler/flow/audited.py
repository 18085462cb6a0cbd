"""A run that is written into the audit log: its beginning before anything is sent, each result, its end.

A log that cannot be written stops a run before its first operation. Where it fails later, nothing more is sent and
what runs is followed to its end, as where the journal fails.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.apply import Ended
from reconciler.audit import entries
from reconciler.audit.read import entry_of
from reconciler.errors import AuditFailed, JournalFailed

if TYPE_CHECKING:
    from collections.abc import Collection

    from reconciler.apply import Result, Results
    from reconciler.apply.protocol import Journal
    from reconciler.audit.chain import Head
    from reconciler.audit.entries import Approval, Source
    from reconciler.audit.log import Log
    from reconciler.plan import Plan


def begin(
    log: Log, plan: Plan, begun: Results, source: Source, approval: Approval, journal: Journal
) -> Audited:
    """Write down that a run begins, and what it is about to send.

    Args:
        log: the audit log.
        plan: what was approved.
        begun: the orders of the run and what is known of each; those that have come to their end are not named again.
        source: who runs it, and where.
        approval: on whose approval.
        journal: the journal of the run; the log follows it.

    Raises:
        AuditFailed: where it cannot be written; then nothing may be sent.
    """
    at = now()
    places = _places_told(log, begun)
    told = entries.operations(plan, at, begun)
    log.append([entries.run_begun(plan, begun.run, at, source, approval), *told])
    return Audited(log, begun, places, journal)


def _places_told(log: Log, begun: Results) -> frozenset[int]:
    """The places of the orders that have come to their end and of whose end the log tells.

    The journal is written before the log, so a crash in between has left a result that only the journal has.
    """
    if not any(result.ended.final for result in begun.results) or not log.path.exists():
        return frozenset()
    mark = begun.run.encode()
    found = set[int]()
    with log.opened() as file:
        for line in file:
            entry = entry_of(line) if mark in line and line.endswith(b"\n") else None
            ours = entry and (entry["event"], entry.get("run")) == ("result", begun.run)
            if entry and ours and Ended(entry["ended"]).final:
                found.add(entry["place"])
    return frozenset(found)


def refused(log: Log, plan: Plan, source: Source) -> None:
    """Write down that guardrails forbid a plan.

    Raises:
        AuditFailed: where it cannot be written.
    """
    log.append([entries.plan_refused(plan, now(), source)])


class Audited:
    """A journal that tells the audit log too.

    Args:
        log: the audit log.
        begun: what was known of the run when it began.
        told: places of orders of whose end the log tells already.
        journal: which is told first.
    """

    def __init__(self, log: Log, begun: Results, told: Collection[int], journal: Journal) -> None:
        self._log, self._run, self._journal = log, begun.run, journal
        self._told = {place: begun.results[place] for place in told}
        self.failed: AuditFailed | None = None

    def sending(self, place: int) -> None:
        """An order is about to be sent."""
        self._journal.sending(place)

    def accepted(self, place: int, job: str) -> None:
        """The backend has taken it in."""
        self._journal.accepted(place, job)

    def ended(self, place: int, result: Result) -> None:
        """This became of it."""
        self._journal.ended(place, result)
        self._told[place] = result
        try:
            self._log.append([entries.result(self._run, now(), place, result)])
        except AuditFailed as error:
            self.failed = error
            raise JournalFailed(error.message, error.hint) from None

    def end(self, results: Results, left: Plan | None) -> Head | None:
        """Write down the end of the run, and what became of orders that nobody was told of.

        Args:
            results: of the whole run.
            left: the plan of what is left, None where nobody could look.

        Returns:
            The head of the log; None where it could not be written, before or now: see `failed`.
        """
        if self.failed:
            return None
        at = now()
        untold = [
            entries.result(self._run, at, place, result)
            for place, result in enumerate(results.results)
            if self._told.get(place) != result
        ]
        try:
            return self._log.append([*untold, entries.run_ended(results, at, left)])
        except AuditFailed as error:
            self.failed = error
            return None


def now() -> str:
    """The time, as entries tell it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
