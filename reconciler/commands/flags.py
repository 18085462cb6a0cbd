"""From click's values to ours."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reconciler.flow.settings import Where
from reconciler.flow.world import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.plan import Half


def where(flags: Mapping[str, Any]) -> Where:
    """What `options.where` got; wrong usage where it names two tokens."""
    context = click.get_current_context(silent=True)
    if (
        context
        and flags["operator"]
        and context.get_parameter_source("token_file") is ParameterSource.COMMANDLINE
    ):
        raise click.UsageError(gettext("--as and --token-file both name a token: give one of them"))
    names = ("config", "policies", "kind", "url", "database", "token_file", "operator", "no_cache")
    return Where(
        **{name: flags[name] for name in names},
        audit_log=flags.get("audit_log"),
        register=flags.get("register"),
    )


def wanted(flags: Mapping[str, Any]) -> Wanted:
    """What `options.filters`, `as_of`, `ahead`, `only` and `allow` got, those that a command has."""
    names = ("as_of", "ahead", "allow", "consultants", "clients", "teams", "tags")
    return Wanted(half=_half(flags.get("only")), **{name: flags[name] for name in names if name in flags})


def _half(word: str | None) -> Half | None:
    if not word:
        return None
    from reconciler.plan import Half  # brings the whole plan along, which a drift that remembers does without

    return Half(word)
