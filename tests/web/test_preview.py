"""What the dialog says that saving would do is what the job then does, item by item."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.bureau.bodies import OperationRequest
from reconciler.bureau.chunks import advance, unfinished
from reconciler.bureau.jobs import read_results, submit
from reconciler.bureau.operators import Right, RightName, sign_in
from reconciler.bureau.store import Store
from reconciler.grid import OperationKind
from reconciler.grid.arrays import bits
from reconciler.grid.operation import Outcome
from reconciler.rights import Reason
from reconciler.web import preview as module
from reconciler.web.drafts import Draft, Marks
from reconciler.web.preview import Asked, chances, preview
from tests.bureau.world import make_bureau
from tests.support import worlds
from tests.web.small import as_seen

PEOPLE = ("anna", "bo", "cia")
CLIENTS = ("1", "2", "3")
PACKAGE = ("bookkeeping", "invoicing", "payroll")
OTHER = "bank-sign"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with Store.open(tmp_path_factory.mktemp("bureau") / "bureau.db") as opened:
        yield opened


def names(options):
    return st.sets(st.sampled_from(options))


@st.composite
def drafts(draw):
    kind = draw(st.sampled_from(OperationKind))
    programs = draw(st.sets(st.sampled_from(PACKAGE), min_size=kind is OperationKind.REMOVE_PROGRAMS))
    clients = draw(st.sets(st.sampled_from((*CLIENTS, "9", "gone")), min_size=1))
    people = draw(st.sets(st.sampled_from((*PEOPLE, "ivar", "lost")), min_size=1))
    return Draft(
        "key",
        Marks(frozenset(clients)),
        kind,
        tuple(sorted(people)),
        () if kind is OperationKind.REMOVE_ACCESS else tuple(sorted(programs)),
    )


@st.composite
def states(draw):
    pairs = [(person, client) for person in (*PEOPLE, "ivar") for client in (*CLIENTS, "9")]
    return {
        pair: tuple(sorted(draw(names((*PACKAGE, OTHER))))) for pair in draw(st.sets(st.sampled_from(pairs)))
    }


@st.composite
def rights(draw):
    return draw(names((*CLIENTS, "9"))), {
        client: draw(names(PACKAGE)) for client in draw(names((*CLIENTS, "9")))
    }


def told_by_job(store, access, given, draft):
    """What a job makes of it, as the server tells it."""
    system, programs = given
    told = [Right(RightName.SYSTEM_ADMINISTRATOR, clients=tuple(sorted(system)))] if system else []
    told += [
        Right(RightName.PROGRAM_ADMINISTRATOR, tuple(sorted(keys)), (client,))
        for client, keys in sorted(programs.items())
        if keys
    ]
    with store.read() as db:
        key = f"b{db.execute('SELECT count(*) FROM bureau').fetchone()[0]}"
    token = make_bureau(store, key, access=access, rights=told)
    with store.read() as db:
        operator = sign_in(db, token)
    request = OperationRequest(
        draft.kind, draft.consultants, tuple(sorted(draft.marks.clients)), draft.programs, False, None
    )
    job = submit(store, operator, "one", request)["id"]
    with store.write() as db:
        for number in unfinished(db):
            advance(db, number, 1_000)
    with store.read() as db:
        return read_results(db, operator, job, 0, 1_000)[0]["items"]


def told_by_preview(seen, draft):
    """The same of a preview, from what it judges of each client."""
    asked, found = Asked(seen, draft), []
    for at, client in enumerate(asked.clients):
        for part in asked.judge(at, at + 1).parts:
            for place, person in enumerate(asked.consultants):
                mask = int(part.programs[place])
                if part.access[place] or mask:
                    found.append(
                        {
                            "consultant": person,
                            "client": client,
                            "access": bool(part.access[place]),
                            "programs": sorted(seen.register.programs.names[bit] for bit in bits(mask)),
                            "outcome": part.outcome.value,
                            "reason": part.reason and part.reason.value,
                        }
                    )
    return found


def seen_of(access, given):
    register = worlds.register(
        (*PEOPLE, "ivar"), (*CLIENTS, "9"), PACKAGE, (OTHER,), disconnected=("9",), left=("ivar",)
    )
    cells = [(*pair, program) for pair, programs in access.items() for program in (*programs, None)]
    return as_seen(register, worlds.access(register, *cells), worlds.rights(register, *given))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(states(), rights(), drafts())
def test_a_preview_says_what_the_job_does(store, access, given, draft):
    items = told_by_job(store, access, given, draft)
    seen = seen_of(access, given)
    by_key = lambda item: sorted((key, str(value)) for key, value in item.items())  # noqa: E731
    assert sorted(told_by_preview(seen, draft), key=by_key) == sorted(items, key=by_key)
    counted_as(preview(seen, draft), seen, items)


def counted_as(found, seen, items):
    """The groups of a preview count what the items are."""
    assert sum(group.items for group in found.groups) == len(items)
    for group in found.groups:
        mine = [
            item
            for item in items
            if (item["outcome"], item["reason"]) == (group.outcome, group.reason and group.reason.value)
        ]
        assert group.items == len(mine) > 0
        assert group.access == sum(item["access"] for item in mine)
        for number, program in enumerate(seen.register.programs.names):
            assert group.programs[number] == sum(program in item["programs"] for item in mine)
        for side, counts in (("client", group.clients), ("consultant", group.consultants)):
            keys = found.clients if side == "client" else found.consultants
            assert counts.tolist() == [sum(item[side] == key for item in mine) for key in keys]
    assert found.changes == any(item["outcome"] == "done" for item in items)


@given(states(), rights(), drafts())
def test_a_few_clients_at_a_time_are_all_at_once(access, given, draft):
    seen = seen_of(access, given)
    whole = preview(seen, draft)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "CHUNK", 2)
        pieces = preview(seen, draft)
        some = chances(seen, draft)
    assert some == chances(seen, draft)
    for one, other in zip(whole.groups, pieces.groups, strict=True):
        assert (one.outcome, one.reason, one.items, one.access) == (
            other.outcome, other.reason, other.items, other.access,
        )  # fmt: skip
        for name in ("programs", "clients", "consultants"):
            assert np.array_equal(getattr(one, name), getattr(other, name))


@given(states(), rights(), drafts())
def test_chances_are_what_a_preview_of_each_program_says(access, given, draft):
    if draft.kind is OperationKind.REMOVE_ACCESS:
        return
    seen = seen_of(access, given)
    for chance in chances(seen, draft):
        key = seen.register.programs.names[chance.program]
        one = Draft("key", draft.marks, draft.kind, draft.consultants, (key,))
        bad = [item for item in told_by_preview(seen, one) if item["reason"] is not None and item["programs"]]
        clients = {item["client"] for item in bad}
        assert chance.good == len(draft.marks.clients) - len(clients)
        assert sum(chance.bad.values()) == len(clients)
        assert set(chance.bad) <= {item["reason"] for item in bad}
        assert chance.held == sum(
            key in programs
            for (person, client), programs in access.items()
            if person in draft.consultants and client in draft.marks.clients
        )


def test_what_stands_in_the_way_of_each_program():
    access = {("anna", "1"): ("bookkeeping",), ("anna", "2"): ("bookkeeping",)}
    seen = seen_of(access, ({"1"}, {"2": {"payroll"}, "3": {"payroll"}}))
    draft = Draft("key", Marks(frozenset(CLIENTS)), OperationKind.GIVE_ACCESS, ("anna",), None)
    found = {seen.register.programs.names[one.program]: (one.held, one.good, dict(one.bad)) for one in chances(seen, draft)}  # fmt: skip
    new, lacking = Reason.NEEDS_SYSTEM_ADMINISTRATOR, Reason.NEEDS_PROGRAM_ADMINISTRATOR
    assert found == {
        "bookkeeping": (2, 2, {new: 1}),
        "invoicing": (0, 1, {new: 1, lacking: 1}),
        "payroll": (0, 2, {new: 1}),
    }


def test_a_program_outside_the_package_is_never_asked_for():
    seen = seen_of({("anna", "1"): (OTHER,)}, ({"1"}, {}))
    draft = Draft("key", Marks(frozenset({"1"})), OperationKind.REMOVE_PROGRAMS, ("anna",), (OTHER, "nothing"))  # fmt: skip
    assert Asked(seen, draft).mask == 0
    assert preview(seen, draft).items(Outcome.DONE) == 0
