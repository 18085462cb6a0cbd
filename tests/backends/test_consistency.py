"""An answer that does not add up is an error that says what is wrong, or read again; never a state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import BackendError, StateMoved
from tests.backends.faults import Answer, Faulty, World, backend, changed, status

Change = Callable[[dict[str, Any]], object]


def message_of(network: Faulty, **settings: str) -> str:
    with backend(network, **settings) as it, pytest.raises(BackendError) as caught:
        it.current()
    assert not isinstance(caught.value, StateMoved)
    return str(caught.value)


def spoilt(where: str, change: Change) -> Faulty:
    world = World()
    return Faulty(world, [(where, 99, changed(world, change))])


def first(field: str, value: object) -> Change:
    """Set a field of a page's first row."""
    return lambda page: page["items"][0].update({field: value})


@pytest.mark.parametrize(
    ("where", "change", "message"),
    [
        ("/v1/access?cursor=3", lambda page: page["items"].pop(), "/v1/access should have 8 rows, and sent 7"),
        ("/v1/access?cursor=6", lambda page: page["items"].extend(page["items"]), "/v1/access should have 8 rows, and sent 10"),
        ("/v1/access?cursor=3", lambda page: page.update(total=9), "/v1/access should have 8 rows, and a page of it says 9"),
        ("/v1/access", lambda page: page.update(total=9), "/v1/access should have 8 rows, and a page of it says 9"),
        ("/v1/access?cursor=3", lambda page: page.update(items=[]), "/v1/access sends an empty page before the last"),
        ("/v1/clients", lambda page: page.update(total="5"), "/v1/clients: total should be a whole number, not '5'"),
        ("/v1/access", lambda page: page.update(items={}), "/v1/access: items should be a list, not {}"),
        ("/v1/access", lambda page: page["items"].__setitem__(1, 5), "/v1/access[2] should be an object, not 5"),
        ("/v1/access?cursor=3", first("consultant", "u9"), "/v1/access[4]: consultant should be a consultant of the bureau, not 'u9'"),
        ("/v1/access?cursor=3", first("client", "77"), "/v1/access[4]: client should be a client of the bureau, not '77'"),
        ("/v1/access", first("client", 1000), "/v1/access[1]: client should be text, not 1000"),
        ("/v1/access", first("client", None), "/v1/access[1]: client should be text, not None"),
        ("/v1/access", first("consultant", ["u0"]), "/v1/access[1]: consultant should be text, not ['u0']"),
        ("/v1/access", first("programs", ["p", "z"]), "/v1/access[1]: programs should be programs of the bureau, each once, not ['p', 'z']"),
        ("/v1/access", first("programs", ["p", "p"]), "/v1/access[1]: programs should be programs of the bureau, each once, not ['p', 'p']"),
        ("/v1/access", first("programs", "p"), "/v1/access[1]: programs should be a list, not 'p'"),
        ("/v1/access", first("programs", ""), "/v1/access[1]: programs should be a list, not ''"),
        ("/v1/access", first("programs", [["p"]]), "/v1/access[1]: programs should be a list of texts, not [['p']]"),
        ("/v1/access", first("programs", [1]), "/v1/access[1]: programs should be a list of texts, not [1]"),
        ("/v1/access", lambda page: page["items"][0].pop("programs"), "/v1/access[1]: programs should be a list, not None"),
        ("/v1/access", lambda page: page["items"].__setitem__(1, page["items"][0]), "/v1/access lists u0 at 1000 twice"),
        ("/v1/consultants", first("status", "gone"), "/v1/consultants[1]: status should be one of active, left, not 'gone'"),
        ("/v1/consultants", first("teams", "t"), "/v1/consultants[1]: teams should be a list, not 't'"),
        ("/v1/consultants", lambda page: page.update(items=page["items"][:1] * len(page["items"])), "/v1/consultants lists u0 twice"),
        ("/v1/clients", first("team", 3), "/v1/clients[1]: team should be text, not 3"),
        ("/v1/clients", first("id", ""), "/v1/clients[1]: id should be text that is not empty, not ''"),
        ("/v1/bureau", lambda doc: doc.pop("revision"), "/v1/bureau: revision should be text, not None"),
        ("/v1/bureau", lambda doc: doc["totals"].update(pairs=-1), "/v1/bureau: totals: pairs should be a whole number, not -1"),
        ("/v1/bureau", lambda doc: doc["totals"].update(pairs=True), "/v1/bureau: totals: pairs should be a whole number, not True"),
        ("/v1/bureau", lambda doc: doc["programs"].append(doc["programs"][0]), "/v1/bureau lists p twice"),
        ("/v1/bureau", lambda doc: doc["programs"][0].update(package="yes"), "/v1/bureau[1]: package should be true or false, not 'yes'"),
        ("/v1/operator", lambda doc: doc["rights"][0].update(right="king"), "/v1/operator[1]: right should be one of system-administrator, program-administrator, not 'king'"),
        ("/v1/operator", lambda doc: doc["rights"][0].update(clients=["9"]), "/v1/operator[1]: clients should be known to the bureau, not ['9']"),
        ("/v1/operators", lambda doc: doc.update(items=None), "/v1/operators: items should be a list, not None"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(where: str, change: Change, message: str) -> None:
    assert message_of(spoilt(where, change)) == message


def test_a_bureau_of_too_many_programs_is_not_read() -> None:
    network = spoilt(
        "/v1/bureau",
        lambda doc: doc.update(programs=[{"id": f"p{i}", "labels": {}, "package": True} for i in range(65)]),
    )
    assert message_of(network) == "the bureau has 65 programs; this version knows 64"


def test_a_page_sent_again_is_noticed() -> None:
    world = World(page=4)

    def again(request: httpx.Request) -> httpx.Response:
        return world(httpx.Request("GET", request.url.copy_set_param("cursor", "0")))

    def again_as_last(request: httpx.Request) -> httpx.Response:
        response = again(request)
        return httpx.Response(200, content=response.content, headers={"content-type": "application/json"})

    assert (
        message_of(Faulty(world, [("/v1/access?cursor=4", 99, again_as_last)]))
        == "/v1/access lists u0 at 1000 twice"
    )
    assert (
        message_of(Faulty(world, [("/v1/access?cursor=4", 99, again)]))
        == "/v1/access should have 8 rows, and sent 8"
    )


def test_a_list_without_end_is_given_up() -> None:
    assert message_of(Faulty(World(page=1)), max_pages="3") == "/v1/consultants has more than 3 pages"


def moving(world: World, times: int) -> Answer:
    """Each time a page is fetched, the state moves on before it is answered."""

    def fault(request: httpx.Request) -> httpx.Response:
        world.revision = str(int(world.revision) + 1)
        return world(request)

    return fault


@pytest.mark.parametrize("where", ["/v1/consultants", "/v1/clients", "/v1/access", "/v1/access?cursor=6"])
def test_a_state_that_moves_is_read_again(where: str) -> None:
    world = World()
    network = Faulty(world, [(where, 2, moving(world, 2))])
    with backend(network) as it:
        current = it.current()
    assert (current.revision, len(current.access)) == ("19", 8)
    assert network.sent("/v1/bureau") == 3


def test_a_revision_that_is_gone_is_read_again() -> None:
    gone = httpx.Response(410, json={"code": "revision-gone", "detail": "Too old."})
    network = Faulty(faults=[("/v1/access?cursor=3", 1, lambda _request: gone)])
    with backend(network) as it:
        assert len(it.current().access) == 8
    assert network.sent("/v1/bureau") == 2


def test_a_state_that_never_keeps_still_is_given_up() -> None:
    world = World()
    network = Faulty(world, [("/v1/access", 99, moving(world, 99))])
    with backend(network, restarts="2") as it, pytest.raises(StateMoved, match="changed each time"):
        it.current()
    assert network.sent("/v1/bureau") == 3


def test_who_may_not_see_the_operators_does_without() -> None:
    hidden = httpx.Response(403, json={"code": "not-permitted", "detail": "No."})
    with backend(Faulty(faults=[("/v1/operators", 1, lambda _request: hidden)])) as it:
        assert it.current().others is None
    with (
        backend(Faulty(faults=[("/v1/operators", 1, status(403))])) as it,
        pytest.raises(BackendError, match="permit"),
    ):
        it.current()


def test_results_must_be_as_many_as_promised_and_each_once() -> None:
    world = World(page=2)
    item = {
        "consultant": "u0",
        "client": "1000",
        "access": True,
        "programs": [],
        "outcome": "done",
        "reason": None,
    }
    world.lists["/v1/jobs/j/results"] = [
        item,
        {**item, "client": "1001", "outcome": "failed", "reason": "new-code"},
        {**item, "client": "1002"},
    ]
    with backend(Faulty(world)) as it:
        assert [(i.client, i.reason) for i in it.results("j")] == [
            ("1000", None),
            ("1001", "new-code"),
            ("1002", None),
        ]
    with (
        backend(spoilt_world(world, lambda page: page["items"].clear())) as it,
        pytest.raises(BackendError, match="should have 3 rows, and sent 2"),
    ):
        it.results("j")
    with (
        backend(spoilt_world(world, first("client", "1000"))) as it,
        pytest.raises(BackendError, match="tells some items twice"),
    ):
        it.results("j")
    with (
        backend(spoilt_world(world, first("outcome", "perhaps"))) as it,
        pytest.raises(BackendError, match="outcome should be"),
    ):
        it.results("j")


def spoilt_world(world: World, change: Change) -> Faulty:
    return Faulty(world, [("/v1/jobs/j/results?cursor=2", 1, changed(world, change))])


def nodes(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document: the container, and the key in it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, below in inner for place in ((value, key), *nodes(below))]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)


@settings(max_examples=200, deadline=None)
@given(
    path=st.sampled_from(
        ["/v1/bureau", "/v1/operator", "/v1/operators", "/v1/consultants", "/v1/clients", "/v1/access"]
    ),
    which=st.integers(0, 200),
    junk=JUNK,
)
def test_whatever_stands_anywhere_it_is_read_or_told(path: str, which: int, junk: Any) -> None:
    def spoil(document: dict[str, Any]) -> None:
        places = nodes(document)
        container, key = places[which % len(places)]
        container[key] = junk

    with backend(spoilt(path, spoil), restarts="0") as it:
        try:
            current = it.current()
        except BackendError:
            return
    assert len(current.access) == 8
