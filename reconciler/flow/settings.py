"""Where the YAML and the backend are: flag over environment over reconciler.yaml; the token never from a flag."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message, ReconcilerError
from reconciler.flow.cache import cache_folder
from reconciler.flow.channels import Webhook
from reconciler.flow.tokens import Keyring, Missing, TokenFile, Variable, find_token, read_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.backends import BackendConfig
    from reconciler.flow.tokens import TokenPlace

FILE = "reconciler.yaml"

TOKEN = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable, no secret

ALL = "all"
"""Stands for all operators that are configured; no operator can be called so."""


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
        operator: the name of the operator whose token is used, or ALL.
        audit_log: the audit log.
        no_cache: whether nothing may be kept on this machine.
        register: the folder of the register.
    """

    config: Path | None = None
    policies: Path | None = None
    kind: str | None = None
    url: str | None = None
    database: str | None = None
    token_file: Path | None = None
    operator: str | None = None
    audit_log: Path | None = None
    no_cache: bool = False
    register: Path | None = None


@dataclass(frozen=True, slots=True)
class Reviews:
    """How access is reviewed.

    Attributes:
        folder: where the sign-offs are, which may not be there.
        every: days after which a review is due again.
        by: what is reviewed together, "team" or "client".
    """

    folder: Path
    every: int = 365
    by: str = "team"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where everything is.

    Attributes:
        policies: the folder of the YAML.
        kind: which kind of backend; None where none is configured.
        backend: the backend's own settings.
        token: where the token is found; None where nothing says so.
        operators: where the token of each operator is found, by the name that it has here.
        acting: the name of the operator whose token is used, or ALL; None where none was named.
        audit: the audit log; None for the one in the state folder.
        notify: the channels that are told, by the name that they have here.
        cache: where what the backend says may be kept; None for nowhere.
        allowed_signers: who may sign the plans that are applied; None where they need not be signed.
        register: the folder of the register, which may not be there.
        reviews: how access is reviewed.
    """

    policies: Path
    kind: str | None
    backend: Mapping[str, str]
    token: TokenPlace | None
    operators: Mapping[str, TokenPlace] = field(default_factory=dict)
    acting: str | None = None
    audit: Path | None = None
    notify: Mapping[str, Webhook] = field(default_factory=dict)
    cache: Path | None = None
    allowed_signers: Path | None = None
    register: Path = Path("register")
    reviews: Reviews = field(default_factory=lambda: Reviews(Path("reviews")))


@dataclass(frozen=True, slots=True)
class Acting:
    """How several operators reach the backend.

    Attributes:
        configs: what opens the backend for each, by name; those that have a token.
        missing: by name, why the others have none.
    """

    configs: Mapping[str, BackendConfig]
    missing: Mapping[str, Message]


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
    token = _token_of_backend(backend, folder)
    if "database" in backend:
        backend["database"] = str(folder / backend["database"])
    if where.url:
        backend["url"], kind = where.url, "http"
    if where.database:
        backend["database"], kind = where.database, "embedded"
    policies = where.policies or folder / said.get("policies", "policies")
    beside = folder / said["register"] if "register" in said else policies.parent / "register"
    return Settings(
        policies=policies,
        kind=where.kind or kind,
        backend=backend,
        token=_first_token(where, token),
        operators={name: _place(name, one, folder) for name, one in said.get("operators", {}).items()},
        acting=where.operator,
        audit=where.audit_log or (folder / said["audit"] if "audit" in said else None),
        notify={name: _webhook(one, folder) for name, one in said.get("notify", {}).items()},
        cache=None if where.no_cache else cache_folder(),
        allowed_signers=folder / said["allowed-signers"] if "allowed-signers" in said else None,
        register=where.register or beside,
        reviews=_reviews(said.get("reviews", {}), folder),
    )


def _reviews(said: Mapping[str, str], folder: Path) -> Reviews:
    return Reviews(
        folder / said.get("folder", "reviews"), int(said.get("every", 365)), said.get("by", "team")
    )


def _read_file(path: Path) -> dict[str, Any]:
    from reconciler.desired import read_checked

    return read_checked(path, "schemas/config.schema.json")


def _token_of_backend(backend: dict[str, str], folder: Path) -> TokenPlace | None:
    """Where the single token is; takes its settings out of those of the backend."""
    file, service = backend.pop("token-file", None), backend.pop("keyring", None)
    if file and service:
        raise ReconcilerError(
            Message("the backend has both token-file and keyring"),
            Message("its token is in one place; tokens of several operators stand under “operators”"),
        )
    if service:
        return Keyring(service, backend.pop("account", "token"))
    return TokenFile(folder / file) if file else None


def _first_token(where: Where, configured: TokenPlace | None) -> TokenPlace | None:
    """Where a token is found if no operator is named: environment over flag over file."""
    if os.environ.get(TOKEN, "").strip():
        return Variable(TOKEN)
    return TokenFile(where.token_file) if where.token_file else configured


def _place(name: str, said: Mapping[str, str], folder: Path) -> TokenPlace:
    """Where an operator's token is; the schema has seen to it that one place is named."""
    if "token-env" in said:
        return Variable(said["token-env"])
    if "token-file" in said:
        return TokenFile(folder / said["token-file"])
    return Keyring(said["keyring"], said.get("account", name))


