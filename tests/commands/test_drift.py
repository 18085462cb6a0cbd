"""What `drift` tells of a real bureau in which somebody else has been at work."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import jsonschema_rs
import pytest

from reconciler.apply import Order
from reconciler.backends import BackendConfig, open_backend
from reconciler.bureau.csvload import Cells, add_cells
from reconciler.bureau.registers import find_bureau
from reconciler.bureau.store import Store
from reconciler.grid import OperationKind
from reconciler.resources import resource
from tests.commands.conftest import DAY
from tests.formats.test_drift import samples

SCHEMA = jsonschema_rs.validator_for(json.loads(resource("schemas/plan.schema.json").read_text("utf-8")))

BERTIL = "bertil.ek@exempelbyran.example"

RULES = """
bureau: exempelbyran
manage:
  unlisted: {unlisted}
  taken-over: exempelbyran
  consultants: bertil.ek@exempelbyran.example
  clients: ["1060"]
access:
  own: {{who: bertil.ek@exempelbyran.example, clients: ["1060"], programs: [receipts]}}
"""


def write_rules(example: Path, unlisted: str = "remove") -> None:
    """Bertil has receipts at 1060, and nothing else is looked at."""
    for path in (example / "policies").glob("*.yaml"):
        path.unlink()
    (example / "policies" / "access.yaml").write_text(RULES.format(unlisted=unlisted))


@pytest.fixture
def calm(reconciler, example) -> Path:
    """A bureau that is what the YAML says."""
    write_rules(example)
    assert reconciler("apply", *DAY, "--yes").code == 0
    assert reconciler("drift", *DAY).code == 0
    return example


def behind_the_back(example: Path, kind: OperationKind, *programs: str) -> None:
    """The managing partner changes something in the web application."""
    token = (example / "tokens" / "managing-partner.token").read_text().strip()
    config = BackendConfig("embedded", {"database": str(example / "bureau.db")}, token)
    with open_backend(config) as backend:
        order = Order(kind, (BERTIL,), ("1060",), programs, backend.revision(), "web-1")
        backend.job(backend.submit(order, f"key-{kind}-{'-'.join(programs)}").key, 30)


def loaded(example: Path, *programs: str) -> None:
    """Something changes without any operation."""
    with Store.open(example / "bureau.db") as store, store.write() as db:
        size = len(programs)
        cells = Cells([BERTIL] * size, ["1060"] * size, programs)
        add_cells(db, find_bureau(db, "exempelbyran").number, cells)


def documented(ran) -> dict:
    document = json.loads(ran.out)
    SCHEMA.validate(document)
    return document


def test_given_and_removed_by_whom(reconciler, calm):
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "receipts")
    ran = reconciler("drift", *DAY)
    assert ran.code == 2
    assert "By Margareta Partner: 2 changes" in ran.out
    assert "  + Bertil Ek got programs\n" in ran.out
    assert "  - Bertil Ek lost programs\n" in ran.out
    assert "in the run web-1" in ran.out
    assert "the rule own gives it" in ran.out
    document = documented(reconciler("drift", *DAY, "--format", "json"))
    assert document["format"] == "reconciler-drift/1"
    assert [(one["kind"], one["programs"], one["by"]["operator"]) for one in document["drift"]] == [
        ("given", ["payroll"], "managing-partner"),
        ("removed", ["receipts"], "managing-partner"),
    ]
    assert document["summary"]["given"] == {"accesses": 0, "programs": 1}
    assert document["history"] == "told"


def test_who_may_not_see_the_operators_is_not_told_of_them(reconciler, calm):
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    ran = reconciler("drift", *DAY, "--token-file", "tokens/reader.token")
    assert "Nobody knows by whom: 1 change" in ran.out
    assert "Margareta" not in ran.out


def test_since(reconciler, calm):
    loaded(calm, "payroll")
    ran = reconciler("drift", *DAY, "--since", "2000-01-01", "--format", "json")
    assert ran.code == 2
    assert [one["programs"] for one in documented(ran)["drift"]] == [["payroll"]]
    ran = reconciler("drift", *DAY, "--since", "2999-01-01")
    assert ran.code == 0
    assert "Nothing was changed since 2999-01-01." in ran.out
    assert "1 older difference" in ran.out
    assert reconciler("drift", *DAY).code == 2


def test_a_table_of_a_part_of_time_is_none(reconciler, calm):
    assert reconciler("drift", *DAY, "--since", "2026-01-01", "--format", "csv").code == 64


def test_since_needs_a_backend_that_tells(reconciler, calm, monkeypatch):
    from reconciler.backends.remote import RemoteBackend

    loaded(calm, "payroll")
    monkeypatch.setattr(RemoteBackend, "history", lambda _self, _query: None)
    ran = reconciler("drift", *DAY, "--since", "2026-01-01")
    assert ran.code == 1
    assert "the backend does not tell what was changed when" in ran.err
    ran = reconciler("drift", *DAY)
    assert ran.code == 2
    assert "The backend does not tell who changed what." in ran.out


def test_more_than_anybody_asks_about(reconciler, calm, monkeypatch):
    from reconciler.flow import drifting

    loaded(calm, "payroll")
    monkeypatch.setattr(drifting, "MOST_PAIRS", 0)
    assert documented(reconciler("drift", *DAY, "--format", "json"))["history"] == "too-many"
    ran = reconciler("drift", *DAY, "--since", "2000-01-01", "--format", "json")
    assert [one["through"] for one in documented(ran)["drift"]] == ["outside"]


def test_what_may_stay_is_told_of_or_ignored(reconciler, calm):
    write_rules(calm, "report")
    loaded(calm, "payroll")
    ran = reconciler("drift", *DAY)
    assert ran.code == 2
    assert "  ? Bertil Ek got programs\n" in ran.out
    assert reconciler("drift", *DAY, "--ignore-unmanaged").code == 0
    assert reconciler("drift", *DAY, "--ignore-unmanaged").code == 0  # as it remembers
    assert reconciler("drift", *DAY).code == 2
    behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "receipts")
    ran = reconciler("drift", *DAY, "--ignore-unmanaged")
    assert ran.code == 2
    assert "  ? " not in ran.out


def test_figures_for_prometheus(reconciler, calm):
    path = calm / "drift.prom"
    assert reconciler("drift", *DAY, "--metrics", "drift.prom", "--fresh").code == 0
    first = samples(path.read_bytes())
    assert first["reconciler_drift_in_sync", "exempelbyran"] == 1
    assert stat.S_IMODE(path.stat().st_mode) & 0o444 == 0o444
    # also where it remembers that all was in sync
    path.unlink()
    assert reconciler("drift", *DAY, "--metrics", "drift.prom").code == 0
    again = samples(path.read_bytes())
    assert again.keys() == first.keys()
    changing = {"reconciler_drift_checked_timestamp_seconds", "reconciler_drift_duration_seconds"}
    assert all(again[key] == first[key] for key in first if key[0] not in changing)
    loaded(calm, "payroll")
    assert reconciler("drift", *DAY, "--metrics", "drift.prom").code == 2
    found = samples(path.read_bytes())
    assert found["reconciler_drift_in_sync", "exempelbyran"] == 0
    assert found["reconciler_drift_differences", "exempelbyran", "given", "program"] == 1
    assert [one.name for one in calm.glob("*drift.prom*")] == ["drift.prom"]


def test_figures_that_cannot_be_written(reconciler, calm):
    (calm / "folder").mkdir()
    for where in ("folder", "no/such/drift.prom"):
        ran = reconciler("drift", *DAY, "--metrics", where)
        assert ran.code == 1
        assert "error: " in ran.err


def test_a_check_that_remembers_brings_no_plan_along(reconciler, calm):
    import subprocess
    import sys

    script = (
        "import sys; from reconciler.commands.cli import run;"
        f" code = run(['drift', *{DAY!r}, '--metrics', 'm.prom']);"
        " print(code, 'reconciler.plan' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=calm, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines()[-1].startswith("0 False"), done.stdout + done.stderr


def test_markdown_fits_where_it_will_stand(reconciler, calm):
    flags = (
        "drift",
        *DAY,
        "--format",
        "markdown",
        "--fits",
        "github",
        "--whole-report",
        "https://ci.example/1",
    )
    calm_one = reconciler(*flags)
    assert calm_one.code == 0
    assert "https://ci.example/1" in calm_one.out
    # as it remembers, for where it will stand
    assert reconciler(*flags[:-1], "https://ci.example/2").out == calm_one.out.replace("/1", "/2")
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    ran = reconciler(*flags)
    assert "| Margareta Partner | " in ran.out
    assert "https://ci.example/1" in ran.out
