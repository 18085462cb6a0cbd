"""Both sites as their commands serve them, over the example bureau, each a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.flow.settings import Where
from reconciler.web.bureau.app import create_site
from reconciler.web.policy.app import create_app
from reconciler.web.policy.desk import open_desk
from reconciler.web.policy.links import Links
from tests.support.reader import Reader

DAY = "2026-11-24"
OPERATOR = "it-admin"
ROOT = Path(__file__).parents[2]


def example(folder: Path) -> None:
    """The folder of somebody who has followed the README: rules in a repository, and the bureau that they are for."""
    folder.mkdir(parents=True)
    command(folder, "reconciler", "init")
    command(folder, "reconciler", "bureau", "load", "--example")
    command(folder, "git", "init", "--quiet", "--initial-branch=main")
    command(folder, "git", "config", "user.name", "Ingrid Admin")
    command(folder, "git", "config", "user.email", "ingrid.admin@exempelbyran.example")
    command(folder, "git", "add", ".")
    command(folder, "git", "commit", "--quiet", "--message=The example")


def command(folder: Path, program: str, *arguments: str) -> str:
    """Run a program there; what it prints."""
    words = [sys.executable, "-m", "reconciler"] if program == "reconciler" else [program]
    ran = subprocess.run(
        [*words, *arguments],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in {0, 2, 3}, ran.stderr
    return ran.stdout


def surroundings(folder: Path) -> dict[str, str]:
    """The environment: what is kept stays in the folder, and the day is that of the example."""
    who = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER")
           for name, value in (("NAME", "Ingrid Admin"), ("EMAIL", "ingrid.admin@exempelbyran.example"))}  # fmt: skip
    kept = {
        f"RECONCILER_{name}_DIR": str(folder / ".kept" / name.lower()) for name in ("STATE", "LOG", "CACHE")
    }
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("RECONCILER_", "GIT_"))}
    told = {"PYTHONPATH": str(ROOT), "RECONCILER_AS_OF": DAY, "RECONCILER_LANG": "en", "HOME": str(folder)}
    return ours | who | kept | told


@contextmanager
def process(folder: Path, says: str, *arguments: str) -> Iterator[str]:
    """A command that serves until it is told to stop; what it says when it is ready, as an expression finds it."""
    running = subprocess.Popen(
        [sys.executable, "-m", "reconciler", *arguments, "--port", "0"],
        cwd=folder, env=surroundings(folder), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stderr is not None
    said: list[str] = []
    try:
        for line in running.stderr:
            said.append(line)
            found = re.search(says, line)
            if found:
                yield found[0]
                return
        raise AssertionError(f"it did not start: {''.join(said)}")
    finally:
        running.terminate()
        running.wait(20)
        running.stderr.close()


@contextmanager
def bureau_site(folder: Path, operator: str = OPERATOR) -> Iterator[Reader]:
    """The pages of the bureau server, and somebody who has signed in there."""
    with process(folder, r"http://\S+(?=/$)", "bureau", "serve") as url, Reader(url) as reader:
        reader.get("/sign-in?next=/jobs")
        (token,) = (folder / "tokens").glob(f"{operator}*")
        reader.send("/sign-in", token=token.read_text().strip())
        yield reader


@contextmanager
def policy_site(folder: Path) -> Iterator[Reader]:
    """The pages over the YAML, and somebody who has opened their link."""
    with (
        process(folder, r"http://\S+/open\?\S+", "web") as link,
        Reader(link.partition("/open")[0]) as reader,
    ):
        reader.get(link)
        reader.send("/open")
        yield reader


def routes_of(side: str, folder: Path) -> set[str]:
    """What a site answers to GET, as it names its routes; the folder is that of the example."""
    return {route.path for route in _ROUTES[side](folder) if "GET" in (route.methods or ())}


def _of_bureau(folder: Path) -> list[Any]:
    with Store.open(folder / "bureau.db") as store:
        return list(create_site(store, Settings())._pages.routes)


def _of_policy(folder: Path) -> list[Any]:
    with open_desk(Where(config=folder / "reconciler.yaml")) as desk:
        return list(create_app(desk, Links(), "en").routes)


_ROUTES = {"bureau": _of_bureau, "policy": _of_policy}
