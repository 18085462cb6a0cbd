"""Telling the channels that `notify` in reconciler.yaml names; that one cannot be told is said, and stops nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reconciler.commands.tokens import Missing, find_token
from reconciler.errors import Message, NotifyFailed, ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.commands.running import Finished
    from reconciler.commands.settings import Where
    from reconciler.commands.tokens import TokenPlace
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.notices import Notice
    from reconciler.plan import Plan


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


def channels_of(where: Where, say: Catalogue, *, one: bool) -> Mapping[str, Webhook]:
    """The channels of the configuration, for a command that notifies.

    Args:
        where: where the configuration is.
        say: the language.
        one: whether it is one operator that does something.

    Raises:
        ReconcilerError: where there is nobody to tell.
    """
    from reconciler.commands.settings import read_settings

    if not one:
        raise click.UsageError(say("--notify is for one operator: use --as with its name"))
    channels = read_settings(where).notify
    check_channels(channels)
    return channels


def tell_applied(channels: Mapping[str, Webhook], plan: Plan, done: Finished, say: Catalogue) -> None:
    """Tell every channel what became of an apply."""
    if channels:
        from reconciler.formats.notices import applied_notice

        notify(channels, applied_notice(plan, done.results, done.left, say), say)


def notify(channels: Mapping[str, Webhook], notice: Notice, say: Catalogue) -> None:
    """Tell every channel; what fails is told on stderr."""
    from reconciler.exchange.webhook import post
    from reconciler.formats.notices import payload_of

    for name, channel in sorted(channels.items()):
        try:
            post(name, _address(name, channel), payload_of(channel.kind, notice))
        except ReconcilerError as error:
            click.echo(say("warning: {message}", message=error.message), err=True)


def _address(name: str, channel: Webhook) -> str:
    found = find_token(channel.place)
    if isinstance(found, Missing):
        raise NotifyFailed(
            Message("the webhook {name} has no address: {why}", name=name, why=found.why),
            Message("its address is a secret: put it into {place}", place=str(channel.place)),
        )
    return found
