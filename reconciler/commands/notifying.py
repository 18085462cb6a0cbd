"""Telling the channels of the configuration what became of an apply or a drift check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.flow.channels import check_channels, notify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.flow.channels import Webhook
    from reconciler.flow.running import Finished
    from reconciler.flow.settings import Where
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan


def channels_of(where: Where, say: Catalogue, *, one: bool) -> Mapping[str, Webhook]:
    """The channels of the configuration, for a command that notifies.

    Args:
        where: where the configuration is.
        say: the language.
        one: whether it is one operator that does something.

    Raises:
        ReconcilerError: where there is nobody to tell.
    """
    from reconciler.flow.settings import read_settings

    if not one:
        raise click.UsageError(say("--notify is for one operator: use --as with its name"))
    channels = read_settings(where).notify
    check_channels(channels)
    return channels


def tell_applied(channels: Mapping[str, Webhook], plan: Plan, done: Finished, say: Catalogue) -> None:
    """Tell every channel what became of an apply."""
    if channels:
        from reconciler.commands.progress import telling
        from reconciler.formats.notices import applied_notice

        notify(channels, applied_notice(plan, done.results, done.left, say), telling(say))
