"""A bureau with its pages on a port, and somebody who is signed in there."""

from __future__ import annotations

import html
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.web.bureau.app import create_site
from tests.support.reader import Reader
from tests.support.serving import serving


@contextmanager
def pages(
    store: Store, settings: Settings | None = None, *, working: bool = True, **more: Any
) -> Iterator[str]:
    """The server with its pages; its address. Its worker does the jobs, unless it is not to work."""
    site = create_site(store, settings or Settings(), **more)

    async def idle(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError
        await site(scope, receive, send)

    with serving(site if working else idle) as url:
        yield url


@contextmanager
def signed_in(url: str, token: str, language: str = "en") -> Iterator[Reader]:
    """Somebody who has signed in, and looks at the jobs."""
    with Reader(url, language) as reader:
        reader.get("/sign-in?next=/jobs")
        reader.send("/sign-in", token=token)
        assert reader.path == "/jobs"
        yield reader


def try_token(reader: Reader, token: str, **fields: str) -> httpx.Response:
    """What the page to sign in answers."""
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return reader.client.post("/sign-in", data={"token": token}, headers=headers)


def api(url: str, token: str, path: str) -> Any:
    """What the API says."""
    answer = httpx.get(f"{url}{path}", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()


def text_of(page: str) -> str:
    """What a page says, without its tags, spaces as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def rows_of(page: str) -> list[list[str]]:
    """The cells of each row in the bodies of a page's tables."""
    bodies = re.findall(r"<tbody.*?</tbody>", page, re.DOTALL)
    rows = [row for body in bodies for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL)]
    return [[text_of(cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", row, re.DOTALL)] for row in rows]


def operate(url: str, token: str, operation: str, consultants: str, clients: str, programs: str = "") -> str:
    """Have an operation done by the API; words with spaces between them. Returns the job's id."""
    body = {
        "operation": operation,
        "consultants": consultants.split(),
        "clients": clients.split(),
        "programs": programs.split(),
    }
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_urlsafe(9)}
    answer = httpx.post(f"{url}/v1/operations", json=body, headers=headers, trust_env=False)
    assert answer.status_code == 202, answer.text
    job = answer.json()["id"]
    while api(url, token, f"/v1/jobs/{job}")["state"] != "done":
        time.sleep(0.01)
    return str(job)


def choose(reader: Reader, operation: str, consultants: str, clients: str, programs: str = "") -> str:
    """Go through *Manage access* up to the page that checks; its text. Words with spaces between them."""
    reader.get("/clients")
    reader.send("/clients/marks", "/manage", tick=clients.split())
    reader.send("/operation", operation=operation, do="next")
    reader.send("/consultants", tick=consultants.split(), do="next")
    if operation != "remove-access":
        reader.send("/programs", program=programs.split(), do="next")
    assert reader.path.endswith("/check"), reader.path
    return reader.answer.text
