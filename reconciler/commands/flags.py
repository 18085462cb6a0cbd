"""From click's values to ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.commands.settings import Where
from reconciler.commands.world import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.plan import Half


def where(flags: Mapping[str, Any]) -> Where:
    """What `options.where` got."""
    return Where(
        **{name: flags[name] for name in ("config", "policies", "kind", "url", "database", "token_file")}
    )


def wanted(flags: Mapping[str, Any]) -> Wanted:
    """What `options.filters`, `as_of`, `ahead`, `only` and `allow_removals` got, those that a command has."""
    names = ("as_of", "ahead", "allow_removals", "consultants", "clients", "teams", "tags")
    return Wanted(half=_half(flags.get("only")), **{name: flags[name] for name in names if name in flags})


def _half(word: str | None) -> Half | None:
    if not word:
        return None
    from reconciler.plan import Half  # brings the whole plan along, which a drift that remembers does without

    return Half(word)
