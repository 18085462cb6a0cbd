"""One forge's API: a request out, a checked document back.

Redirects are off, and links to the next page lend their query only: the token goes nowhere but to the address that
was given. What may be sent twice is sent again after 5xx and broken connections; what may not (a new comment) only
where the forge says that it did nothing, because of a limit on requests.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from reconciler.errors import ForgeError, Message, ReconcilerError
from reconciler.exchange.address import parsed, private
from reconciler.exchange.bounded import BoundedTransport
from reconciler.exchange.fields import Fields as AnyFields
from reconciler.forge.problems import refused, too_long, unanswered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.forge.problems import Place

_TELLING = 12
"""Characters from which on a token that stands in an answer is no word that stands there by chance."""

_TOKEN = re.compile(r"[\x21-\x7e]+")
_SAFE = frozenset({"GET", "PATCH", "PUT"})
"""Done twice they leave what they leave when done once."""

_UNKNOWN_LIMIT = 60.0
"""Seconds to wait where a forge names none, as GitHub asks for."""


class Fields(AnyFields):
    """An object of a forge's document."""

    failed = ForgeError


@dataclass(frozen=True, slots=True)
class Patience:
    """How much patience and memory a forge gets; times in seconds.

    Attributes:
        total: for a request with all its tries and pauses.
        deadline: for one exchange, from the connection to the last byte of the answer.
        max_response_bytes: of one answer, decoded.
        max_pages: of one list.
        tries: how often a request is sent at most.
        backoff: the first pause between two tries; it doubles.
    """

    total: float = 120.0
    deadline: float = 60.0
    max_response_bytes: int = 32_000_000
    max_pages: int = 200
    tries: int = 5
    backoff: float = 0.5

    @classmethod
    def of(cls, total: float) -> Patience:
        """So much in all."""
        return cls(total=total, deadline=min(total, cls().deadline))


