"""One bureau's API: a request out, a checked document back.

It knows headers, media types and errors; it never knows what a document means, and never sends the token
anywhere but to the place that was configured: redirects are off, links lend their query only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
from httpx_retries import Retry, RetryTransport

from reconciler.backends.problems import refused, unanswered
from reconciler.errors import BackendError, Message, Unauthorised
from reconciler.exchange.fields import Fields

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from reconciler.backends.problems import Place
    from reconciler.backends.settings import Limits

_TELLING = 12
"""Characters from which on a token that stands in an answer is no word that stands there by chance."""

_AGAIN = (429, 500, 502, 503, 504)
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        body: the document; empty where the answer has none, or is no JSON.
        next: the query of the next page, None on the last.
        tag: the entity tag; "" where the answer has none.
        media: the media type of the body; "" where the answer has none.
        content: the body as it is.
    """

    body: Fields
    next: Mapping[str, str] | None
    tag: str
    media: str
    content: bytes


class Api:
    """Sends requests through a transport.

    Args:
        transport: any blocking one; closed with this.
        url: the address before /v1.
        place: for messages; holds the token.
        limits: retries and time-outs.
        near: it is in this process: compressing answers, or sparing bytes in other ways, would only cost time.

    Attributes:
        told: when the last answer was sent, by the backend's clock; None where it does not say.

    Raises:
        Unauthorised: where there is no token, or none that could be sent.
    """

    def __init__(
        self, transport: httpx.BaseTransport, url: str, place: Place, limits: Limits, *, near: bool = False
    ) -> None:
        self.near = near
        self.told: dt.datetime | None = None
        self._place = place
        self._limits = limits
        self._client = httpx.Client(
            transport=RetryTransport(transport, _retry(limits)),
            base_url=url,
            headers={
                "Authorization": f"Bearer {_checked(place)}",
                "Accept": "application/json, application/problem+json",
                "Accept-Encoding": "identity" if near else "gzip",
                "User-Agent": "reconciler",
            },
            timeout=httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout),
            trust_env=False,
            follow_redirects=False,
        )

    def get(
        self, path: str, query: Mapping[str, str] | None = None, patience: int = 0, accept: str = ""
    ) -> Answer:
        """Fetch a document.

        Args:
            path: where.
            query: what is asked.
            patience: the backend is asked to wait so many seconds (RFC 7240).
            accept: a media type that we would rather have than JSON.
        """
        headers = _accepting(accept) | ({"Prefer": f"wait={patience}"} if patience else {})
        request = self._client.build_request("GET", path, params=query, headers=headers)
        return self._send(request, path, patience, accept)

    def unchanged(self, path: str, tag: str) -> bool:
        """Whether a document still is the one with this entity tag."""
        request = self._client.build_request("GET", path, headers={"If-None-Match": tag})
        return self._answered(request, path, 0).status_code == 304

    def get_changed(self, path: str, tag: str, accept: str = "") -> Answer | None:
        """Fetch a document, None where it still is the one with this entity tag; "" is the tag of none."""
        headers = _accepting(accept) | ({"If-None-Match": tag} if tag else {})
        request = self._client.build_request("GET", path, headers=headers)
        response = self._answered(request, path, 0)
        return None if response.status_code == 304 else self._read(response, path, accept)

    def post(
        self,
        path: str,
        document: object = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        accept: str = "",
    ) -> Answer:
        """Send a document. It may be sent again: with the same idempotency key, or where that does no harm."""
        given = _accepting(accept) | dict(headers or {})
        request = self._client.build_request("POST", path, params=query, headers=given, json=document)
        return self._send(request, path, 0, accept)

    def close(self) -> None:
        """Close the transport."""
        self._client.close()

    def _send(self, request: httpx.Request, path: str, patience: int, accept: str = "") -> Answer:
        return self._read(self._answered(request, path, patience), path, accept)

    def _read(self, response: httpx.Response, path: str, accept: str) -> Answer:
        media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(
            body=self._document(response, path, media, accept),
            next=_next(response),
            tag=response.headers.get("etag", ""),
            media=media,
            content=response.content,
        )

    def _answered(self, request: httpx.Request, path: str, patience: int) -> httpx.Response:
        """The answer, which is no error; 304 where the request said what it knows already."""
        timeout = request.extensions["timeout"]
        timeout["read"] += patience
        request.extensions["deadline"] = self._limits.deadline + patience
        try:
            response = self._client.send(request)
        except httpx.TransportError as error:
            raise unanswered(error, self._place) from error
        known = response.status_code == 304 and "if-none-match" in request.headers
        if not (response.is_success or known):
            raise refused(response, path, self._place)
        self._check_discreet(response, path)
        self.told = _sent(response)
        return response

    def _check_discreet(self, response: httpx.Response, path: str) -> None:
        """An answer that repeats the token is not used: it would be printed as a name, or kept as a revision."""
        token = self._place.token
        headers = " ".join(response.headers.values())
        if len(token) >= _TELLING and (token in headers or token.encode() in response.content):
            raise BackendError(
                Message(
                    "{place} repeats the token in its answer to {path}", place=self._place.name, path=path
                ),
                hint=Message("nothing of the answer was used; whoever runs the backend should know of it"),
            )

    def _document(self, response: httpx.Response, path: str, media: str, accept: str) -> Fields:
        if response.status_code == 204 or (media == accept and not media.endswith("json")):
            return Fields(path, {})
        if media not in {"application/json", accept}:
            raise BackendError(
                Message(
                    "{place} answers {path} with {media}, not with JSON",
                    place=self._place.name,
                    path=path,
                    media=self._place.clean(media) or "-",
                ),
                hint=Message("it may not be the address of a bureau API"),
            )
        return Fields.of(path, _parsed(response.content, path))


def _accepting(media: str) -> dict[str, str]:
    """The header that asks for a media type rather than for JSON; none where none is named."""
    return {"Accept": f"{media}, application/json;q=0.5, application/problem+json"} if media else {}


def _retry(limits: Limits) -> Retry:
    """Every POST of the contract may be repeated: operations and leases are named, and read twice is read."""
    return Retry(
        total=limits.retries,
        allowed_methods=("GET", "POST"),
        status_forcelist=_AGAIN,
        backoff_factor=limits.backoff / 2,  # doubled before the first pause
        backoff_jitter=0.5,
        max_backoff_wait=max(limits.max_wait, 1e-3),
        total_timeout=max(limits.total_wait, 1e-3),
    )


def _checked(place: Place) -> str:
    """The token, if it can stand in a header; the errors of a header that is wrong would show it."""
    if _TOKEN.fullmatch(place.token):
        return place.token
    hint = Message("the token is read from {source}", source=place.token_from)
    if not place.token:
        raise Unauthorised(Message("there is no token for {place}", place=place.name), hint=hint)
    raise Unauthorised(
        Message("the token for {place} has characters no token has", place=place.name), hint=hint
    )


def _sent(response: httpx.Response) -> dt.datetime | None:
    """When an answer was sent, as it says itself."""
    try:
        at = parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return at if at.tzinfo else None


def _next(response: httpx.Response) -> Mapping[str, str] | None:
    """The query of the link to the next page; its address is ours to know."""
    link = response.links.get("next")
    return None if link is None else dict(httpx.QueryParams(link.get("url", "").partition("?")[2]))


def _parsed(content: bytes, path: str) -> Any:
    import orjson

    try:
        return orjson.loads(content)  # refuses half a character too, which could not be printed
    except ValueError as error:
        raise BackendError(Message("the answer to {path} is not valid JSON", path=path)) from error
