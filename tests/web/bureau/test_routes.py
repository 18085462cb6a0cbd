"""Every page of the bureau's site: none without a session, and no token in any of them."""

from __future__ import annotations

import http.client
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Route

from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.web.bureau.app import create_site
from tests.bureau.world import make_bureau
from tests.support import canary
from tests.web.bureau.office import choose, operate, pages, signed_in

EVERYBODY = {
    ("GET", "/assets/{hash}/{name}"),
    ("POST", "/language"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/{path:path}"),
}
"""What is for those who are not signed in: what a page is made of, signing in, and that there is no such page."""


def routes_of(store: Store) -> list[tuple[str, str]]:
    site: Any = create_site(store, Settings())
    routes = [route for route in site._pages.routes if isinstance(route, Route)]
    return [(method, route.path) for route in routes for method in (route.methods or set()) - {"HEAD"}]


def filled(path: str) -> str:
    """An address that the route answers."""
    return re.sub(r"\{[^}]*\}", "x", path)


def test_every_page_refuses_who_is_not_signed_in(store: Store):
    token = make_bureau(store)
    routes = routes_of(store)
    assert set(routes) >= EVERYBODY
    assert len(routes) > 20
    with pages(store) as url, httpx.Client(base_url=url, headers={"Origin": url}, trust_env=False) as client:
        for method, path in set(routes) - EVERYBODY:
            said = {"data": {"csrf": "x", "revision": "1"}} if method == "POST" else {}
            for headers in (
                {},
                {"Authorization": f"Bearer {token}"},
                {"Cookie": f"reconciler-bureau={token}"},
            ):
                answer = client.request(method, filled(path), headers=headers, **said)
                assert answer.status_code == 303, (method, path)
                assert answer.headers["location"].startswith("/sign-in"), (method, path)
                assert "set-cookie" not in answer.headers
        assert client.get("/nothing").status_code == 404


def test_every_form_needs_the_word_of_its_session_and_its_origin(store: Store):
    token = make_bureau(store)
    with pages(store) as url, signed_in(url, token) as reader:
        csrf = dict(reader.form("/sign-out").fields)["csrf"]
        posts = [path for method, path in routes_of(store) if method == "POST"]
        for path in set(posts) - {"/language", "/sign-in"}:
            assert reader.client.post(filled(path), data={"csrf": "x"}).status_code == 403, path
            elsewhere = {"Origin": "https://elsewhere.example"}
            answer = reader.client.post(filled(path), data={"csrf": csrf}, headers=elsewhere)
            assert answer.status_code == 403, path


def test_no_token_is_in_any_page(store: Store):
    """Nor in a cookie or the log: the canary looks at what is heard, and at all that is logged."""
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    with pages(store) as url, signed_in(url, token) as reader:
        job = operate(url, token, "give-access", "anna bo", "1 2", "payroll")
        choose(reader, "give-access", "cia", "1", "payroll")
        draft = reader.path.split("/")[2]
        keys = {"id": job, "key:path": "1", "draft": draft, "key": draft}
        looked_at = 0
        for method, path in routes_of(store):
            if method == "GET":
                address = re.sub(r"\{([^}]*)\}", lambda found: keys.get(found[1], "anna"), path)
                answer = reader.client.get(address)
                looked_at += answer.status_code == 200
                canary.heard(f"the page {address}", answer.content)
                canary.heard(f"the head of {address}", str(answer.headers))
        assert looked_at > 12
        assert token not in {value for _, value in reader.client.cookies.items()}


@pytest.mark.parametrize(
    "path", ["/v1/../jobs", "/v1/%2e%2e/jobs", "/v1%2f..%2fjobs", "/v1/bureau/../../jobs"]
)
def test_no_spelling_of_an_address_of_the_api_is_a_page(store: Store, path: str):
    """Whoever reads addresses otherwise, such as a proxy that lets only the API through, lets no page through."""
    token = make_bureau(store)
    with pages(store) as url, signed_in(url, token) as reader:
        cookies = "; ".join(f"{name}={value}" for name, value in reader.client.cookies.items())
        line = http.client.HTTPConnection(urlsplit(url).netloc)
        line.request("GET", path, headers={"Cookie": cookies})
        answer = line.getresponse()
        assert answer.status in {401, 404}
        assert answer.headers["content-type"] == "application/problem+json"
        line.close()