class ForgeApi:
    """Sends requests.

    Args:
        place: where, and with which token.
        headers: of every request, beside the token.
        patience: of every request.
        network: what to send through in place of the real network.

    Raises:
        ReconcilerError: where the address or the token cannot be used.
    """

    def __init__(
        self,
        place: Place,
        headers: Mapping[str, str],
        patience: Patience,
        network: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._place = place
        self._patience = patience
        given = {"Authorization": f"Bearer {_token(place)}", "User-Agent": "reconciler", **headers}
        url = _address(place)
        inner = network or httpx.AsyncHTTPTransport(verify=True, trust_env=False)
        self._client = httpx.Client(
            transport=BoundedTransport(inner, patience, failed=ForgeError),
            base_url=url,
            headers={"Accept-Encoding": "gzip", **given},
            timeout=httpx.Timeout(patience.deadline, connect=10.0),
            trust_env=False,
            follow_redirects=False,
        )

    def get(self, path: str) -> Fields:
        """Fetch an object."""
        return Fields.of(path, self._document(self._answered("GET", path), path))

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> Iterator[Fields]:
        """Each object of a list, page after page.

        Raises:
            ForgeError: where the list has more pages than we read: what is left out might be what matters.
        """
        asked = {"per_page": "100", **(query or {})}
        for _ in range(self._patience.max_pages):
            response = self._answered("GET", path, query=asked)
            rows = self._document(response, path)
            if not isinstance(rows, list):
                raise ForgeError(Message("{path} should be a list", path=path))
            yield from (Fields.of(path, row) for row in rows)
            link = response.links.get("next")
            if link is None:
                return
            asked = dict(httpx.QueryParams(link.get("url", "").partition("?")[2]))
        raise ForgeError(
            Message("{path} has more than {pages} pages", path=path, pages=self._patience.max_pages)
        )

    def send(self, method: str, path: str, document: Mapping[str, object]) -> Fields:
        """Send a document; the object that comes back."""
        return Fields.of(path, self._document(self._answered(method, path, document=document), path))

    def add(self, path: str, document: Mapping[str, object]) -> None:
        """Send what is added to a list, and does nothing where it is in it; what comes back is nobody's concern."""
        self._answered("POST", path, document=document, safe=True)

    def ask(self, path: str, query: str, variables: Mapping[str, object]) -> Fields:
        """Ask in GraphQL, which changes nothing; the data that comes back."""
        document = {"query": query, "variables": dict(variables)}
        response = self._answered("POST", path, document=document, safe=True)
        found = Fields.of(path, self._document(response, path))
        if found.values.get("errors"):
            raise refused(httpx.Response(400, content=response.content), path, self._place)
        return found.sub("data")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _answered(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        document: Mapping[str, object] | None = None,
        safe: bool | None = None,
    ) -> httpx.Response:
        """The answer, which is a success."""
        again = method in _SAFE if safe is None else safe
        end = time.monotonic() + self._patience.total
        for tried in range(1, self._patience.tries + 1):
            request = self._client.build_request(method, path, params=query, json=document)
            outcome = self._once(request)
            pause = _pause(outcome, self._patience.backoff * 2**tried, again=again)
            if pause is None or tried == self._patience.tries:
                break
            if time.monotonic() + pause > end:
                raise too_long(pause, self._place) if _limited(outcome) else self._failed(outcome, path)
            time.sleep(pause)
        else:
            raise AssertionError("at least one try")
        if isinstance(outcome, httpx.Response) and outcome.is_success:
            return outcome
        raise self._failed(outcome, path)

    def _once(self, request: httpx.Request) -> httpx.Response | httpx.TransportError:
        try:
            response = self._client.send(request)
        except httpx.TransportError as error:
            return error
        token = self._place.token
        if len(token) >= _TELLING and token.encode() in response.content:
            raise ForgeError(
                Message(
                    "{place} repeats the token in its answer to {path}",
                    place=self._place.name,
                    path=request.url.path,
                )
            )
        return response

    def _failed(self, outcome: httpx.Response | httpx.TransportError, path: str) -> ForgeError:
        if isinstance(outcome, httpx.TransportError):
            return unanswered(outcome, self._place)
        return refused(outcome, path, self._place)

    def _document(self, response: httpx.Response, path: str) -> Any:
        import orjson

        try:
            return orjson.loads(response.content or b"{}")
        except ValueError as error:
            raise ForgeError(
                Message("the answer to {path} is not valid JSON", path=path),
                hint=Message(
                    "is {url} the address of the API of {place}?", url=self._place.url, place=self._place.name
                ),
            ) from error


def _pause(outcome: httpx.Response | httpx.TransportError, backoff: float, *, again: bool) -> float | None:
    """Seconds until a request may be sent again; None where it may not, or need not."""
    if isinstance(outcome, httpx.ConnectError):
        return backoff  # nothing was sent
    if isinstance(outcome, httpx.TransportError):
        return backoff if again else None
    if _limited(outcome):
        return _wait(outcome)
    return backoff if again and outcome.status_code >= 500 else None


def _limited(outcome: httpx.Response | httpx.TransportError) -> bool:
    """Whether a forge did nothing because too much was asked of it; GitHub says so with 403 as well."""
    if isinstance(outcome, httpx.TransportError):
        return False
    if outcome.status_code == 429:
        return True
    told = "retry-after" in outcome.headers or outcome.headers.get("x-ratelimit-remaining") == "0"
    return outcome.status_code == 403 and (told or b"secondary rate limit" in outcome.content)


def _wait(response: httpx.Response) -> float:
    """How long a forge asks to wait."""
    for name, start in (
        ("retry-after", 0.0),
        ("x-ratelimit-reset", time.time()),
        ("ratelimit-reset", time.time()),
    ):
        text = response.headers.get(name, "")
        if re.fullmatch(r"[0-9]{1,12}", text):
            return max(float(text) - start, 0.1)
    return _UNKNOWN_LIMIT


def _address(place: Place) -> str:
    url = parsed(place.url)
    if url is None:
        raise ReconcilerError(Message("{url} is not the address of an API", url=place.url))
    if not private(url):
        raise ReconcilerError(
            Message("{url} is not encrypted: the token would be readable on the way", url=place.url)
        )
    return place.url.rstrip("/")


def _token(place: Place) -> str:
    """The token, if it can stand in a header; the errors of a header that is wrong would show it."""
    if _TOKEN.fullmatch(place.token):
        return place.token
    raise ReconcilerError(
        Message("the token for {place} has characters no token has", place=place.name),
        hint=Message("the token is read from {source}", source=place.token_from),
    )
