"""Jobs of several operators and runs, chunk by chunk, against a model that keeps plain sets and a log of changes.

The model decides a precondition by the whole log; the server has three numbers per pair for it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reconciler.bureau.bodies import Expect, OperationRequest
from reconciler.bureau.chunks import advance, unfinished
from reconciler.bureau.jobs import read_job, read_results, submit
from reconciler.bureau.operators import Right, RightName, add_operator, set_rights, sign_in
from reconciler.bureau.registers import bureau_at
from reconciler.bureau.snapshots import build_snapshot
from reconciler.bureau.store import Store
from reconciler.grid import OperationKind
from tests.bureau.world import make_bureau, set_access

PEOPLE, PLACES, PACKAGE, OTHER = (
    ("anna", "bo", "ivar"),
    ("1", "2", "9"),
    ("invoicing", "payroll"),
    "bank-sign",
)
SYSTEM = Right(RightName.SYSTEM_ADMINISTRATOR)
RIGHTS = (
    (SYSTEM,),
    (
        Right(RightName.SYSTEM_ADMINISTRATOR, (), ("1", "9")),
        Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",)),
    ),
    (),
)
GIVE, TAKE = OperationKind.GIVE_ACCESS, OperationKind.REMOVE_ACCESS

Pair = tuple[str, str]


class Jobs(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name) / "b.db")
        self.state: dict[Pair, set[str]] = {}
        self.log: dict[Pair, list[tuple[int, object]]] = {}
        self.waiting: list[tuple[str, str, OperationRequest, list[Pair]]] = []
        self.results: list[tuple[Pair, frozenset[str], str]] = []
        self.keys = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @initialize()
    def bureau(self) -> None:
        token = make_bureau(self.store, consultants=PEOPLE[:2], clients=PLACES[:2], programs=PACKAGE)
        two = add_operator(self.store, "b", "two", "Two", RIGHTS[1])
        with self.store.read() as db:
            self.operators = {"op": sign_in(db, token), "two": sign_in(db, two)}
        self.rights = {"op": RIGHTS[0], "two": RIGHTS[1]}

    @property
    def revision(self) -> int:
        with self.store.read() as db:
            return bureau_at(db, 1).revision

    @rule(
        pair=st.tuples(st.sampled_from(PEOPLE), st.sampled_from(PLACES)),
        programs=st.sets(st.sampled_from([*PACKAGE, OTHER])),
    )
    def load(self, pair: Pair, programs: set[str]) -> None:
        set_access(self.store, "b", {pair: sorted(programs)})
        if pair not in self.state or not programs <= self.state[pair]:
            self.state[pair] = self.state.get(pair, set()) | programs
            self.changed(pair, self.revision, None)

    @rule(operator=st.sampled_from(["op", "two"]), rights=st.sampled_from(RIGHTS))
    def rights_change(self, operator: str, rights: tuple[Right, ...]) -> None:
        set_rights(self.store, "b", operator, rights)
        self.rights[operator] = rights

    @rule(
        operator=st.sampled_from(["op", "two"]),
        kind=st.sampled_from(OperationKind),
        people=st.lists(st.sampled_from([*PEOPLE, "nobody"]), min_size=1, max_size=3, unique=True),
        places=st.lists(st.sampled_from([*PLACES, "404"]), min_size=1, max_size=3, unique=True),
        programs=st.lists(st.sampled_from(PACKAGE), min_size=1, unique=True),
        too=st.booleans(),
        run=st.sampled_from([None, "x", "y"]),
        back=st.integers(0, 6),
    )
    def order(self, operator, kind, people, places, programs, too, run, back) -> None:
        self.keys += 1
        request = OperationRequest(
            kind=kind,
            consultants=tuple(people),
            clients=tuple(places),
            programs=() if kind is TAKE else tuple(programs),
            other_programs_too=too and kind is TAKE,
            expect=Expect(max(self.revision - back, 0), run) if run else None,
        )
        job = submit(self.store, self.operators[operator], str(self.keys), request)
        assert job["pairs"] == len(people) * len(places)
        pairs = [(person, place) for place in places for person in people]
        self.waiting.append((operator, job["id"], request, pairs))

    @precondition(lambda self: self.waiting)
    @rule(size=st.integers(1, 4))
    def work(self, size: int) -> None:
        operator, job, request, pairs = self.waiting[0]
        before = self.revision
        with self.store.write() as db:
            (number,) = unfinished(db)
            advance(db, number, size)
        changed = [self.judge(operator, request, pair) for pair in pairs[:size]]
        if any(changed):
            assert self.revision == before + 1
            for pair, did in zip(pairs, changed, strict=False):
                if did:
                    run = (operator, request.expect.run) if request.expect else None
                    self.changed(pair, self.revision, run)
        else:
            assert self.revision == before
        del pairs[:size]
        if not pairs:
            self.finish(operator, job, request)

    def finish(self, operator: str, job: str, request: OperationRequest) -> None:
        with self.store.read() as db:
            page, more = read_results(db, self.operators[operator], job, 0, 1000)
            assert more is None
            told = read_job(db, self.operators[operator], job)
        found: list[tuple[Pair, frozenset[str], str]] = []
        for item in page["items"]:
            cells = frozenset(item["programs"]) | ({"access"} if item["access"] else set())
            found.append(((item["consultant"], item["client"]), cells, item["reason"] or item["outcome"]))
        key = lambda row: (row[0], sorted(row[1]), row[2])  # noqa: E731
        assert sorted(found, key=key) == sorted(self.results, key=key)
        assert sum(told["outcomes"].values()) == page["total"] == len(found)
        del self.waiting[0], self.results[:]

    def changed(self, pair: Pair, revision: int, run: object) -> None:
        self.log.setdefault(pair, []).append((revision, run))

    def judge(self, operator: str, request: OperationRequest, pair: Pair) -> bool:
        """Do one pair in the model; whether it changed."""
        _person, _place = pair
        ends: dict[str, set[str]] = {}
        asked = set(request.programs) | (
            {"access"} if request.kind is not OperationKind.REMOVE_PROGRAMS else set()
        )
        whole = self.whole(operator, request, pair)
        if whole:
            self.results.append((pair, frozenset(asked), whole))
            return False
        held, programs = pair in self.state, self.state.get(pair, set())
        for cell in sorted(asked):
            has = held if cell == "access" else cell in programs
            ends.setdefault(self.end(operator, request, pair, cell, has), set()).add(cell)
        done = ends.get("done", set())
        if request.kind is TAKE and done:
            ends["done"] = {"access"} | programs
            del self.state[pair]
        elif request.kind is GIVE and done:
            self.state[pair] = programs | (done - {"access"})
        elif done:
            self.state[pair] = programs - done
        self.results += [(pair, frozenset(cells), end) for end, cells in ends.items()]
        return bool(done)

    def whole(self, operator: str, request: OperationRequest, pair: Pair) -> str | None:
        if pair[0] == "nobody":
            return "unknown-consultant"
        if pair[1] == "404":
            return "unknown-client"
        if request.expect:
            mine = (operator, request.expect.run)
            others = [
                at for at, run in self.log.get(pair, []) if run != mine and at > request.expect.revision
            ]
            return "precondition-failed" if others else None
        return None

    def end(self, operator: str, request: OperationRequest, pair: Pair, cell: str, has: bool) -> str:
        person, place = pair
        if has is (request.kind is GIVE):
            return "already"
        rights = [right for right in self.rights[operator] if right.clients is None or place in right.clients]
        system = any(right.name is RightName.SYSTEM_ADMINISTRATOR for right in rights)
        new = request.kind is GIVE and pair not in self.state
        if (new or cell == "access") and not system:
            return "needs-system-administrator"
        if cell != "access" and not system and not any(cell in right.programs for right in rights):
            return "needs-program-administrator"
        if request.kind is TAKE and OTHER in self.state[pair] and not request.other_programs_too:
            return "holds-other-programs"
        if request.kind is GIVE and person == "ivar":
            return "consultant-left"
        return "client-not-connected" if place == "9" else "done"

    @invariant()
    def the_state_is_the_models(self) -> None:
        with self.store.read() as db:
            page, _ = (
                build_snapshot(db, 1).page("access", 0, 1000) if self.keys or self.state else (b"", False)
            )
            pairs = bureau_at(db, 1).pairs if self.keys or self.state else 0
        assert pairs == len(self.state)
        for pair, programs in self.state.items():
            row = '{"consultant":"%s","client":"%s","programs":%s}'
            words = "[" + ",".join(f'"{name}"' for name in sorted(programs)) + "]"
            assert (row % (*pair, words)).encode() in page


Jobs.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestJobs = Jobs.TestCase
