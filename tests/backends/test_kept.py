"""What is kept spares what has not changed, and never stands for what has: the state is the one that a full look gives."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.backends import signed
from reconciler.backends.embedded import open_backend
from reconciler.backends.kept import Kept, register_of
from reconciler.backends.paging import DIGESTS
from reconciler.backends.signed import SignedFile
from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.settings import Settings
from reconciler.errors import BackendError, StateMoved
from reconciler.exchange.fields import Fields
from reconciler.grid import Access, Clients, Consultants
from reconciler.grid.digests import Digests
from reconciler.grid.packed import Packed
from reconciler.grid.register import Client, Consultant, Program
from tests.backends.faults import Faulty, World
from tests.backends.faults import backend as faulty_backend
from tests.backends.kept_worlds import LISTS, LOOK, PROGRAMS, Bureau, Watched, asked, bureau, plain
from tests.backends.test_compact import described


@pytest.fixture
def looked(tmp_path: Path) -> Iterator[Bureau]:
    """A bureau that was looked at once."""
    with bureau(tmp_path) as made:
        made.check()
        made.network.sent()
        yield made


def test_of_an_unchanged_bureau_nothing_is_fetched(looked: Bureau):
    before = looked.kept().read_bytes()
    looked.current()
    assert looked.network.sent() == [*LOOK, "/v1/bureau"]
    assert looked.kept().read_bytes() == before
    looked.check()


@pytest.mark.parametrize("year", [1971, 2199])
def test_how_old_it_seems_is_of_no_account(looked: Bureau, year: int):
    """Neither a clock that was wrong then nor one that is wrong now makes it truer or less true."""
    at = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    os.utime(looked.kept(), (at, at))
    looked.current()
    assert looked.network.sent() == [*LOOK, "/v1/bureau"]
    looked.give(("k1", "103", "payroll"))
    os.utime(looked.kept(), (at, at))
    looked.check()


def test_of_a_changed_client_the_rows_are_fetched_and_no_others(looked: Bureau):
    looked.give(("k1", "103", "payroll"), ("k2", "107", "payroll"))
    looked.take(("k1", "103"))
    assert (found := looked.current()).revision
    (query,) = [request for request in looked.network.requests if request.method == "POST"]
    assert set(asked(query)["clients"]) <= {"103", "107"}
    assert looked.network.sent() == [*LOOK, *LISTS, "/v1/access/digests", "/v1/access/query"]
    assert plain(found) == plain(looked.current(cached=False))
    looked.network.sent()
    looked.current()
    assert looked.network.sent() == [*LOOK, "/v1/bureau"]


def test_where_only_the_register_changes_the_digests_are_enough(looked: Bureau):
    looked.register(clients=[Client("100a", "New", team="t9")], consultants=[Consultant("a", "First")])
    looked.current()  # every place has moved, and no row
    assert looked.network.sent() == [*LOOK, *LISTS, "/v1/access/digests"]
    looked.check()


def test_an_unchanged_list_is_not_sent_again(looked: Bureau):
    looked.register(clients=[Client("999", "New")])
    sizes: dict[str, int] = {}

    def measure(request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        sizes[request.url.path] = len(answer.content)
        return answer

    looked.network.spoil = dict.fromkeys(LISTS, measure)
    looked.current()
    assert sizes["/v1/consultants"] == 0 < sizes["/v1/clients"]
    looked.register(consultants=[Consultant("z", "New")])
    looked.current()
    assert sizes["/v1/clients"] == 0 < sizes["/v1/consultants"]
    looked.check()


def test_where_most_has_changed_all_is_fetched(looked: Bureau):
    looked.give(*((f"k{i % 6}", f"{100 + i}", name) for i in range(12) for name in PROGRAMS))
    looked.current()
    assert looked.network.sent() == [*LOOK, *LISTS, "/v1/access/digests", "/v1/access"]
    looked.check()


def test_where_programs_have_changed_all_is_fetched(looked: Bureau):
    looked.register(programs=[Program("a-new-one")])
    looked.current()
    assert looked.network.sent() == [*LOOK, *LISTS, "/v1/access"]
    looked.check()


def test_in_this_process_only_what_costs_time_is_spared(tmp_path: Path):
    with bureau(tmp_path) as made:
        config = replace(
            made.config(made.cache), kind="embedded", settings={"database": str(made.store.path)}
        )
        for _ in range(2):
            with open_backend(config) as backend:
                assert plain(backend.current())[:-3] == plain(made.current(cached=False))[:-3]
        made.give(("k1", "103", "payroll"))
        with open_backend(config) as backend:
            assert plain(backend.current()) == plain(made.current(cached=False))


def test_pages_of_everything(tmp_path: Path):
    small = Settings(compact_page=5, compact_access=2)
    with bureau(tmp_path, settings=small) as made:
        made.check()
        for client in ("101", "105", "111"):
            made.give(("k0", client, "payroll"), ("k1", client, "receipts"))
            made.check()
        assert {request.url.path for request in made.network.requests} >= {"/v1/access/query"}


def change(made: Bureau, rng: random.Random) -> None:
    """Something happens that nobody tells of."""
    people = [f"k{i}" for i in range(6)]
    places = [f"{100 + i}" for i in range(12)]
    match rng.randrange(7):
        case 0 | 1:
            made.give(
                *(
                    (rng.choice(people), rng.choice(places), rng.choice(PROGRAMS))
                    for _ in range(rng.randrange(1, 5))
                )
            )
        case 2 | 3:
            made.take(*((rng.choice(people), rng.choice(places)) for _ in range(rng.randrange(1, 8))))
        case 4:
            made.register(consultants=[Consultant(f"{rng.choice('amz')}{rng.random()}", "N", tags=("new",))])
        case 5:
            made.register(clients=[Client(f"{rng.randrange(300)}-{rng.random()}", "N", team="t0")])
        case _ if rng.random() < 0.3:
            made.register(programs=[Program(f"{rng.choice('amz')}{rng.random()}")])
        case _:
            pass


def tamper(path: Path, rng: random.Random, spare: bytes) -> None:
    """Somebody writes into the cache."""
    content = bytearray(path.read_bytes())
    match rng.randrange(8):
        case 0:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        case 1:
            del content[rng.randrange(len(content)) :]
        case 2:
            content = bytearray(rng.randbytes(rng.randrange(200)))
        case 3:
            content = bytearray(spare)  # what was kept at some earlier time, signed
        case 4:
            path.unlink()
            return
        case _:
            return
    path.write_bytes(content)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_changes_and_whatever_is_in_the_cache_it_is_what_a_full_look_gives(
    tmp_path_factory, seed: int
):
    rng, folder = random.Random(seed), tmp_path_factory.mktemp("bureau")
    few = Settings(
        compact_page=rng.choice([4, 1000]), compact_access=rng.choice([3, 1000]), stale=rng.choice([0, 100])
    )
    with bureau(folder, settings=few) as made:
        made.check()
        spare = made.kept().read_bytes()
        for _ in range(8):
            for _ in range(rng.randrange(3)):
                change(made, rng)
            tamper(made.kept(), rng, spare)
            spare = (
                rng.choice([spare, made.kept().read_bytes()])
                if made.cache.exists() and any(made.cache.iterdir())
                else spare
            )
            made.check()
    shutil.rmtree(folder)


@pytest.mark.slow
def test_no_byte_of_it_can_be_changed(looked: Bureau):
    path = looked.kept()
    honest = path.read_bytes()
    want = plain(looked.current(cached=False))
    file = SignedFile.of(looked.cache, "state", looked.config(looked.cache))
    assert file.read() == honest[64:]
    for place in range(len(honest)):
        path.write_bytes(honest[:place] + bytes([honest[place] ^ 1]) + honest[place + 1 :])
        assert file.read() is None
        if place % 500 == 0:
            assert plain(looked.current()) == want
    for length in range(0, len(honest), 7):
        path.write_bytes(honest[:length])
        assert file.read() is None
    path.write_bytes(honest + b"\0")
    assert file.read() is None


def forge(made: Bureau, change: Callable[[Kept], Kept]) -> None:
    """Write what a thief of the token would write: signed, and wrong."""
    file = SignedFile.of(made.cache, "state", made.config(made.cache))
    content = file.read()
    assert content is not None
    file.write(change(Kept.decode(content)).encode())


def without_rows(kept: Kept) -> Kept:
    return replace(kept, access=Access.empty(kept.access.shape), rows=None)


def other_programs(kept: Kept) -> Kept:
    masks = kept.access.masks ^ np.uint64(1)
    return replace(kept, access=Access(kept.access.shape, kept.access.keys, masks), rows=None)


def one_row_less(kept: Kept) -> Kept:
    return replace(kept, access=kept.access.part(1, len(kept.access)), rows=None)


@pytest.mark.parametrize("wrong", [without_rows, other_programs, one_row_less])
def test_once_the_bureau_has_moved_not_even_a_signature_hides_anything(looked: Bureau, wrong):
    forge(looked, wrong)
    looked.give(("k1", "103", "payroll"))
    looked.check()
    looked.check()


def test_the_state_of_one_operator_is_not_that_of_another(looked: Bureau):
    other = add_operator(
        looked.store, "b", "some", "Some", [Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",))]
    )
    looked.network.sent()
    assert looked.current(token=other).operator.key == "some"
    assert looked.network.sent() == [*LOOK, *LISTS, "/v1/access"]
    assert len(list(looked.cache.iterdir())) == 2
    one, two = (path.read_bytes() for path in sorted(looked.cache.iterdir()))
    for path, content in zip(sorted(looked.cache.iterdir()), (two, one), strict=True):
        path.write_bytes(content)  # each in the other's place
    looked.current(token=other)
    assert looked.network.sent() == [*LOOK, *LISTS, "/v1/access"]


def test_a_restored_backup_is_not_taken_for_what_came_after_it(looked: Bureau, tmp_path: Path):
    with sqlite3.connect(looked.store.path) as db, sqlite3.connect(tmp_path / "backup.db") as backup:
        db.backup(backup)
    looked.give(("k1", "103", "payroll"))
    looked.current()
    with sqlite3.connect(tmp_path / "backup.db") as backup, sqlite3.connect(looked.store.path) as db:
        backup.backup(db)
    looked.take(("k2", "104"), ("k3", "105"))  # the same revision as before, and another state
    looked.network = Watched(looked.store)
    looked.check()


def test_a_state_that_moves_is_read_again(looked: Bureau):
    looked.give(("k1", "103", "payroll"))
    times = iter([1, 2])

    def meanwhile(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        for number in times:
            looked.give((f"k{number}", "104", "receipts"))
            break
        return answer

    for path in ("/v1/clients", "/v1/access/digests"):
        looked.network.spoil[path] = meanwhile
    looked.check()


def test_a_bureau_that_moves_while_nothing_seems_to_change_is_read_again(looked: Bureau):
    moved = iter([True])

    def meanwhile(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        for _ in moved:
            looked.give(("k1", "103", "payroll"))
        return answer

    looked.network.spoil["/v1/operators"] = meanwhile
    looked.check()


Spoil = Callable[[httpx.Request, httpx.Response], httpx.Response]


def status(code: int) -> Spoil:
    return lambda _request, _answer: httpx.Response(code, json={"code": "no", "detail": "No."})


def replaced(answer: httpx.Response, content: bytes) -> httpx.Response:
    headers = {name: answer.headers[name] for name in ("content-type", "link") if name in answer.headers}
    return httpx.Response(200, content=content, headers=headers)


def digests_of(change: Callable[[Digests], Digests]) -> Spoil:
    def spoil(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        digests, revision = Digests.decode(answer.content)
        return replaced(answer, change(digests).encode(revision))

    return spoil


def rows_of(change: Callable[[Packed], Packed]) -> Spoil:
    def spoil(_request: httpx.Request, answer: httpx.Response) -> httpx.Response:
        packed, revision = Packed.decode(answer.content)
        return replaced(answer, change(packed).encode(revision))

    return spoil


def in_json(_request: httpx.Request, _answer: httpx.Response) -> httpx.Response:
    items = [{"client": f"{100 + i}", "digest": "00000000"} for i in range(12)]
    revision = str(Digests.decode(_answer.content)[1])
    return httpx.Response(200, json={"revision": revision, "total": 12, "all": "0" * 64, "items": items})


@pytest.mark.parametrize(
    ("path", "spoil"),
    [
        ("/v1/access/digests", status(404)),
        ("/v1/access/digests", status(405)),
        ("/v1/access/digests", status(406)),
        ("/v1/access/digests", status(501)),
        ("/v1/access/digests", in_json),
        ("/v1/access/digests", digests_of(lambda d: replace(d, whole=b"\0" * 32))),
        ("/v1/access/digests", digests_of(lambda d: replace(d, small=d.small[::-1].copy()))),
        ("/v1/access/digests", digests_of(lambda d: replace(d, small=np.roll(d.small, 1)))),
        ("/v1/access/query", rows_of(lambda rows: rows.at_clients(np.zeros(len(rows.counts), dtype=np.bool_)))),
        ("/v1/access/query", rows_of(lambda rows: replace(rows, masks=np.array([7], dtype=np.uint64), numbers=rows.numbers * 0))),
    ],
)  # fmt: skip
def test_where_digests_are_not_offered_or_not_right_all_is_fetched(looked: Bureau, path: str, spoil: Spoil):
    looked.give(("k1", "103", "payroll"), ("k2", "103", "receipts"))
    looked.network.spoil[path] = spoil
    looked.check()
    assert "/v1/access" in looked.network.sent()


def test_digests_that_hide_a_change_hide_nothing(looked: Bureau):
    """A backend, or a client whose checksum is the same by chance: the digest of all rows tells."""
    digests = Digests.decode(_get(looked, "/v1/access/digests", DIGESTS))[0]
    looked.give(("k1", "103", "payroll"), ("k2", "103", "receipts"))
    looked.network.spoil["/v1/access/digests"] = digests_of(lambda now: replace(now, small=digests.small))
    looked.check()


def _get(made: Bureau, path: str, accept: str) -> bytes:
    async def get() -> bytes:
        async with httpx.AsyncClient(transport=made.network, base_url="https://bureau.example") as api:
            headers = {"Authorization": f"Bearer {made.token}", "Accept": accept}
            return (await api.get(path, headers=headers)).content

    with start_blocking_portal() as portal:
        return portal.call(get)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda _request, _answer: httpx.Response(200, content=b"RCD1", headers={"content-type": DIGESTS}),
            "damaged",
        ),
        (digests_of(lambda d: d.part(0, 3)), "should have 12 rows, and sent 3"),
        (digests_of(lambda d: replace(d, total=13)), "a page of it says 13"),
        (digests_of(lambda d: replace(d, before=1, small=d.small[1:])), "damaged"),
        (status(500), "500"),
        (status(403), "does not permit"),
    ],
)
def test_digests_that_cannot_be_are_told(looked: Bureau, spoil: Spoil, message: str):
    looked.give(("k1", "103", "payroll"))
    looked.network.spoil["/v1/access/digests"] = spoil
    with pytest.raises(BackendError, match=message) as caught:
        looked.current()
    assert not isinstance(caught.value, StateMoved)


def test_pages_of_digests_of_two_states_are_told(tmp_path: Path):
    with bureau(tmp_path, settings=Settings(compact_page=5)) as made:
        made.check()
        made.give(("k1", "103", "payroll"))
        made.network.spoil["/v1/access/digests"] = digests_of(
            lambda d: replace(d, whole=bytes([d.before]) * 32)
        )
        with pytest.raises(BackendError, match="damaged"):
            made.current()


@pytest.mark.parametrize("path", ["/v1/bureau", "/v1/consultants", "/v1/clients", "/v1/access"])
def test_that_nothing_has_changed_is_no_answer_to_who_knows_nothing(path: str):
    network = Faulty(faults=[(path, 99, lambda _request: httpx.Response(304))])
    with faulty_backend(network) as backend, pytest.raises(BackendError, match="304"):
        backend.current()


def test_a_backend_without_tags_is_read_as_before(tmp_path: Path):
    for world in (World(), Tagged()):
        network = Faulty(world)
        for _ in range(2):
            with faulty_backend(network) as backend:
                backend._file = SignedFile(tmp_path / f"{'0' * 64}.state", b"secret")
                assert len(backend.current().access) == 8
        assert network.sent("/v1/access") == 6 if type(world) is World else 3


class Tagged(World):
    """Knows an entity tag of the bureau, and nothing else of what may be spared."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        tag = f'"{self.revision}"'
        if request.url.path == "/v1/bureau" and request.headers.get("if-none-match") == tag:
            return httpx.Response(304, headers={"etag": tag})
        answer = super().__call__(request)
        answer.headers["etag"] = tag if request.url.path == "/v1/bureau" else ""
        return answer


