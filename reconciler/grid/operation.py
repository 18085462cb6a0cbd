"""The three operations of the bureau's web application, and what can become of an item."""

from __future__ import annotations

from enum import StrEnum


class OperationKind(StrEnum):
    """One of three, over one block."""

    GIVE_ACCESS = "give-access"
    """Give access to the clients and assign the programs; who has access only gets the programs."""
    REMOVE_ACCESS = "remove-access"
    """Remove access to the clients, and all programs with it."""
    REMOVE_PROGRAMS = "remove-programs"
    """Remove access to the programs; access to the client stays."""


class Outcome(StrEnum):
    """What became of an item of a job."""

    DONE = "done"
    ALREADY = "already"
    """It was so already; nothing was changed."""
    REFUSED = "refused"
    """The operator lacks the right; the code says which."""
    FAILED = "failed"
    """It could not be done; the code says why."""
