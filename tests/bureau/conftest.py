"""An empty database for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reconciler.bureau.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    with Store.open(tmp_path / "bureau.db") as opened:
        yield opened