def test_a_plain_backend_that_moves_is_read_again(tmp_path: Path):
    world = Tagged()
    network = Faulty(world)
    for rows in (8, 7):
        world.lists["/v1/access"] = world.lists["/v1/access"][:rows]
        world.revision = f"{rows}"
        with faulty_backend(network) as backend:
            backend._file = SignedFile(tmp_path / f"{'0' * 64}.state", b"secret")
            assert len(backend.current().access) == rows
    assert network.sent("/v1/access/digests") == 1


def test_a_file_does_not_pass_for_another(looked: Bureau):
    one, other = (SignedFile.of(looked.cache, "x", looked.config(None), question) for question in ("a", "b"))
    elsewhere = replace(looked.config(None), settings={"url": "https://other.example"})
    one.write([b"said"])
    for file in (other, SignedFile.of(looked.cache, "x", elsewhere, "a")):
        shutil.copy(one.path, file.path)
        assert (one.read(), file.read()) == (b"said", None)


def test_a_signature_is_compared_in_a_time_that_tells_nothing(tmp_path: Path, monkeypatch):
    """There is no telling from outside; so it is told by who is asked whether two of them are the same."""
    file = SignedFile(tmp_path / f"{'a' * 64}.state", b"key")
    file.write([b"said"])
    assert file.read() == b"said"
    monkeypatch.setattr(signed.hmac, "compare_digest", lambda _one, _other: False)
    assert file.read() is None


