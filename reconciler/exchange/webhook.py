"""Posting to a webhook. Its address is a secret: it stands in no message, no log and no exception."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from reconciler.errors import Message, NotifyFailed
from reconciler.exchange.address import parsed, private
from reconciler.exchange.bounded import BoundedTransport

if TYPE_CHECKING:
    from collections.abc import Mapping

_AGAIN = frozenset({429, 500, 502, 503, 504})

_TRIES = 3

_LONGEST_PAUSE = 10.0
"""Seconds that are waited before another try, whatever the other side asks for."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much patience and memory a notice gets."""

    deadline: float = 10.0
    max_response_bytes: int = 100_000


def post(
    name: str, address: str, document: Mapping[str, Any], *, bounds: Bounds | None = None, pause: float = 1.0
) -> None:
    """Post a document.

    Args:
        name: what messages call the webhook.
        address: where it is; https, or http to this machine.
        document: what is posted, as JSON.
        bounds: of each try.
        pause: seconds before the second try; twice as many before the next.

    Raises:
        NotifyFailed: where it was not taken.
    """
    url = parsed(address, query=True)
    if url is None or not private(url):
        raise NotifyFailed(
            Message("the address of the webhook {name} is not one that starts with https://", name=name)
        )
    limits = bounds or Bounds()
    network = httpx.AsyncHTTPTransport(verify=True, trust_env=False)
    # a client would log the address
    transport = BoundedTransport(network, limits, failed=NotifyFailed)
    try:
        _post(name, transport, url, json.dumps(document).encode(), pause)
    finally:
        transport.close()


def _post(name: str, transport: BoundedTransport, url: httpx.URL, body: bytes, pause: float) -> None:
    why = Message("it cannot be reached")
    for number in range(_TRIES):
        request = httpx.Request(
            "POST",
            url,
            content=body,
            headers={"Content-Type": "application/json", "User-Agent": "reconciler"},
        )
        wait = pause * 2**number
        try:
            response = transport.handle_request(request)
        except httpx.TimeoutException:
            why = Message("it did not answer in time")
        except httpx.TransportError:
            why = Message("it cannot be reached")
        else:
            if response.is_success:
                return
            why = Message("it answered {status}", status=response.status_code)
            if response.status_code not in _AGAIN:
                break
            wait = _asked(response) or wait
        if number + 1 < _TRIES:
            time.sleep(min(wait, _LONGEST_PAUSE))
    raise NotifyFailed(Message("the webhook {name} did not take the notice: {why}", name=name, why=why))


def _asked(response: httpx.Response) -> float:
    """The seconds that the other side asks to wait; 0 where it asks for nothing."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0.0
