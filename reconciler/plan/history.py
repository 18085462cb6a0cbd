"""What was done to pairs in the past, as the backend tells it; names, not ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """What is asked of the history.

    Attributes:
        consultants: only these, by key; None for all.
        clients: only these, by key; None for all.
        since: only what was done then or later, RFC 3339 in UTC ("2026-01-31T12:00:00Z"); None for whenever.
    """

    consultants: tuple[str, ...] | None = None
    clients: tuple[str, ...] | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did it.

    Attributes:
        key: of the operator.
        label: its name.
        job: the key of the job that did it.
        run: the run that the job belonged to, None for none.
    """

    key: str
    label: str
    job: str
    run: str | None


@dataclass(frozen=True, slots=True)
class Deed:
    """What was given to a pair at once, or taken from it.

    Attributes:
        at: when, as the backend writes it (RFC 3339).
        consultant: key.
        client: key.
        given: whether it was given, not taken.
        access: whether access to the client itself was.
        programs: keys of the programs that were.
        outside: whether no operation did it, as where the bureau's data is loaded.
        by: who did it; None where no operation did, and where the backend does not tell us.
    """

    at: str
    consultant: str
    client: str
    given: bool
    access: bool
    programs: tuple[str, ...]
    outside: bool
    by: Doer | None
