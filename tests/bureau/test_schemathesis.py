"""The server against what schemathesis makes of the OpenAPI document: all its checks, in all its phases."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.bureau.store import Store
from tests.bureau.contract import document
from tests.bureau.server import ROOT, started
from tests.bureau.world import make_bureau

HERE = Path(__file__).parent


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_finding(tmp_path: Path):
    database = tmp_path / "bureau.db"
    with Store.open(database) as store:
        token = make_bureau(store, access={("anna", "1"): ["payroll"], ("bo", "2"): ["invoicing"]})
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml", "run"]
    command += [ROOT / "schemas" / "bureau-api.openapi.yaml", "--no-color", "--checks", "all"]
    command += ["--max-examples", os.environ.get("SCHEMATHESIS_EXAMPLES", "20"), "--seed", "1"]
    command += ["--generation-database", "none", "--header", f"Authorization: Bearer {token}"]
    with started(database, 1000) as (_, url):
        done = subprocess.run(
            [*map(str, command), "--url", url],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    operations = sum(len([m for m in path if m in {"get", "post"}]) for path in document()["paths"].values())
    assert f"Tested: {operations}" in done.stdout
    assert "Stateful" in done.stdout
    assert "❌" not in done.stdout
