"""Several operators of the example bureau, as a configuration names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import *  # noqa: F403 - its fixtures

NAMES = {"ingrid": "it-admin", "margareta": "managing-partner", "pia": "payroll-admin", "revisor": "reader"}


def configure(folder: Path, *names: str) -> None:
    """Name operators in the configuration, each with a variable TOKEN_OF_NAME."""
    lines = [f"  {name}: {{token-env: TOKEN_OF_{name.upper()}}}\n" for name in names]
    with (folder / "reconciler.yaml").open("a") as config:
        config.write("operators:\n" + "".join(lines))


@pytest.fixture
def team(example, monkeypatch):
    """Configure operators of the example; of those that are given, the tokens are in the environment."""

    def choose(*names: str, without: tuple[str, ...] = ()) -> Path:
        configure(example, *names, *without)
        for name in names:
            token = (example / "tokens" / f"{NAMES[name]}.token").read_text()
            monkeypatch.setenv(f"TOKEN_OF_{name.upper()}", token)
        return example

    return choose
