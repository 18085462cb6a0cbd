"""How a backend is configured; imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class BackendConfig:
    """Which backend, and what it needs to know.

    Attributes:
        kind: name of the entry point: "http", "embedded", or one from outside.
        settings: as written in the configuration; each kind documents its own and refuses others.
        token: tells who we are; shown nowhere, not in the repr either.
        token_from: where the token was read, for hints: the name of a variable or a file.
    """

    kind: str
    settings: Mapping[str, str]
    token: str = field(repr=False)
    token_from: str = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable, no secret
