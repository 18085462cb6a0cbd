"""The texts of reason codes: why something is blocked, was refused or failed."""

from __future__ import annotations

from reconciler.errors import Message
from reconciler.rights import Reason

_TEXTS: dict[str, Message] = {
    Reason.NEEDS_SYSTEM_ADMINISTRATOR: Message("needs a system administrator at the client"),
    Reason.NEEDS_PROGRAM_ADMINISTRATOR: Message(
        "needs a system administrator at the client, or an administrator of the program there"
    ),
    Reason.HOLDS_OTHER_PROGRAMS: Message(
        "removing access would also take programs that are not managed here"
    ),
    Reason.CONSULTANT_LEFT: Message("the consultant has left the bureau"),
    Reason.CLIENT_NOT_CONNECTED: Message("the client is not connected to the bureau"),
    Reason.UNKNOWN_CONSULTANT: Message("the bureau does not know the consultant any more"),
    Reason.UNKNOWN_CLIENT: Message("the bureau does not know the client any more"),
    Reason.PRECONDITION_FAILED: Message("somebody else changed it after the plan was made"),
    Reason.PROTECTED: Message("it is protected: see “protected” under “guardrails”"),
    Reason.OWN_ACCESS: Message("nobody removes their own access"),
    Reason.NOT_TAKEN_OVER: Message("no rule mentions it, and it is not taken over yet"),
    Reason.NEVER_TOGETHER: Message("nobody may have these programs together at a client"),
    Reason.REQUIREMENT: Message("the rule does not carry what it must"),
    Reason.EXPRESSION: Message("a rule of the bureau's own forbids it"),
}


def reason_text(reason: str | None, guardrail: str = "", own: str = "") -> Message:
    """The sentence for a reason code; a code that we do not know stands for itself.

    Args:
        reason: the code.
        guardrail: the name of the guardrail whose reason it is; "" where it has none.
        own: what the guardrail says in the bureau's own words; "" where it has none.
    """
    if reason is None:
        return Message("no reason was given")
    said = _TEXTS.get(reason, Message("the backend says: {code}", code=reason))
    if own and reason == Reason.EXPRESSION:
        return Message("{reason} ({guardrail})", reason=own, guardrail=guardrail)
    return Message("{reason} ({guardrail})", reason=said, guardrail=guardrail) if guardrail else said
