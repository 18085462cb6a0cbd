"""The channels that `notify` in reconciler.yaml names; that one cannot be told is said, and stops nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Message, NotifyFailed, ReconcilerError
from reconciler.flow.tokens import Missing, find_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.flow.telling import Tell
    from reconciler.flow.tokens import TokenPlace
    from reconciler.formats.notices import Notice


@dataclass(frozen=True, slots=True)
class Webhook:
    """A channel.

    Attributes:
        kind: "slack" or "teams".
        place: where its address is found.
    """

    kind: str
    place: TokenPlace


def check_channels(channels: Mapping[str, Webhook]) -> None:
    """Make sure, before anything is done, that there is somebody to tell and that each address is to be had.

    Raises:
        ReconcilerError: where it is not so.
    """
    if not channels:
        raise ReconcilerError(
            Message("there is nobody to notify"),
            Message("name a webhook in reconciler.yaml under “notify”, with kind and url-env or url-file"),
        )
    for name, channel in sorted(channels.items()):
        _address(name, channel)


def notify(channels: Mapping[str, Webhook], notice: Notice, tell: Tell) -> None:
    """Tell every channel; what fails is told, and stops nothing."""
    from reconciler.exchange.webhook import post
    from reconciler.formats.notices import payload_of

    for name, channel in sorted(channels.items()):
        try:
            post(name, _address(name, channel), payload_of(channel.kind, notice))
        except ReconcilerError as error:
            tell(Message("warning: {message}", message=error.message))


def _address(name: str, channel: Webhook) -> str:
    found = find_token(channel.place)
    if isinstance(found, Missing):
        raise NotifyFailed(
            Message("the webhook {name} has no address: {why}", name=name, why=found.why),
            Message("its address is a secret: put it into {place}", place=str(channel.place)),
        )
    return found
