"""The benchmarks run, on small input; what they measure is for people to read, but what they check is checked."""

from __future__ import annotations

import importlib
import json
import shutil
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def rows(name: str, capsys, *arguments: str) -> Any:
    """Run one as its command does; it must end well."""
    assert importlib.import_module(f"benchmarks.{name}").main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("seed", ["1", "2"])
@pytest.mark.parametrize("programs", ["1", "6"])
def test_the_main_job_on_a_generated_matrix(capsys, seed, programs):
    """Nothing is refused beyond what the plan predicted, and nothing that may be done is left."""
    (row,) = rows(
        "roundtrip",
        capsys,
        "--generated",
        "400",
        "--seed",
        seed,
        "--changed",
        "5",
        "--programs-per-client",
        programs,
    )
    assert row["changes"] >= 20
    assert row["operations"]
    assert row["done"] == row["allowed"]
    assert (row["refused"], row["left"]) == (0, 0)
    assert row["blocked after"] == row["blocked"] > 0


def test_the_main_job_on_a_file(capsys, tmp_path):
    file = tmp_path / "matrix.csv"
    pairs = [
        (user, permission) for user in range(1, 9) for permission in range(1, 25) if (user + permission) % 3
    ]
    file.write_text("\n".join(["user,permission", *(f"{u},{p}" for u, p in pairs)]) + "\n")
    (row,) = rows("roundtrip", capsys, str(file))
    assert row["cells"] == len(pairs)
    assert row["refused"] == 0


def test_startup(capsys):
    assert {row["command"] for row in rows("startup", capsys, "--runs", "1")} >= {"reconciler --help"}


def test_plan(capsys):
    (row,) = rows("plan", capsys, "--rules", "200")
    assert row["changes"] == 4


@pytest.mark.parametrize("peer", [True, False])
def test_terraform(capsys, monkeypatch, tmp_path, peer):
    """As many changes as ours, where it is on the path; ours alone where it is not."""
    if peer and shutil.which("terraform") is None:
        pytest.skip("terraform is not on the path")
    if not peer:
        monkeypatch.setenv("PATH", str(tmp_path))
    found = rows("terraform", capsys, "--resources", "100", "200")
    assert [row["changed"] for row in found["rows"]] == [1, 2]
    assert all(("ratio" in row) is peer for row in found["rows"])
    assert (found["growth"]["terraform busy s"] is None) is not peer


def test_cache(capsys, tmp_path):
    """What is kept spares requests and bytes, in the order of how much has changed."""
    found = rows("cache", capsys, "--triples", "24000", "--folder", str(tmp_path), "--repeat", "1")
    assert len(found) == 20
    for command in ("plan", "explain"):
        sent = {row["kept"]: row for row in found if row["command"] == f"{command} http"}
        assert sent["off"]["kB"] == sent["first"]["kB"] > sent["moved"]["kB"] > sent["same"]["kB"]
        assert [sent[kept]["requests"] for kept in ("off", "first", "same", "moved")] == [6, 6, 4, 7]


def test_scale(capsys, tmp_path):
    found = rows("scale", capsys, "--triples", "6000", "24000", "--folder", str(tmp_path), "--repeat", "1")
    assert [row["changed"] for row in found["rows"]] == [60, 240]
    for row in found["rows"]:
        assert row["apply cells"] == row["triples"] // 10
        assert row["drift s"] < row["drift first s"]
    assert found["growth"] < 1


def test_audit(capsys):
    """The log that is made is sound, and what is asked of it is answered."""
    (row,) = rows("audit", capsys, "--lines", "5000", "--repeat", "1")
    assert row["answers"] == 3
    assert row["× hash lines"] < 20


def test_expressions(capsys):
    """Rows by themselves are judged as by their classes: the benchmark fails otherwise."""
    found = rows("expressions", capsys, "--triples", "6000", "--sample", "500")
    assert len(found) == 7
    assert all(0 < row["cases"] <= row["cells"] for row in found)


def test_duties(capsys):
    """Sets hold back what they must, and find what breaks them."""
    few, new, broken = rows("duties", capsys, "--triples", "6000")
    assert (few["changes"] > 0, new["held back"] > 0, broken["findings"] > few["findings"]) == (True,) * 3


def test_page(capsys):
    """In Chromium, where there is one."""
    (row,) = rows("page", capsys, "--only", "200x500")
    assert 0 < row["MB"] < 1
    assert row["load ms"] > 0


def test_web(capsys, tmp_path):
    """What the operator may not do is refused, and something is measured of every page."""
    found = rows("web", capsys, "--triples", "24000", "--repeat", "2", "--folder", str(tmp_path))
    assert {row["request"] for row in found["rows"]} >= {"floor", "clients", "mark all of a filter", "save"}
    assert all(row["ms"] > 0 for row in found["rows"])
    assert found["job"]["items"] > 1_000
    assert found["memory"]["MB at most"] >= found["memory"]["MB now"]