def test_it_is_readable_by_its_owner_alone(looked: Bureau):
    assert stat.S_IMODE(looked.kept().stat().st_mode) == 0o600
    assert stat.S_IMODE(looked.cache.stat().st_mode) == 0o700


def nothing_can_be_written(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.touch()


def something_else_stands_there(folder: Path) -> None:
    name = SignedFile.of(folder, "state", CONFIG).path.name
    (folder / name).mkdir(parents=True)


def a_pipe_stands_there(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / SignedFile.of(folder, "state", CONFIG).path.name)


CONFIG: Any = None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("spoil", [nothing_can_be_written, something_else_stands_there, a_pipe_stands_there])
def test_a_folder_that_cannot_be_used_is_no_error(tmp_path: Path, monkeypatch, spoil):
    with bureau(tmp_path) as made:
        monkeypatch.setattr(f"{__name__}.CONFIG", made.config(made.cache))
        spoil(made.cache)
        for _ in range(2):
            made.check()


def test_the_oldest_makes_room(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(signed, "MOST", 250)
    (tmp_path / "somebody-else-s").write_bytes(b"x" * 1000)
    files = [SignedFile(tmp_path / f"{letter * 64}.state", b"key") for letter in "abc"]
    (tmp_path / f"{'d' * 64}.left-behind").write_bytes(b"x" * 100)
    os.utime(tmp_path / f"{'d' * 64}.left-behind", (1, 1))
    for age, file in enumerate(files):
        file.write([b"x" * 36])
        os.utime(file.path, (10 + age, 10 + age))
    assert [file.read() for file in files] == [None, b"x" * 36, b"x" * 36]
    assert {path.name[0] for path in tmp_path.iterdir()} == {"b", "c", "s"}


def test_what_is_too_large_is_not_read(tmp_path: Path):
    file = SignedFile(tmp_path / f"{'a' * 64}.state", b"key")
    file.write([b"12", b"345"])
    assert (file.read(), file.read(100), file.read(60)) == (b"12345", b"12345", None)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)
words = st.lists(texts, max_size=2).map(tuple)


@given(
    st.lists(st.builds(Consultant, texts, texts, st.booleans(), words, words, words), unique_by=lambda row: row.key, max_size=5),
    st.lists(st.builds(Client, texts, texts, st.booleans(), words, st.none() | texts), unique_by=lambda row: row.key, max_size=5),
    st.data(),
)  # fmt: skip
def test_it_comes_back_as_it_was(consultants: list[Consultant], clients: list[Client], data: st.DataObject):
    document = b'{"id":"b","name":"B","timezone":"UTC","revision":"1","programs":[{"id":"p","labels":{},"package":true}]}'
    fields = Fields.of("/v1/bureau", json.loads(document))
    register = register_of(fields, Consultants.build(consultants), Clients.build(clients))
    size = len(consultants) * len(clients)
    keys = sorted(data.draw(st.sets(st.integers(0, size - 1), max_size=5))) if size else []
    masks = [data.draw(st.integers(0, 1)) for _ in keys]
    access = Access(register.shape, np.array(keys, dtype=np.int64), np.array(masks, dtype=np.uint64))
    kept = Kept('"1-å"', document, ("a", ""), register, access)
    again = Kept.decode(b"".join(kept.encode()))
    assert (again.mark, again.bureau, again.tags, again.revision) == (kept.mark, document, kept.tags, "1")
    assert described(again.register) == described(register)
    assert again.register.programs == register.programs
    assert again.access == access
