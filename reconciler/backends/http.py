"""A bureau behind a URL.

    url               https://bureau.example/api: the address before /v1
    allow-plain-http  yes: also without TLS to a host that is not this machine; the token is then readable
                      on the way
    ca-file           certificates in PEM of the authorities to trust instead of the public ones

TLS is always verified. Proxies, certificates and passwords of the environment (HTTPS_PROXY, SSL_CERT_FILE,
~/.netrc) are not looked at: what is trusted stands in the configuration.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx

from reconciler.backends.api import Api
from reconciler.backends.problems import Place
from reconciler.backends.remote import RemoteBackend
from reconciler.backends.settings import Limits, check_names, required, yes
from reconciler.backends.signed import SignedFile
from reconciler.errors import Message, ReconcilerError
from reconciler.exchange.address import parsed, private
from reconciler.exchange.bounded import BoundedTransport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.backends.config import BackendConfig


def open_backend(config: BackendConfig, network: httpx.AsyncBaseTransport | None = None) -> RemoteBackend:
    """Open the bureau at a URL; nothing is sent yet.

    Args:
        config: settings as this module's docstring names them, and the limits.
        network: what to send through in place of the real network.

    Raises:
        ReconcilerError: where a setting is missing, unknown or wrong.
        Unauthorised: where there is no token that could be sent.
    """
    check_names(config.settings)
    limits = Limits.of(config.settings)
    url = _url(config.settings)
    inner = network or httpx.AsyncHTTPTransport(verify=_trusted(config.settings), trust_env=False)
    return over(BoundedTransport(inner, limits), url, url, config, limits)


def over(
    transport: BoundedTransport,
    url: str,
    name: str,
    config: BackendConfig,
    limits: Limits,
    *,
    near: bool = False,
) -> RemoteBackend:
    """The backend over a transport, which is closed where that fails.

    Args:
        transport: sends the requests.
        url: the address before /v1.
        name: what messages call the backend.
        config: the token, and where the state may be kept.
        limits: of every exchange.
        near: it is in this process.
    """
    file = SignedFile.of(config.cache, "state", config) if config.cache else None
    try:
        return RemoteBackend(Api(transport, url, Place.of(name, config), limits, near=near), limits, file)
    except BaseException:
        transport.close()
        raise


def _url(settings: Mapping[str, str]) -> str:
    text = required(settings, "url")
    url = parsed(text)
    if url is None:
        raise ReconcilerError(
            Message("the setting url is no address of a backend"),
            hint=Message("such as https://bureau.example, without user, password or question mark"),
        )
    if not (private(url) or yes(settings, "allow-plain-http")):
        raise ReconcilerError(
            Message("{url} is not encrypted: the token would be readable on the way", url=text),
            hint=Message("use https, or set allow-plain-http to yes where the network itself is private"),
        )
    return text.rstrip("/")


def _trusted(settings: Mapping[str, str]) -> ssl.SSLContext | bool:
    file = settings.get("ca-file", "")
    if not file:
        return True
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        raise ReconcilerError(
            Message("the certificates in {file} cannot be read: {why}", file=file, why=error)
        ) from error
