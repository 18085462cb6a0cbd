"""A bureau that has shrunken since it was last seen is not taken for the truth; the memory never does more than stop."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import stat
from pathlib import Path

import pytest

from reconciler.backends import BackendConfig
from reconciler.flow.seen import Seen, Size
from tests.commands.conftest import DAY

FULL = Size(100, 1000, 5000)


@pytest.mark.parametrize(
    ("now", "shrunken"),
    [
        (FULL, False),
        (Size(200, 2000, 9000), False),
        (Size(75, 750, 3750), False),
        (Size(74, 1000, 5000), True),
        (Size(100, 749, 5000), True),
        (Size(100, 1000, 3749), True),
        (Size(100, 1000, 0), True),
        (Size(0, 0, 0), True),
        # more of one does not make up for less of another
        (Size(50, 5000, 9000), True),
    ],
)
def test_more_than_a_quarter_less_is_far_less(now, shrunken):
    assert now.shrunken(FULL) is shrunken


@pytest.mark.parametrize(
    ("before", "now", "shrunken"), [(3, 1, False), (4, 1, True), (12, 9, False), (11, 8, True)]
)
def test_in_a_small_bureau_two_are_not_many(before, now, shrunken):
    assert Size(now, 9, 9).shrunken(Size(before, 9, 9)) is shrunken


def seen(folder: Path) -> Path:
    (path,) = (folder / "state" / "seen").glob("*.json")
    return path


def remember(folder: Path, **figures: int) -> None:
    """Make the bureau have been larger when it was last seen."""
    path = seen(folder)
    path.write_text(json.dumps(json.loads(path.read_text()) | figures))


@pytest.fixture
def planned(reconciler, example) -> Path:
    """The example bureau, planned once."""
    assert reconciler("plan", *DAY).code == 0
    return example


def test_what_is_remembered_is_a_size_that_its_owner_alone_can_read(planned):
    path = seen(planned)
    said = json.loads(path.read_text())
    assert (said["consultants"], said["clients"]) == (9, 24)
    assert said.keys() == {"consultants", "clients", "accesses"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "command", [("plan",), ("apply", "--yes"), ("drift",), ("drift", "--client", "1042")]
)
@pytest.mark.parametrize("figures", [{"consultants": 13}, {"clients": 33}, {"accesses": 1000}])
def test_a_shrunken_bureau_stops_and_names_the_way_past(reconciler, planned, command, figures):
    accesses = json.loads(seen(planned).read_text())["accesses"]
    remember(planned, **figures)
    stopped = reconciler(*command, *DAY)
    assert (stopped.code, stopped.out) == (5, "")
    assert f"the backend tells of 9 consultants, 24 clients and {accesses} accesses;" in stopped.err
    assert str(next(iter(figures.values()))).replace("1000", "1,000") in stopped.err
    assert f"say so with --allow shrunken={accesses}" in stopped.err
    for figure in (accesses - 1, accesses + 1, 0):
        assert reconciler(*command, *DAY, "--allow", f"shrunken={figure}").code == 5
    assert reconciler(*command, *DAY, "--allow", f"shrunken={accesses}").code in {0, 2, 3}
    # what was allowed is what is remembered now
    assert reconciler("plan", *DAY).code == 0


def test_a_plan_does_not_depend_on_what_is_remembered(reconciler, planned):
    first = reconciler("plan", *DAY).out
    for figures in ({"accesses": 0}, {"accesses": 1, "clients": 1, "consultants": 1}):
        remember(planned, **figures)
        assert reconciler("plan", *DAY).out == first
    seen(planned).unlink()
    assert reconciler("plan", *DAY).out == first


@pytest.mark.parametrize(
    "spoilt", ["", "[]", "{}", '{"consultants": "9"}', '{"consultants": 1e9, "clients": 1, "accesses": 1}']
)
def test_a_memory_that_cannot_be_read_is_none(reconciler, planned, spoilt):
    seen(planned).write_text(spoilt)
    assert reconciler("plan", *DAY).code == 0
    assert json.loads(seen(planned).read_text())["clients"] == 24


def test_no_state_folder_stops_no_plan(reconciler, example, monkeypatch):
    (example / "file").touch()
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(example / "file"))
    assert reconciler("plan", *DAY).code == 0


def test_each_bureau_of_each_backend_has_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path))
    config = BackendConfig("http", {"url": "https://a.example/"}, "token")
    here = Seen.of(config, "one")
    here.keep(FULL)
    assert Seen.of(BackendConfig("http", {"url": "https://a.example"}, "other"), "one").read() == FULL
    assert Seen.of(config, "two").read() is None
    assert Seen.of(BackendConfig("http", {"url": "https://b.example"}, "token"), "one").read() is None


def test_what_an_apply_removes_is_no_reason_to_stop_but_what_is_gone_besides_is(tmp_path):
    memory = Seen(tmp_path / "seen.json")
    memory.keep(FULL)
    memory.keep_after(Size(100, 1000, 2000), removed=3000)
    assert memory.read() == Size(100, 1000, 2000)
    memory.keep_after(Size(100, 500, 100), removed=1900)
    assert memory.read() == Size(100, 1000, 2000)


def test_an_apply_that_empties_the_bureau_goes_on_to_the_end(reconciler, example):
    for path in (example / "policies").glob("*.yaml"):
        path.unlink()
    (example / "policies" / "access.yaml").write_text(
        "manage: {unlisted: remove, taken-over: exempelbyran}\n"
    )
    assert reconciler("apply", *DAY, "--yes").code == 3
    assert reconciler("plan", *DAY).code == 0


def test_what_drift_remembers_does_not_hide_it(reconciler, example):
    rules = 'manage: {unlisted: remove, consultants: bertil.ek@exempelbyran.example, clients: ["1060"]}\n'
    for path in (example / "policies").glob("*.yaml"):
        path.unlink()
    (example / "policies" / "access.yaml").write_text(rules)
    assert reconciler("drift", *DAY).code == 0
    remember(example, accesses=1000)
    # the backend says that nothing has changed since drift found nothing; and yet it has been larger
    stopped = reconciler("drift", *DAY)
    assert (stopped.code, "shrunken" in stopped.err) == (5, True)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("pair", "tells of no access at all, and this folder has taken over what there was"),
        ("consultant", "tells of no consultant at all, and there are rules"),
        ("client", "tells of no client at all, and there are rules"),
    ],
)
def test_an_empty_bureau_stops_without_any_memory(reconciler, example, table, told):
    empty(example, table)
    for path in (example / "policies").glob("*.yaml"):
        if path.name != "bureau.yaml":
            path.unlink()
    rules = "access: {everybody: {who: all, clients: all, programs: all}}\n"
    (example / "policies" / "access.yaml").write_text(rules)
    for command in (("plan",), ("apply", "--yes"), ("drift",)):
        stopped = reconciler(*command, *DAY)
        assert (stopped.code, stopped.out) == (5, "")
        assert told in stopped.err
    allowed = reconciler("plan", *DAY, "--allow", "shrunken=0")
    assert allowed.code == (0 if table == "pair" else 5)


def test_a_new_bureau_has_no_access_and_is_planned(reconciler, example):
    empty(example, "pair")
    text = (example / "policies" / "bureau.yaml").read_text()
    (example / "policies" / "bureau.yaml").write_text(text.replace("  taken-over", "  # taken-over"))
    assert reconciler("plan", *DAY).code == 0


def empty(folder: Path, table: str) -> None:
    """Take everything of one kind out of the bureau, behind its back."""
    with contextlib.closing(sqlite3.connect(folder / "bureau.db")) as db, db:
        for one in ("pair", "right_client", table):
            db.execute(f"DELETE FROM {one}")
        db.execute("UPDATE bureau SET pairs = 0, revision = revision + 1, register_revision = revision + 1")
