"""The architecture: imports go one way, and what starts up imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest
from importlinter import cli

HEAVY = {"numpy", "httpx", "yaml", "jsonschema", "starlette", "rich", "deepdiff", "sqlite3", "asyncio"}


@pytest.mark.slow
def test_every_import_contract_is_kept() -> None:
    assert cli.lint_imports() == cli.EXIT_STATUS_SUCCESS


@pytest.mark.parametrize("module", ["reconciler", "reconciler.errors", "reconciler.backends"])
def test_starting_up_imports_nothing_heavy(module: str) -> None:
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert HEAVY & set(loaded.split()) == set()
