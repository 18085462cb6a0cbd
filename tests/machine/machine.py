"""A bureau over time: YAML is edited, others change access behind our back, rights change, days pass, applies crash.

Everything is real but the crash, which is an exception that nobody catches at a chosen call of the backend: policy files
on disk, the embedded bureau server on a SQLite file, the journal. What must hold is held against the oracle of
`tests/support/naive.py`, which decides over sets of triples.

    law 1  after an apply nothing is granted that is not desired, and nothing desired is removed
    law 2  planning again after an apply shows no allowed change
    law 3  an apply that crashed at any call and was gone on with ends as one that did not
    law 4  what somebody else changed between plan and effect stays as they left it
    law 5  the same YAML in other files and in another order is the same plan
    law 6  the bureau refuses nothing that the plan asks for
    law 7  a plan for a day is the plan of that day
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from reconciler.apply import Order, Pace, Renewed, Results, carry_out, start
from reconciler.backends import BackendConfig, open_backend
from reconciler.bureau.operators import Right, RightName, add_operator, set_rights
from reconciler.bureau.store import Store
from reconciler.desired import load, resolve
from reconciler.errors import LeaseHeld
from reconciler.grid import OperationKind, Outcome
from reconciler.journal import Begun, Journal
from reconciler.plan import Change, Plan, build, plan_document
from tests.bureau.world import make_bureau
from tests.support.naive import perform, verdicts
from tests.support.worlds import Triple, World, triples

DAY = dt.date(2026, 11, 24)
PEOPLE, LEFT = ("anna", "bo", "cia"), ("ivar",)
COMPANIES, APART = ("1", "2", "3"), ("9",)
PROGRAMS, OUTSIDE = ("p", "q", "r"), ("z",)
EVERYBODY = (*PEOPLE, *LEFT)
EVERYWHERE = (*COMPANIES, *APART)


def some(names: tuple[str, ...], least: int = 1) -> st.SearchStrategy[list[str]]:
    """A few of these names."""
    return st.lists(st.sampled_from(names), min_size=least, max_size=3, unique=True)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """A policy of a few rules, with a scope and guardrails."""

    def one(*, denial: bool) -> dict[str, Any]:
        made: dict[str, Any] = {"who": draw(some(EVERYBODY)), "clients": draw(some(EVERYWHERE))}
        if not denial or draw(st.booleans()):
            made["programs"] = draw(some(PROGRAMS, least=int(denial)))
        first, last = (DAY + dt.timedelta(draw(st.integers(-3, 12))) for _ in range(2))
        if draw(st.integers(0, 3)) == 0:
            made |= {"from": str(min(first, last)), "until": str(max(first, last)), "reason": "for a while"}
        return made

    whole: dict[str, Any] = {
        "bureau": "b",
        "manage": {
            "unlisted": draw(st.sampled_from(["remove", "remove", "report", "keep"])),
            "taken-over": draw(
                st.sampled_from(["b", "b", {"clients": draw(some(COMPANIES)), "programs": "all"}])
            ),
        },
        "access": {f"rule-{i}": one(denial=False) for i in range(draw(st.integers(0, 4)))},
        "never": {f"never-{i}": {"reason": "no", **one(denial=True)} for i in range(draw(st.integers(0, 2)))},
    }
    if draw(st.integers(0, 3)) == 0:
        whole["manage"]["clients"] = draw(some(EVERYWHERE))
    if draw(st.integers(0, 3)) == 0:
        whole["guardrails"] = {"protected": {"who": draw(some(PEOPLE)), "reason": "stays"}}
    return whole


@st.composite
def rights(draw: st.DrawFn) -> list[Right]:
    """Rights of an operator: mostly of a system administrator, maybe at a few clients or for programs alone."""
    kind = draw(st.integers(0, 3))
    if kind < 2:
        return [Right(RightName.SYSTEM_ADMINISTRATOR)]
    found = (
        [Right(RightName.SYSTEM_ADMINISTRATOR, clients=tuple(draw(some(EVERYWHERE))))] if kind == 2 else []
    )
    admin = Right(
        RightName.PROGRAM_ADMINISTRATOR,
        programs=tuple(draw(some(PROGRAMS))),
        clients=tuple(draw(some(EVERYWHERE))),
    )
    return [*found, admin]


orders = st.builds(
    lambda kind, who, where, programs: (kind, tuple(who), tuple(where), tuple(programs)),
    st.sampled_from(OperationKind),
    some(PEOPLE),
    some(COMPANIES),
    some(PROGRAMS),
)
"""What somebody else orders."""


class Crash(BaseException):
    """The process is gone."""


class Crashing:
    """A backend that crashes at its n-th call that matters, before or after it."""

    def __init__(self, backend: Any, at: int) -> None:
        self._backend, self._left = backend, at

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._backend, name)
        if name not in {"submit", "job", "results"}:
            return method

        def counted(*arguments: Any) -> Any:
            self._moment()
            answer = method(*arguments)
            self._moment()
            return answer

        return counted

    def _moment(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Crash


@dataclass
class Crashed:
    """A run that crashed.

    Attributes:
        key: of the run.
        plan: that it is of.
        after: where its plan leads if nobody meddles.
        meddled: whether anything else has happened since.
    """

    key: str
    plan: Plan
    after: set[Triple]
    meddled: bool = False


class BureauOverTime(RuleBasedStateMachine):
    """See the module."""

    @initialize(policy=policies())
    def begin(self, policy: dict[str, Any]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.day, self.runs, self.crashed = DAY, 0, None
        with Store.open(self.folder / "bureau.db") as store:
            token = make_bureau(
                store, consultants=PEOPLE, left=LEFT, clients=COMPANIES, disconnected=APART, programs=PROGRAMS,
                outside=OUTSIDE, access={("anna", "1"): ["p", "z"], ("bo", "9"): ["q"], ("ivar", "2"): ["r"]},
            )  # fmt: skip
            boss = add_operator(store, "b", "boss", "Boss", [Right(RightName.SYSTEM_ADMINISTRATOR)])
        self.backend, self.boss = self._open(token), self._open(boss)
        self.journal = Journal(self.folder / "journal.db")
        self._write(policy)

    def _open(self, token: str) -> Any:
        settings = {"database": str(self.folder / "bureau.db"), "poll": "0.001"}
        return open_backend(BackendConfig("embedded", settings, token, "test"))

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.backend.close()
            self.boss.close()
            self.journal.__exit__(None, None, None)
            shutil.rmtree(self.folder)

    # what happens around us

    @rule(policy=policies())
    def edit_the_yaml(self, policy: dict[str, Any]) -> None:
        self._write(policy)
        self._meddle()

    @rule(days=st.integers(-5, 9))
    def let_days_pass(self, days: int) -> None:
        self.day += dt.timedelta(days)
        self._meddle()

    @rule(given=rights())
    def change_our_rights(self, given: list[Right]) -> None:
        with Store.open(self.folder / "bureau.db") as store:
            set_rights(store, "b", "op", given)
        self._meddle()

    @rule(order=orders)
    def change_behind_our_back(self, order: tuple) -> None:
        self._order(order)
        self._meddle()

    # what we do

    @precondition(lambda self: self.crashed is None)
    @rule()
    def apply(self) -> None:
        world, plan = self._plan()
        expected = self._expected(world, plan)
        results = self._carry(plan, self.backend)
        assert results.clean, results
        assert results.outcomes[Outcome.REFUSED] == results.outcomes[Outcome.FAILED] == 0  # law 6
        self._hold_exact(world, self._state())  # law 1
        assert self._state() == expected
        _, again = self._plan()
        assert again.operations == ()  # law 2

    @precondition(lambda self: self.crashed is None)
    @rule(order=orders)
    def apply_while_somebody_meddles(self, order: tuple) -> None:
        world, plan = self._plan()
        before = self._state()
        self._order(order)
        meddled = self._state()
        theirs = {cell[:2] for cell in before ^ meddled}
        self._carry(plan, self.backend)
        after = self._state()
        for pair in theirs:  # law 4
            assert {c for c in after if c[:2] == pair} == {c for c in meddled if c[:2] == pair}
        expected = self._expected(world, plan)
        assert {c for c in after if c[:2] not in theirs} == {c for c in expected if c[:2] not in theirs}

    @precondition(lambda self: self.crashed is None)
    @rule(at=st.integers(0, 12))
    def crash(self, at: int) -> None:
        world, plan = self._plan()
        before, expected = self._state(), self._expected(world, plan)
        key = self._key()
        try:
            self._carry(plan, Crashing(self.backend, at), key)
        except Crash:
            self.crashed = Crashed(key, plan, expected)
        self._settle()
        now = self._state()
        assert before & expected <= now <= before | expected

    @precondition(lambda self: self.crashed is not None)
    @rule()
    def go_on(self) -> None:
        crashed, self.crashed = self.crashed, None
        _, now = self._plan()
        if not self._allowed(now) <= self._allowed(crashed.plan):
            return  # stale: the command line stops here, and a new apply plans anew
        before = self._state()
        begun = self.journal.results(crashed.key)
        self._finish(carry_out, begun, self.backend, self.journal.go_on(crashed.key))
        if not crashed.meddled:
            assert self._state() == crashed.after  # law 3
        changed = before ^ self._state()
        assert changed <= self._allowed(crashed.plan) | {c for c in changed if c[2] in OUTSIDE}

    @rule()
    def cut_the_yaml_otherwise(self) -> None:
        _, plan = self._plan()
        whole = json.loads((self.folder / "policies" / "all.yaml").read_text())
        other = self.folder / "otherwise"
        other.mkdir(exist_ok=True)
        for number, (section, value) in enumerate(reversed(whole.items())):
            turned = dict(reversed(value.items())) if isinstance(value, dict) else value
            (other / f"{number}.yaml").write_text(json.dumps({section: turned}))
        document = plan_document(self._plan(other)[1])
        shutil.rmtree(other)
        first = plan_document(plan)
        for told in (first, document):
            del told["findings"]  # they name files
        assert document == first  # law 5

    @rule(days=st.integers(1, 9))
    def plan_ahead(self, days: int) -> None:
        self.day += dt.timedelta(days)
        _, then = self._plan()
        self.day -= dt.timedelta(days)
        _, ahead = self._plan(day=self.day + dt.timedelta(days))
        assert plan_document(then) == plan_document(ahead)  # law 7

    # how

    def _write(self, policy: dict[str, Any]) -> None:
        folder = self.folder / "policies"
        folder.mkdir(exist_ok=True)
        (folder / "all.yaml").write_text(json.dumps({k: v for k, v in policy.items() if v}))

    def _plan(self, folder: Path | None = None, day: dt.date | None = None) -> tuple[World, Plan]:
        current = self.backend.current()
        policy = load(folder or self.folder / "policies")
        desired = resolve(policy, current.register, day or self.day)
        return World(desired, current), build(desired, current, day or self.day)

    def _expected(self, world: World, plan: Plan) -> set[Triple]:
        """Where a plan leads, by the oracle; the two must agree on every cell."""
        said, have = verdicts(world), triples(world.register, world.current.access)
        gone = said.removals | {c for c in have if (c[0], c[1], None) in said.removals}
        after, refused = perform(world, plan)
        assert refused == set()
        assert triples(world.register, after.current.access) == (have | said.grants) - gone
        return (have | said.grants) - gone

    def _hold_exact(self, world: World, after: set[Triple]) -> None:
        before, want = (triples(world.register, a) for a in (world.current.access, world.desired.access))
        assert after - before <= want
        assert not (before - after) & want

    def _allowed(self, plan: Plan) -> set[Triple]:
        found: set[Triple] = set()
        for change, rows in plan.changes.allowed.items():
            pairs_too = change in {Change.GIVE_ACCESS, Change.REMOVE_ACCESS}
            found |= {c for c in triples(plan.register, rows) if pairs_too or c[2] is not None}
        return found

    def _state(self) -> set[Triple]:
        current = self.backend.current()
        return triples(current.register, current.access)

    def _key(self) -> str:
        self.runs += 1
        return f"run-{self.runs}"

    def _carry(self, plan: Plan, backend: Any, key: str = "") -> Results:
        key = key or self._key()
        begun = start(plan, key)
        run = Begun(key, "b", "here", "op", "me", None, "sha256:0", b"{}")
        return self._finish(carry_out, begun, backend, self.journal.begin(run, begun))

    def _finish(self, how: Any, begun: Results, backend: Any, writer: Any) -> Results:
        lease = self.backend.take_lease(begun.run, "me", 60)
        try:
            results: Results = how(
                begun, backend, writer, Renewed(self.backend, lease), pace=Pace(), progress=lambda *_: None
            )
            writer.close(final=results.final)
            return results
        finally:
            self.backend.release_lease(begun.run)

    def _order(self, what: tuple) -> None:
        kind, who, where, programs = what
        programs = () if kind is OperationKind.REMOVE_ACCESS else programs
        order = Order(
            kind, who, where, programs, self.boss.revision(), self._key(), kind is OperationKind.REMOVE_ACCESS
        )
        job = self.boss.submit(order, self._key(), None)
        self.boss.job(job.key, 10.0)

    def _settle(self) -> None:
        """Wait until the jobs that a crash left running are done: the next lease waits for them."""
        for _ in range(1000):
            try:
                self.backend.take_lease("settle", "me", 60)
            except LeaseHeld:
                continue
            self.backend.release_lease("settle")
            return
        raise AssertionError("jobs do not end")

    def _meddle(self) -> None:
        if self.crashed is not None:
            self.crashed.meddled = True
