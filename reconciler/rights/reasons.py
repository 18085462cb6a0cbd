"""Why something is not done: the codes that the plan predicts, and those that the backend answers with."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One word for one reason, in plans, results and the API; their texts are in `formats.reasons`."""

    NEEDS_SYSTEM_ADMINISTRATOR = "needs-system-administrator"
    NEEDS_PROGRAM_ADMINISTRATOR = "needs-program-administrator"
    HOLDS_OTHER_PROGRAMS = "holds-other-programs"
    """Removing access would take programs outside the bureau package along."""
    CONSULTANT_LEFT = "consultant-left"
    CLIENT_NOT_CONNECTED = "client-not-connected"
    UNKNOWN_CONSULTANT = "unknown-consultant"
    UNKNOWN_CLIENT = "unknown-client"
    PRECONDITION_FAILED = "precondition-failed"
    """Somebody else changed the item after the revision that the operation was planned on."""
    PROTECTED = "protected"
    OWN_ACCESS = "own-access"
    NOT_TAKEN_OVER = "not-taken-over"
    NEVER_TOGETHER = "never-together"
    REQUIREMENT = "requirement"
    EXPRESSION = "expression"


HELD_BACK = frozenset(
    {
        Reason.PROTECTED,
        Reason.OWN_ACCESS,
        Reason.NOT_TAKEN_OVER,
        Reason.NEVER_TOGETHER,
        Reason.REQUIREMENT,
        Reason.EXPRESSION,
    }
)
"""Reasons of guardrails: the plan knows them, a backend never answers with them."""
