"""Backends from outside, found by entry point; here they bring what goes wrong: a bug, and a world that moves."""

from __future__ import annotations

import sys
import textwrap

import pytest

from tests.commands.conftest import DAY


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a package that brings a backend of kind "outside"."""

    def install(source: str) -> None:
        site = tmp_path / "site"
        about = site / "outside-1.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1\n")
        (about / "entry_points.txt").write_text(
            "[reconciler.backends]\noutside = outside_backend:open_backend\n"
        )
        (site / "outside_backend.py").write_text(textwrap.dedent(source), encoding="utf-8")
        monkeypatch.syspath_prepend(str(site))

    yield install
    sys.modules.pop("outside_backend", None)


def use(example, **settings) -> None:
    lines = "".join(f"  {key}: {value}\n" for key, value in settings.items())
    text = f"policies: policies\nbackend:\n  kind: outside\n{lines}  token-file: tokens/it-admin.token\n"
    (example / "reconciler.yaml").write_text(text, encoding="utf-8")


def test_a_bug_ends_with_70_and_a_log_file_without_values(reconciler, example, installed, monkeypatch):
    installed(
        """
        def open_backend(config):
            secret = config.token
            raise ZeroDivisionError(f"the token is {secret}")
        """
    )
    use(example)
    ran = reconciler("plan", *DAY)
    token = (example / "tokens" / "it-admin.token").read_text().strip()
    assert ran.code == 70
    assert "Traceback" not in ran.err
    (log,) = (example / "logs").iterdir()
    assert str(log) in ran.err
    assert log.stat().st_mode & 0o077 == 0
    assert "outside_backend.py" in log.read_text()
    assert token not in ran.out + ran.err + log.read_text()


MOVING = """
    import contextlib
    from pathlib import Path
    from reconciler.backends import BackendConfig, open_backend as open_any
    from reconciler.bureau.csvload import load_csv
    from reconciler.bureau.store import Store

    def open_backend(config):
        backend = open_any(BackendConfig("embedded", {"database": "bureau.db"}, config.token))
        revision = backend.revision
        def moved():
            rows = Path("behind.csv")
            if rows.exists():
                with contextlib.closing(Store.open(Path("bureau.db"))) as store:
                    load_csv(store, "exempelbyran", rows)
                rows.unlink()
            return revision()
        backend.revision = moved
        return backend
"""


def test_a_world_that_moved_after_the_plan_was_shown_stops_apply(reconciler, example, installed):
    """Somebody gives Bertil a program at 1049, where the plan was to give him access."""
    installed(MOVING)
    use(example)
    (example / "behind.csv").write_text(
        "consultant,client,program\nbertil.ek@exempelbyran.example,1049,payroll\n", encoding="utf-8"
    )
    before = reconciler("plan", *DAY, "--format", "json").out
    ran = reconciler("apply", *DAY, "--yes")
    assert ran.code == 4
    assert "bertil.ek@exempelbyran.example at 1049" in ran.err
    assert "nothing was done" in ran.err
    after = reconciler("plan", *DAY, "--format", "json").out
    assert before != after
    assert "Notification" not in ran.out


def test_a_world_that_moved_after_the_check_of_a_plan_file_stops_apply(reconciler, example, installed):
    installed(MOVING)
    use(example)
    assert reconciler("plan", *DAY, "--out", "plan.json").code == 0
    before = reconciler("who", "--format", "json", *DAY).out
    (example / "behind.csv").write_text(
        "consultant,client,program\nbertil.ek@exempelbyran.example,1049,payroll\n", encoding="utf-8"
    )
    ran = reconciler("apply", "plan.json")
    assert ran.code == 4
    assert "bertil.ek@exempelbyran.example at 1049" in ran.err
    assert "what would be done now is not what was approved" in ran.err
    after = reconciler("who", "--format", "json", *DAY).out
    assert after.count('"consultant":') == before.count('"consultant":') + 1


def test_a_world_that_moved_where_the_plan_says_nothing_does_not_stop_it(reconciler, example, installed):
    installed(MOVING)
    use(example)
    # Margareta's operator record is not in the plan; a consultant who has nothing is no change either
    (example / "behind.csv").write_text(
        "consultant,client,program\nanna.lind@exempelbyran.example,1041,tax-portal\n"
        "anna.lind@exempelbyran.example,1042,tax-portal\n",
        encoding="utf-8",
    )
    assert reconciler("apply", *DAY, "--yes").code == 3


def test_an_unknown_kind_of_backend_lists_those_that_there_are(reconciler, example):
    ran = reconciler("plan", *DAY, "--backend", "embeded")
    assert ran.code == 1
    assert "embedded" in ran.err
    assert "http" in ran.err
