"""What a drift remembers: it spares the look where nothing has changed, and never hides a change."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from reconciler.bureau.csvload import Cells, add_cells
from reconciler.bureau.registers import find_bureau
from reconciler.bureau.store import Store
from reconciler.flow.memory import digest
from tests.commands.conftest import DAY

IN_SYNC = """
bureau: exempelbyran
manage:
  unlisted: remove
  taken-over: exempelbyran
  consultants: bertil.ek@exempelbyran.example
  clients: ["1060"]
access:
  nothing: {who: each-team, clients: team:self & tag:no-such-tag, programs: [payroll]}
"""


@pytest.fixture
def cache(monkeypatch, tmp_path) -> Path:
    """Where it is remembered."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("RECONCILER_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def same(reconciler, example, cache) -> Path:
    """The example bureau with a rule that asks for nothing, looked at once."""
    for path in (example / "policies").glob("*.yaml"):
        path.unlink()
    (example / "policies" / "access.yaml").write_text(IN_SYNC)
    assert reconciler("drift", *DAY).code == 0
    return example


def remembers(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.drift"))


def forget(cache: Path) -> None:
    """Delete the state that is kept, so that whoever looks again fetches it."""
    for path in cache.glob("*.state"):
        path.unlink()


def lie(path: Path) -> None:
    """Make what is remembered tell on itself, signature and all left as they are."""
    text = path.read_text()
    signature, said = text[:64], json.loads(text[64:])
    path.write_text(signature + json.dumps(said | {"printed": "REMEMBERED"}))


def grow(example: Path, *, told: bool = True) -> None:
    """Somebody else changes access behind the YAML's back; and behind the bureau's too, where it is not told."""
    with Store.open(example / "bureau.db") as store, store.read() as db:
        before = tuple(db.execute("SELECT revision, stamp FROM bureau").fetchone())
    with Store.open(example / "bureau.db") as store, store.write() as db:
        add_cells(
            db,
            find_bureau(db, "exempelbyran").number,
            Cells(["bertil.ek@exempelbyran.example"], ["1060"], ["payroll"]),
        )
        if not told:
            db.execute("UPDATE bureau SET revision = ?, stamp = ?", before)


def test_it_says_the_same_without_fetching_the_state(reconciler, same, cache):
    first = reconciler("drift", *DAY, "--fresh")
    (path,) = remembers(cache)
    grow(same, told=False)  # whoever reads the state now sees it
    again = reconciler("drift", *DAY)
    assert (again.code, again.out) == (0, first.out)
    assert reconciler("drift", *DAY, "--fresh").code == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_a_change_of_the_bureau_is_seen(reconciler, same):
    grow(same)
    assert reconciler("drift", *DAY).code == 2
    assert reconciler("drift", *DAY).code == 2  # what is not in sync is never remembered


@pytest.mark.parametrize("name", ["access.yaml", "new.yaml", "deep/new.yaml", "new.yml"])
def test_a_change_of_the_yaml_is_seen(reconciler, same, cache, name):
    path = same / "policies" / name
    before = digest(same / "policies")
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "bundles: {b: [payroll]}\n")
    assert digest(same / "policies") != before
    grow(same, told=False)
    forget(cache)
    assert reconciler("drift", *DAY).code == 2


@pytest.mark.parametrize(
    "flags",
    [
        ("--as-of", "2026-11-25"),
        (*DAY, "--client", "1042"),
        (*DAY, "--tag", "payroll"),
        (*DAY, "--full"),
        (*DAY, "--format", "json"),
        (*DAY, "--lang", "sv"),
    ],
)
def test_another_question_is_another_memory(reconciler, same, cache, flags):
    before = remembers(cache)
    found = reconciler("drift", *flags)
    assert found.code == 0
    assert found.out
    assert len(remembers(cache)) == len(before) + 1


@pytest.mark.parametrize(
    "spoil",
    [
        lie,
        lambda path: path.write_text(""),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text("{}\n{}"),
        lambda path: path.write_text(path.read_text()[:-5]),
    ],
)
def test_what_nobody_signed_is_not_believed(reconciler, same, cache, spoil):
    (path,) = remembers(cache)
    honest = path.read_text()
    spoil(path)
    found = reconciler("drift", *DAY)
    assert (found.code, "REMEMBERED" in found.out) == (0, False)
    assert path.read_text() == honest


def test_a_memory_does_not_pass_for_that_of_another_question(reconciler, same, cache):
    (path,) = remembers(cache)
    assert reconciler("drift", *DAY, "--client", "1042").code == 0
    (other,) = set(remembers(cache)) - {path}
    said = other.read_text()
    other.write_text(path.read_text())
    assert reconciler("drift", *DAY, "--client", "1042").code == 0
    assert other.read_text() == said


def test_without_a_cache_nothing_is_remembered(reconciler, same, cache):
    (path,) = remembers(cache)
    grow(same, told=False)  # whoever reads the state now sees it
    before = {path: path.read_bytes() for path in cache.iterdir()}
    assert reconciler("drift", *DAY, "--no-cache").code == 2
    assert {path: path.read_bytes() for path in cache.iterdir()} == before
    path.unlink()
    forget(cache)
    assert reconciler("drift", *DAY, "--no-cache").code == 2
    assert list(cache.iterdir()) == []


def test_no_cache_folder_is_no_error(reconciler, same, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RECONCILER_CACHE_DIR", str(tmp_path / "file"))
    assert reconciler("drift", *DAY).code == 0


def test_what_cannot_be_read_has_no_digest(tmp_path):
    (tmp_path / "a.yaml").mkdir()
    os.mkfifo(tmp_path / "b") if hasattr(os, "mkfifo") else None
    (tmp_path / "c.yaml").symlink_to(tmp_path / "nowhere")
    assert digest(tmp_path) != digest(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and devices as POSIX has them")
@pytest.mark.parametrize("where", ["/dev/zero", "pipe", "../secret.yaml"])
def test_nothing_outside_the_folder_is_read_not_even_for_a_digest(tmp_path, where, monkeypatch):
    (tmp_path / "secret.yaml").write_text("canary-secret")
    (tmp_path / "policies").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "policies" / "a.yaml").symlink_to(where if where[0] != "p" else tmp_path / "pipe")
    opened = []
    whole = os.open
    monkeypatch.setattr(os, "open", lambda path, *rest: (opened.append(path), whole(path, *rest))[1])
    assert digest(tmp_path / "policies") != digest(tmp_path / "policies")
    assert opened == []
