"""Pages of small and large plans as files, and a browser to open them in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.commands.cli import run
from reconciler.formats.catalogue import catalogue
from reconciler.formats.html import plan_html
from reconciler.plan import build
from tests.formats.html.bureaus import bureau
from tests.support.browser import browser as open_browser
from tests.support.duties import DAY
from tests.support.worlds import World

Pages = Callable[..., Path]

SIZES = {"wide": (2_000, 5_000, 250), "huge": (2_000, 100_000, 250)}
"""Consultants, clients and teams: a matrix that is drawn, and one that is not."""


@pytest.fixture(scope="module")
def browser():
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> Pages:
    """The page of a bureau: "small" is the example's plan, "file" that of a plan file of it, others are of SIZES."""
    folder = tmp_path_factory.mktemp("pages")

    def page(name: str, language: str = "en") -> Path:
        path = folder / f"{name}-{language}.html"
        if not path.exists():
            make = _of_example if name in {"small", "file"} else _of_size
            make(name, language, path)
        return path

    return page


def of_size(name: str) -> World:
    """The bureau of that name among SIZES."""
    return bureau(*SIZES[name])


def _of_size(name: str, language: str, path: Path) -> None:
    world = of_size(name)
    text = plan_html(build(world.desired, world.current, DAY), world.current, catalogue(language))
    path.write_text(text, encoding="utf-8")


def _of_example(name: str, language: str, path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = path.parent / "example"
        folder.mkdir(exist_ok=True)
        patch.chdir(folder)
        patch.delenv("RECONCILER_TOKEN", raising=False)
        if not (folder / "bureau.db").exists():
            assert run(["init"]) == 0
            assert run(["bureau", "load", "--example"]) == 0
            assert run(["plan", "--as-of", "2026-11-24", "--out", "plan.json"]) == 0
        plan = ["plan", "--as-of", "2026-11-24"] if name == "small" else ["show", "plan.json"]
        path.write_text(printed([*plan, "--format", "html", "--lang", language]), encoding="utf-8")


def printed(arguments: list[str]) -> str:
    """What a command prints."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert run(arguments) == 0
    return out.getvalue()
