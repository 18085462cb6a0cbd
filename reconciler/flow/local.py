"""Whether a page of this machine may apply to a bureau: one that is on this machine too; any other has its pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.exchange.address import is_here, parsed

if TYPE_CHECKING:
    from reconciler.flow.settings import Settings


def why_not_from_here(settings: Settings) -> Message | None:
    """Why a plan is not applied from a page; None where it may be.

    Args:
        settings: where the bureau is, and whose plans may be applied.
    """
    if settings.allowed_signers is not None:
        return Message(
            "Only a plan that is signed may be applied here: {path} says by whom. A page signs nothing.",
            path=settings.allowed_signers,
        )
    if settings.kind == "embedded":
        return None
    if settings.kind != "http":
        return Message(
            "The bureau is reached through the backend “{kind}”, of which this page does not know whether it is on"
            " this machine. The pipeline applies what is merged.",
            kind=settings.kind,
        )
    url = parsed(settings.backend.get("url", ""))
    if url is not None and is_here(url.host):
        return None
    return Message(
        "The bureau is not on this machine. There the pipeline applies what is merged, so that nobody does so alone,"
        " and every change has its pull request."
    )
