"""How a backend is configured; imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class BackendConfig:
    """Which backend, and what it needs to know.

    Attributes:
        kind: name of the entry point: "http", "embedded", or one from outside.
        settings: as written in the configuration; each kind documents its own and refuses others.
        token: tells who we are; shown nowhere, not in the repr either.
        token_from: where the token was read, for hints: the name of a variable or a file.
        cache: a folder for what may be kept from one command to the next; None where nothing may be.
    """

    kind: str
    settings: Mapping[str, str]
    token: str = field(repr=False)
    token_from: str = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable, no secret
    cache: Path | None = None

    @property
    def place(self) -> str:
        """Which backend it is: the same text for the same one, whoever asks and whatever the limits.

        Settings of a kind from outside may be secret: they are told by their digest.
        """
        if self.kind == "embedded":
            from pathlib import Path

            return f"embedded {Path(self.settings.get('database', '')).resolve()}"
        if self.kind == "http":
            return f"http {self.settings.get('url', '').rstrip('/')}"
        import hashlib
        import json

        said = json.dumps(sorted(self.settings.items()))
        return f"{self.kind} {hashlib.sha256(said.encode()).hexdigest()[:16]}"