def _webhook(said: Mapping[str, str], folder: Path) -> Webhook:
    """A channel, and where its address is; the schema has seen to it that one place is named."""
    place = Variable(said["url-env"]) if "url-env" in said else TokenFile(folder / said["url-file"])
    return Webhook(said["kind"], place)


def backend_config(settings: Settings) -> BackendConfig:
    """What opens the backend, token included: that of the operator who is named, or the only one there is.

    Raises:
        ReconcilerError: where no backend is configured, or no token is to be had.
    """
    from reconciler.backends import BackendConfig

    kind, place = _kind(settings), _chosen(settings)
    return BackendConfig(kind, settings.backend, read_token(place), str(place), settings.cache)


def backend_configs(settings: Settings) -> Acting:
    """What opens the backend for each of the operators that have a token.

    Raises:
        ReconcilerError: where no backend is configured, or not one operator has a token, or a token is there
            that must not be used.
    """
    from reconciler.backends import BackendConfig

    kind = _kind(settings)
    if not settings.operators:
        raise ReconcilerError(Message("no operators are configured"), _how_to_name())
    configs: dict[str, BackendConfig] = {}
    missing: dict[str, Message] = {}
    for name, place in sorted(settings.operators.items()):
        token = find_token(place)
        if isinstance(token, Missing):
            missing[name] = token.why
        else:
            configs[name] = BackendConfig(kind, settings.backend, token, str(place), settings.cache)
    if not configs:
        name, why = next(iter(missing.items()))
        raise ReconcilerError(
            Message("not one of the operators has a token"),
            Message("of {name}, for one: {why}", name=name, why=why),
        )
    return Acting(configs, missing)


def _kind(settings: Settings) -> str:
    if settings.kind is None:
        raise ReconcilerError(
            Message("no backend is configured"),
            Message(
                "write one into {file}, or give --url or --database; “reconciler init” writes an example",
                file=FILE,
            ),
        )
    return settings.kind


def _chosen(settings: Settings) -> TokenPlace:
    """Where the token is that is used."""
    name, operators = settings.acting, settings.operators
    if name == ALL:
        raise ReconcilerError(
            Message("--as all is for plan, apply and rights --missing"),
            Message("name one of the operators here"),
        )
    if name is not None:
        return operators[name] if name in operators else _unknown(name, operators)
    if settings.token is not None:
        return settings.token
    if len(operators) == 1:
        return next(iter(operators.values()))
    if operators:
        raise ReconcilerError(
            Message("there are several operators, and none of them is named"),
            Message("say which with --as: {names}", names=", ".join(sorted(operators))),
        )
    raise ReconcilerError(
        Message("there is no token"),
        Message("put it into the environment as RECONCILER_TOKEN, or name a file with token-file"),
    )


def _unknown(name: str, operators: Mapping[str, TokenPlace]) -> TokenPlace:
    from reconciler.desired.suggest import did_you_mean

    hint = did_you_mean(name, sorted(operators)) if operators else None
    if operators and hint is None:
        hint = Message("known are: {keys}", keys=", ".join(sorted(operators)))
    raise ReconcilerError(
        Message("there is no operator “{name}” in {file}", name=name, file=FILE), hint or _how_to_name()
    )


def _how_to_name() -> Message:
    return Message(
        "name them in {file} under “operators”, each with token-env, token-file or keyring", file=FILE
    )
