"""From click's values to ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.commands.settings import Where
from reconciler.commands.world import Wanted
from reconciler.plan.values import Half

if TYPE_CHECKING:
    from collections.abc import Mapping


def where(flags: Mapping[str, Any]) -> Where:
    """What `options.where` got."""
    return Where(
        **{name: flags[name] for name in ("config", "policies", "kind", "url", "database", "token_file")}
    )


def wanted(flags: Mapping[str, Any]) -> Wanted:
    """What `options.filters`, `as_of`, `ahead`, `only` and `allow_removals` got, those that a command has."""
    half = flags.get("only")
    names = ("as_of", "ahead", "allow_removals", "consultants", "clients", "teams", "tags")
    return Wanted(half=Half(half) if half else None, **{name: flags[name] for name in names if name in flags})
