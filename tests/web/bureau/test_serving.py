"""`bureau serve`: the pages beside the API, under the names that it is told, or not at all; and nothing of them in process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from reconciler.bureau.store import Store
from tests.bureau.world import make_bureau
from tests.web.stage import ROOT, process

READY = r"http://[\d.:]+(?=[;/])"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "bureau.db") as store:
        make_bureau(store)
    return tmp_path


def test_pages_stand_beside_the_api_under_the_names_that_are_told(folder: Path):
    arguments = ("bureau", "serve", "--hostname", "access.byra.example", "--lang", "sv")
    with process(folder, READY.replace("[\\d.:]+", "access.byra.example:\\d+"), *arguments) as address:
        port = address.rpartition(":")[2]
        url = f"http://127.0.0.1:{port}"
        assert "Logga in" in httpx.get(f"{url}/sign-in", trust_env=False).text
        for host, status in (("access.byra.example", 200), ("localhost", 200), ("elsewhere.example", 421)):
            answer = httpx.get(f"{url}/sign-in", headers={"Host": f"{host}:{port}"}, trust_env=False)
            assert answer.status_code == status, host
        assert httpx.get(f"{url}/v1/bureau", trust_env=False).status_code == 401


def test_the_api_stands_alone_where_no_pages_are_wanted(folder: Path):
    with process(folder, READY, "bureau", "serve", "--no-pages") as url:
        answer = httpx.get(f"{url}/sign-in", trust_env=False)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert httpx.get(f"{url}/v1/bureau", trust_env=False).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [("--no-pages", "--hostname", "a.example"), ("--hostname", "a.example:80"), ("--hostname", "http://a")],
)
def test_names_that_are_none(folder: Path, wrong: tuple[str, ...]):
    command = [sys.executable, "-m", "reconciler", "bureau", "serve", *wrong]
    done = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 64
    assert "--hostname" in done.stderr


def test_the_api_in_process_brings_nothing_of_the_pages_along():
    program = (
        "import sys, reconciler.backends.embedded, reconciler.commands.bureau.serve\n"
        "print([name for name in sys.modules if name.startswith(('reconciler.web', 'jinja2'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
