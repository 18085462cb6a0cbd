"""What holds on every page of a site: who may see it, what a form needs, what an answer allows, in which language."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from reconciler.errors import Finding, InputError, Message, Position
from reconciler.web.guard import FIELDS, LOOPBACK, Guard
from reconciler.web.language import preferred
from reconciler.web.sessions import IDLE, MOST, WHOLE, Sessions
from reconciler.web.site import Around, Link, Site, common_routes, local, route
from tests.support.serving import serving

NAME = "<b>Anna</b>"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def broken(_visit):
    raise RuntimeError("a secret of the machine")


def refused(_visit):
    position = Position("a<b.yaml", 3, 1)
    raise InputError.of([Finding("x", Message("“{name}” is no rule", name="<i>"), position)])


@pytest.fixture(scope="module")
def site():
    link = Link("/first", Message("Clients"), 3)
    gone = set()
    made = Site(
        "test", Sessions(), lambda visit: Around("Byrån <i>", visit.signed_in.who, (link,)), lambda who: who not in gone
    )  # fmt: skip
    made.sessions.gone = gone
    return made


@pytest.fixture(scope="module")
def address(site):
    said = []

    def first(visit):
        return visit.page(
            "problem.html",
            200,
            message=Message("here {who}", who=visit.signed_in.who),
            hint=None,
            findings=(),
        )

    def change(visit):
        said.append(visit.form.text("word"))
        return visit.go("/first")

    app = Starlette(
        routes=[
            *common_routes(site),
            route(site, "GET", "/first", first),
            route(site, "POST", "/change", change),
            route(site, "GET", "/broken", broken),
            route(site, "GET", "/refused", refused),
            route(site, "GET", "/sign-in", lambda visit: visit.page("problem.html", message=Message("sign in"), hint=None, findings=()), for_everybody=True),
            route(site, "POST", "/sign-in", lambda visit: visit.sign_in(NAME, visit.form.text("next", "/first")), for_everybody=True),
        ],
        middleware=[Middleware(Guard, hosts=LOOPBACK)],
    )  # fmt: skip
    app.state.said = said
    with serving(app) as url:
        yield url, said


@pytest.fixture
def reader(address):
    url, _ = address
    with httpx.Client(base_url=url, headers={"Origin": url}) as client:
        yield client


@pytest.fixture
def signed_in(reader):
    assert reader.post("/sign-in", data={"x": "1"}).status_code == 303
    return reader


def csrf(site) -> str:
    return list(site.sessions._kept.values())[-1].csrf


def test_who_is_not_signed_in_is_sent_to_do_so_and_comes_back(reader):
    answer = reader.get("/first?a=1&b=ö")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Ffirst%3Fa%3D1%26b%3D%C3%B6".replace(
        "%C3%B6", "%25C3%25B6"
    )
    answer = reader.post("/sign-in", data={"next": "/first?a=1"})
    assert answer.headers["location"] == "/first?a=1"
    assert reader.get("/first").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "//elsewhere.example/x",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "javascript:1",
        "",
        "/a\nb",
    ],
)
def test_nobody_is_led_elsewhere(path):
    assert local(path) == "/"


def test_the_cookie_is_for_this_site_and_no_script(reader):
    answer = reader.post("/sign-in", data={"x": "1"})
    words = answer.headers["set-cookie"].lower()
    assert "httponly" in words
    assert "samesite=strict" in words
    assert "path=/" in words


def test_names_are_text(signed_in):
    page = signed_in.get("/first").text
    assert "&lt;b&gt;Anna&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "Byrån &lt;i&gt;" in page


def test_every_answer_says_what_may_load(reader, signed_in):
    for path in ("/first", "/sign-in", "/nothing", "/broken"):
        answer = signed_in.get(path)
        for name in FIELDS:
            assert answer.headers[name] == FIELDS[name]


def test_what_is_loaded_may_be_kept(signed_in):
    page = signed_in.get("/first").text
    path = page.split('src="')[1].split('"')[0]
    answer = signed_in.get(path)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert signed_in.get("/assets/x/../../site.py").status_code == 404
    assert signed_in.get("/assets/x/site.py").status_code == 404


def test_a_form_is_taken_with_the_word_of_its_session_only(signed_in, site, address):
    said = address[1]
    assert signed_in.post("/change", data={"word": "no"}).status_code == 403
    assert signed_in.post("/change", data={"word": "no", "csrf": "x"}).status_code == 403
    assert "no" not in said
    assert signed_in.post("/change", data={"word": "yes", "csrf": csrf(site)}).status_code == 303
    assert said[-1] == "yes"


@pytest.mark.parametrize(
    "origin",
    ["https://elsewhere.example", "null", "http://127.0.0.1:1", "http://localhost.elsewhere.example"],
)
def test_a_form_of_another_site_is_not_taken(signed_in, site, address, origin):
    answer = signed_in.post("/change", data={"word": "no", "csrf": csrf(site)}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert signed_in.post("/sign-in", data={"x": "1"}, headers={"Origin": origin}).status_code == 403
    assert "no" not in address[1]


def test_a_form_without_an_origin_needs_the_browsers_word(address, site):
    url, _ = address
    with httpx.Client(base_url=url) as client:
        assert client.post("/sign-in", data={"x": "1"}).status_code == 403
        assert (
            client.post("/sign-in", data={"x": "1"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code
            == 403
        )
        assert (
            client.post("/sign-in", data={"x": "1"}, headers={"Sec-Fetch-Site": "same-origin"}).status_code
            == 303
        )


def test_it_is_reached_under_its_own_names_only(address):
    url, _ = address
    with httpx.Client(base_url=url) as client:
        for host in ("elsewhere.example", "127.0.0.1.elsewhere.example", "", "localhost@elsewhere.example"):
            assert client.get("/sign-in", headers={"Host": host}).status_code in {400, 421}
        assert client.get("/sign-in", headers={"Host": "localhost:80"}).status_code == 200
        assert client.get("/sign-in", headers={"Host": "[::1]:80"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=" + b"x" * 1_000_001, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(5_001)), "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"", "", 415),
    ],
)
def test_what_is_no_form_of_ours(signed_in, body, kind, status):
    answer = signed_in.post("/change", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status


def test_a_failure_shows_nothing_of_the_machine(signed_in, caplog):
    answer = signed_in.get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "a page failed" in caplog.text


def test_what_is_wrong_with_the_yaml_is_told_as_text(signed_in):
    answer = signed_in.get("/refused")
    assert answer.status_code == 400
    assert "a&lt;b.yaml:3:1" in answer.text
    assert "“&lt;i&gt;” is no rule" in answer.text


def test_signing_out_ends_it(signed_in, site):
    assert signed_in.get("/first").status_code == 200
    cookies = dict(signed_in.cookies)
    assert signed_in.post("/sign-out", data={"csrf": csrf(site)}).status_code == 303
    with httpx.Client(base_url=signed_in.base_url, cookies=cookies) as again:
        assert again.get("/first").status_code == 303


def test_who_may_no_longer_be_here_is_signed_out(signed_in, site):
    site.sessions.gone.add(NAME)
    try:
        assert signed_in.get("/first").status_code == 303
    finally:
        site.sessions.gone.clear()


def test_the_language_is_what_was_chosen_else_what_the_browser_likes(reader):
    def language(**headers):
        return reader.get("/sign-in", headers=headers).text.split('<html lang="')[1][:2]

    assert language() == "en"
    assert language(**{"Accept-Language": "sv-SE,sv;q=0.9,en;q=0.8"}) == "sv"
    assert (
        reader.post("/language", data={"language": "sv", "next": "/sign-in"}).headers["location"]
        == "/sign-in"
    )
    assert language(**{"Accept-Language": "en"}) == "sv"
    assert reader.post("/language", data={"language": "../x"}).status_code == 404


@pytest.mark.parametrize(
    ("field", "language"),
    [
        ("", "en"),
        ("sv", "sv"),
        ("SV-fi", "sv"),
        ("de, sv;q=0.3", "sv"),
        ("en;q=0.4, sv;q=0.5", "sv"),
        ("sv;q=0", "en"),
        ("sv;q=x", "en"),
        ("*;q=0.1", "en"),
    ],
)
def test_what_a_browser_likes_best(field, language):
    assert preferred(field, "en") == language


def test_a_session_ends_when_nobody_uses_it_and_after_a_day_in_any_case():
    clock = Clock()
    sessions = Sessions(clock)
    idle, _ = sessions.begin("anna")
    clock.now += IDLE + 1
    assert sessions.find(idle) is None
    busy, _ = sessions.begin("anna")
    for _ in range(int(WHOLE / IDLE * 2)):
        assert sessions.find(busy) is not None
        clock.now += IDLE / 2
    clock.now += 1
    assert sessions.find(busy) is None


def test_a_page_that_looks_again_by_itself_keeps_no_session_going():
    clock = Clock()
    sessions = Sessions(clock)
    value, _ = sessions.begin("anna")
    clock.now += IDLE / 2
    assert sessions.find(value, used=False) is not None
    clock.now += IDLE / 2 + 1
    assert sessions.find(value, used=False) is None


def test_there_are_not_more_sessions_than_there_may_be():
    sessions = Sessions()
    first, _ = sessions.begin(0)
    second, _ = sessions.begin(1)
    assert sessions.find(first) is not None
    for number in range(MOST - 1):
        sessions.begin(number)
    assert sessions.find(second) is None
    assert sessions.find(first) is not None
