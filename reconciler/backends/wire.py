"""The wire format of the contract ↔ values; one function a document, each raising BackendError, never KeyError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.apply.protocol import Item, Job, JobState, Lease, Notification
from reconciler.errors import BackendError, Message
from reconciler.grid import OperationKind, Outcome, Programs
from reconciler.grid.register import Client, Consultant, Program
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.exchange.fields import Fields

Row = TypeVar("Row", Client, Consultant, Program)

_ACTIVE = {"active": True, "left": False}
_CONNECTED = {"connected": True, "disconnected": False}
_OUTCOMES: Mapping[str, Outcome] = {outcome.value: outcome for outcome in Outcome}
_REASONS: Mapping[str, Reason] = {reason.value: reason for reason in Reason}


def programs(bureau: Fields) -> Programs:
    """The bureau's programs; each once, at most 64."""
    rows = [
        Program(row.key("id"), _labels(row.sub("labels")), in_package=row.flag("package"))
        for row in bureau.subs("programs")
    ]
    if len(rows) > 64:
        raise BackendError(Message("the bureau has {n} programs; this version knows 64", n=len(rows)))
    return Programs.build(each_once(rows, bureau.place))


def _labels(labels: Fields) -> dict[str, str]:
    return {language: labels.text(language) for language in labels.values}


def consultant(row: Fields) -> Consultant:
    """A row of /v1/consultants."""
    return Consultant(
        key=row.key("id"),
        label=row.text("name"),
        active=row.either("status", _ACTIVE),
        tags=row.texts("tags"),
        teams=row.texts("teams"),
        leads=row.texts("leads"),
    )


def client(row: Fields) -> Client:
    """A row of /v1/clients."""
    return Client(
        key=row.key("id"),
        label=row.text("name"),
        connected=row.either("status", _CONNECTED),
        tags=row.texts("tags"),
        team=row.maybe("team"),
    )


def each_once(rows: Sequence[Row], place: str) -> Sequence[Row]:
    """The rows; BackendError where two have the same key."""
    seen: set[str] = set()
    for row in rows:
        if row.key in seen:
            raise BackendError(Message("{place} lists {key} twice", place=place, key=row.key))
        seen.add(row.key)
    return rows


def job(fields: Fields) -> Job:
    """A job."""
    pairs, finished = fields.number("pairs"), fields.number("finished")
    if finished > pairs:
        fields.wrong("finished", Message("at most {most}", most=pairs))
    return Job(fields.key("id"), fields.word("state", JobState), pairs, finished)


def item(row: Fields) -> Item:
    """A row of a job's results; a reason that this version does not know stays as it is written."""
    fast = _plain_item(row.values)
    if fast is not None:
        return fast
    reason = row.maybe("reason")
    return Item(
        consultant=row.key("consultant"),
        client=row.key("client"),
        access=row.flag("access"),
        programs=row.texts("programs"),
        outcome=row.word("outcome", Outcome),
        reason=None if reason is None else _REASONS.get(reason, reason),
    )


def _plain_item(row: Mapping[str, Any]) -> Item | None:
    """The item of a row where nothing is wrong and there is no reason, as in nearly all of 100,000; else None."""
    consultant, client, access = row.get("consultant"), row.get("client"), row.get("access")
    programs, outcome = row.get("programs"), row.get("outcome")
    if (
        isinstance(consultant, str)
        and isinstance(client, str)
        and isinstance(access, bool)
        and isinstance(programs, list)
        and isinstance(outcome, str)
        and outcome in _OUTCOMES
        and set(map(type, programs)) <= {str}
        and (consultant and client and row.get("reason") is None)
    ):
        return Item(consultant, client, access, tuple(programs), _OUTCOMES[outcome], None)
    return None


def lease(row: Fields) -> Lease:
    """A lease."""
    return Lease(row.key("id"), row.text("holder"), row.time("granted"), row.number("seconds"))


def notification(row: Fields) -> Notification:
    """A row of /v1/notifications."""
    outcomes = row.sub("outcomes")
    return Notification(
        key=row.key("id"),
        job=row.key("job"),
        kind=row.word("operation", OperationKind),
        created=row.time("created"),
        read=row.flag("read"),
        outcomes={outcome: outcomes.number(outcome) for outcome in Outcome if outcome in outcomes.values},
    )
