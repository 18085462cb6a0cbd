"""A backend that speaks the compact encodings is read as one that does not; what is wrong in them is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.backends.paging import COLUMNS, PACKED
from reconciler.errors import BackendError, StateMoved
from reconciler.grid import Access, Register, Shape
from reconciler.grid.packed import Packed
from tests.backends.faults import Answer, Faulty, World, backend, changed
from tests.backends.test_consistency import JUNK, nodes

Change = Callable[[dict[str, Any]], object]
SHAPE = Shape(4, 5, 2)


class Compact(World):
    """Answers in the compact encoding of a list where it is named."""

    def _page(self, request: httpx.Request, path: str) -> httpx.Response:
        start, every, accept = (
            int(request.url.params.get("cursor", "0")),
            self.lists[path],
            request.headers["accept"],
        )
        stop = start + self.page
        headers = {"link": f'<{path}?cursor={stop}>; rel="next"'} if stop < len(every) else {}
        if PACKED in accept:
            body = self._packed().part(start, stop).encode(int(self.revision))
            return httpx.Response(200, content=body, headers=headers | {"content-type": PACKED})
        if COLUMNS in accept:
            document = {"revision": self.revision, "total": len(every), "columns": columns(every[start:stop])}
            return httpx.Response(200, json=document, headers=headers | {"content-type": COLUMNS})
        return super()._page(request, path)

    def _packed(self) -> Packed:
        masks = {"p": 1, "q": 2}
        rows = [
            (
                int(row["client"]) - 1000,
                int(row["consultant"][1:]),
                sum(masks[name] for name in row["programs"]),
            )
            for row in self.lists["/v1/access"]
        ]
        keys = np.array([client * SHAPE.consultants + consultant for client, consultant, _ in rows])
        return Packed.of(Access(SHAPE, keys, np.array([mask for *_, mask in rows], dtype=np.uint64)))


def columns(rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in rows[0]:
        cells = [row[name] for row in rows]
        if name not in {"id", "name"}:
            values = [cell for i, cell in enumerate(cells) if cell not in cells[:i]]
            found[name] = {"values": values, "at": [values.index(cell) for cell in cells]}
        else:
            found[name] = cells
    return found


def described(register: Register) -> list[Any]:
    """A register in plain values."""
    people, companies = register.consultants, register.clients
    indexes = (people.tags, people.teams, people.leads, companies.tags, companies.teams)
    return [
        *(list(side.names) for side in (people, companies)),
        people.labels,
        companies.labels,
        people.active.tolist(),
        companies.connected.tolist(),
        *({word: ids.tolist() for word, ids in index.items()} for index in indexes),
    ]


@pytest.mark.parametrize("page", [1, 3, 100])
def test_both_are_read_alike(page: int):
    found = []
    for world in (World(), Compact()):
        world.page = page
        world.lists["/v1/consultants"][1] |= {"teams": ["a", "t"], "leads": ["b"], "status": "left"}
        world.lists["/v1/clients"][3] |= {"tags": [], "team": "t", "status": "disconnected"}
        with backend(Faulty(world)) as it:
            current = it.current()
        found.append((described(current.register), list(current.access.rows()), current.revision))
    assert found[0] == found[1]


def test_the_compact_encoding_is_asked_for_and_json_is_paged_by_ten_thousand():
    plain, compact = Faulty(World()), Faulty(Compact())
    for network in (plain, compact):
        with backend(network) as it:
            it.current()
    limits = [
        request.url.params.get("limit") for request in plain.requests if request.url.path == "/v1/access"
    ]
    assert limits == [None, "10000", "10000"]
    assert {request.url.params.get("limit") for request in compact.requests} == {None}


def spoilt(where: str, change: Change) -> Faulty:
    world = Compact()

    def fault(request: httpx.Request) -> httpx.Response:
        answer = changed(world, change)(request)
        answer.headers["content-type"] = COLUMNS
        return answer

    return Faulty(world, [(where, 1, fault)])


def put(field: str, value: object, key: str = "") -> Change:
    def change(document: dict[str, Any]) -> None:
        (document["columns"][field] if key else document["columns"])[key or field] = value

    return change


@pytest.mark.parametrize(
    ("where", "change", "message"),
    [
        ("/v1/clients", put("id", ["1000", "1000", "1002"]), "/v1/clients: columns: id should be ids, none empty, in ascending order"),
        ("/v1/clients", put("id", ["", "1001", "1002"]), "/v1/clients: columns: id should be ids, none empty"),
        ("/v1/clients", put("id", [1000, 1001, 1002]), "/v1/clients: columns: id should be a list of texts"),
        ("/v1/clients?cursor=3", put("id", ["1002", "1004"]), "/v1/clients: columns: id should be ids, none empty, in ascending order"),
        ("/v1/clients", put("name", ["a"]), "/v1/clients: columns: name should be as many as there are ids"),
        ("/v1/clients", put("status", ["gone"], "values"), "/v1/clients: columns: status: values should be one of connected, disconnected"),
        ("/v1/clients", put("status", [0, 0, 1], "at"), "/v1/clients: columns: status: at should be places among the values"),
        ("/v1/clients", put("status", [0, 0, -1], "at"), "/v1/clients: columns: status: at should be places among the values"),
        ("/v1/clients", put("status", [0, 0, True], "at"), "/v1/clients: columns: status: at should be a whole number for each row"),
        ("/v1/clients", put("status", [0, 0], "at"), "/v1/clients: columns: status: at should be a whole number for each row"),
        ("/v1/clients", put("team", [""], "values"), "/v1/clients: columns: team: values should be text that is not empty"),
        ("/v1/clients", put("tags", ["x"], "values"), "/v1/clients: columns: tags: values should be lists of texts"),
        ("/v1/clients", put("tags", []), "/v1/clients: columns: tags should be an object"),
        ("/v1/consultants", put("leads", [[1]], "values"), "/v1/consultants: columns: leads: values should be lists of texts"),
        ("/v1/clients", lambda page: page.update(total=9), "/v1/clients should have 5 rows, and a page of it says 9"),
        ("/v1/clients?cursor=3", put("id", ["1003"]), "/v1/clients should have 5 rows, and sent 4"),
    ],
)  # fmt: skip
def test_columns_that_cannot_be(where: str, change: Change, message: str):
    with backend(spoilt(where, change)) as it, pytest.raises(BackendError) as caught:
        it.current()
    assert not isinstance(caught.value, StateMoved)
    assert message in str(caught.value)


def packed(rows: Packed, revision: int = 17) -> Answer:
    return lambda _request: httpx.Response(
        200, content=rows.encode(revision), headers={"content-type": PACKED}
    )


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (packed(Packed.of(Access.empty(SHAPE))), "/v1/access should have 8 rows, and a page of it says 0"),
        (packed(Packed.of(Access.from_triples(Shape(9, 5, 2), [(k, 0, 0) for k in range(8)]))), "the rows of /v1/access are damaged"),
        (packed(Packed.of(Access.from_triples(Shape(4, 5, 9), [(k % 4, k // 4, 8) for k in range(8)]))), "the rows of /v1/access are damaged"),
        (lambda _request: httpx.Response(200, content=b"RCN1", headers={"content-type": PACKED}), "the rows of /v1/access are damaged"),
        (lambda _request: httpx.Response(200, content=b"", headers={"content-type": "text/html"}), "answers /v1/access with text/html, not with JSON"),
        (lambda _request: httpx.Response(200, content=b"{}", headers={"content-type": COLUMNS}), "answers /v1/access with"),
    ],
)  # fmt: skip
def test_packed_rows_that_cannot_be(answer: Answer, message: str):
    with (
        backend(Faulty(Compact(), [("/v1/access", 99, answer)])) as it,
        pytest.raises(BackendError) as caught,
    ):
        it.current()
    assert message in str(caught.value)


def test_a_page_that_comes_twice_is_no_state():
    world = Compact()
    again = packed(world._packed().part(0, 3))
    with (
        backend(Faulty(world, [("/v1/access?cursor=3", 99, again)])) as it,
        pytest.raises(BackendError, match="damaged"),
    ):
        it.current()


def test_another_revision_is_read_again():
    world = Compact()
    moved = packed(world._packed().part(3, 6), 18)
    network = Faulty(world, [("/v1/access?cursor=3", 1, moved)])
    with backend(network) as it:
        assert len(it.current().access) == 8
    assert network.sent("/v1/bureau") == 2


def test_an_encoding_that_changes_is_no_register():
    world = Compact()
    plain = World()
    network = Faulty(world, [("/v1/clients?cursor=3", 99, plain)])
    with backend(network) as it, pytest.raises(BackendError, match="changes its encoding"):
        it.current()


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(["/v1/consultants", "/v1/clients"]), which=st.integers(0, 200), junk=JUNK)
def test_whatever_stands_in_the_columns_it_is_read_or_told(path: str, which: int, junk: Any):
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
