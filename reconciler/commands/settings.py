"""Where the YAML and the backend are: flag over environment over reconciler.yaml; the token never from a flag."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message, ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.backends import BackendConfig

FILE = "reconciler.yaml"

TOKEN = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable, no secret


@dataclass(frozen=True, slots=True)
class Where:
    """What the flags and the environment say; None where they say nothing.

    Attributes:
        config: the configuration file.
        policies: the folder of the YAML.
        kind: which kind of backend.
        url: of the bureau's API.
        database: SQLite file of an embedded bureau.
        token_file: file that holds the token.
    """

    config: Path | None = None
    policies: Path | None = None
    kind: str | None = None
    url: str | None = None
    database: str | None = None
    token_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is.

    Attributes:
        policies: the folder of the YAML.
        kind: which kind of backend; None where none is configured.
        backend: the backend's own settings.
        token_file: file that holds the token, None for the environment alone.
    """

    policies: Path
    kind: str | None
    backend: Mapping[str, str]
    token_file: Path | None


def read_settings(where: Where) -> Settings:
    """Flags and environment over the configuration file.

    Raises:
        InputError: where the configuration file cannot be used.
    """
    path = where.config or Path(FILE)
    said = _read_file(path) if where.config or path.exists() else {}
    folder = path.parent
    backend = {key: str(value) for key, value in said.get("backend", {}).items()}
    kind = backend.pop("kind", None)
    token_file = backend.pop("token-file", None)
    if "database" in backend:
        backend["database"] = str(folder / backend["database"])
    if where.url:
        backend["url"], kind = where.url, "http"
    if where.database:
        backend["database"], kind = where.database, "embedded"
    return Settings(
        policies=where.policies or folder / said.get("policies", "policies"),
        kind=where.kind or kind,
        backend=backend,
        token_file=where.token_file or (folder / token_file if token_file else None),
    )


def _read_file(path: Path) -> dict[str, Any]:
    from reconciler.desired import read_checked

    return read_checked(path, "schemas/config.schema.json")


def backend_config(settings: Settings) -> BackendConfig:
    """What opens the backend, token included.

    Raises:
        ReconcilerError: where no backend is configured, or no token is to be had.
    """
    from reconciler.backends import BackendConfig

    if settings.kind is None:
        raise ReconcilerError(
            Message("no backend is configured"),
            Message(
                "write one into {file}, or give --url or --database; “reconciler init” writes an example",
                file=FILE,
            ),
        )
    token, token_from = _token(settings)
    return BackendConfig(settings.kind, settings.backend, token, token_from)


def _token(settings: Settings) -> tuple[str, str]:
    token = os.environ.get(TOKEN, "").strip()
    if token:
        return token, TOKEN
    if settings.token_file is None:
        raise ReconcilerError(
            Message("there is no token"),
            Message("put it into the environment as RECONCILER_TOKEN, or name a file with token-file"),
        )
    return _token_from(settings.token_file), str(settings.token_file)


def _token_from(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(4096).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ReconcilerError(
            Message("the token file {path} cannot be read: {why}", path=path, why=type(error).__name__)
        ) from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ReconcilerError(
            Message("the token file {path} can be read by others", path=path),
            Message("chmod 600 {path}", path=path),
        )
    if not text or any(character.isspace() for character in text):
        raise ReconcilerError(Message("the token file {path} does not hold a token alone", path=path))
    return text
