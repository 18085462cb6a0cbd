"""Where a token is found: a variable of the environment, a file that only its owner can read, or a keyring.

A token is never taken from a flag and never shown: what is told of it is where it was looked for. A keyring is
the system's own store of secrets (Keychain, Secret Service, Windows Credential Locker); its library is an
extra of the package and is imported only where a keyring is configured.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.errors import Message, ReconcilerError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

_LONGEST = 4096
"""Characters of a token file that are read."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment.

    Attributes:
        name: of the variable.
    """

    name: str

    def __str__(self) -> str:
        """The name: what hints call it."""
        return self.name


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A file.

    Attributes:
        path: of the file.
    """

    path: Path

    def __str__(self) -> str:
        """The path: what hints call it."""
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Keyring:
    """An entry of the system's keyring.

    Attributes:
        service: under which it is kept.
        account: of that service.
    """

    service: str
    account: str

    def __str__(self) -> str:
        """Service and account, as the configuration names them: what hints call it."""
        return f"keyring {self.service}/{self.account}"


TokenPlace = Variable | TokenFile | Keyring


class Missing(NamedTuple):
    """There is no token at a place.

    Attributes:
        why: what was looked for and is not there.
        hint: what to do about it.
    """

    why: Message
    hint: Message


def find_token(place: TokenPlace) -> str | Missing:
    """The token at a place, or that there is none.

    Raises:
        ReconcilerError: where something is there that must not be used: a file that others can read, or
            what is no token; or where the keyring cannot be asked.
    """
    match place:
        case Variable():
            return _from_variable(place)
        case TokenFile():
            return _from_file(place.path)
        case Keyring():
            return _from_keyring(place)


def read_token(place: TokenPlace) -> str:
    """The token at a place.

    Raises:
        ReconcilerError: where there is none, or it must not be used.
    """
    token = find_token(place)
    if isinstance(token, Missing):
        raise ReconcilerError(token.why, token.hint)
    return token


def _from_variable(place: Variable) -> str | Missing:
    token = os.environ.get(place.name, "").strip()
    if not token:
        return Missing(
            Message("the variable {name} is not set", name=place.name),
            Message("put the token into the environment under this name"),
        )
    if _has_spaces(token):
        raise ReconcilerError(Message("the variable {name} does not hold a token alone", name=place.name))
    return token


def _from_file(path: Path) -> str | Missing:
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(_LONGEST).strip()
    except FileNotFoundError:
        return Missing(
            Message("there is no token file {path}", path=path),
            Message("write the token into it, and let only yourself read it: chmod 600 {path}", path=path),
        )
    except (OSError, UnicodeDecodeError) as error:
        raise ReconcilerError(
            Message("the token file {path} cannot be read: {why}", path=path, why=type(error).__name__)
        ) from None
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ReconcilerError(
            Message("the token file {path} can be read by others", path=path),
            Message("chmod 600 {path}", path=path),
        )
    if not text or _has_spaces(text):
        raise ReconcilerError(Message("the token file {path} does not hold a token alone", path=path))
    return text


def _from_keyring(place: Keyring) -> str | Missing:
    values = {"service": place.service, "account": place.account}
    keyring = _library()
    try:
        token = keyring.get_password(place.service, place.account)
    except keyring.errors.NoKeyringError:
        raise ReconcilerError(
            Message("this system has no keyring that could be asked for a token"),
            Message(
                "“keyring diagnose” tells what there is; where there is none, use a token file or a variable"
            ),
        ) from None
    except Exception as error:  # noqa: BLE001 - a keyring of any maker is behind this; its words stay out
        raise ReconcilerError(
            Message("the keyring does not give the token: {why}", why=type(error).__name__),
            Message("is it unlocked? where nobody can unlock it, use a token file or a variable"),
        ) from None
    token = (token or "").strip()
    if not token:
        return Missing(
            Message("the keyring has no token for {service}, account {account}", **values),
            Message("put it there with: keyring set {service} {account}", **values),
        )
    if _has_spaces(token):
        raise ReconcilerError(
            Message("the keyring does not hold a token alone for {service}, account {account}", **values)
        )
    return token


def _library() -> ModuleType:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise ReconcilerError(
            Message("the configuration names a keyring, and the library for it is not installed"),
            Message("install it with: pip install 'reconciler[keyring]'"),
        ) from None
    return keyring


def _has_spaces(token: str) -> bool:
    return any(character.isspace() for character in token)
