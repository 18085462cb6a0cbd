"""The YAML that pages are about, read again when a file of it has changed; broken meanwhile, pages say so."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.desired import load
from reconciler.errors import InputError
from reconciler.guardrails.expressions.policy import check

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.desired import Policy

Print = tuple[tuple[str, int, int, int, int], ...]
"""Of a folder: each file with what tells that it was written to, or that another one took its place."""


@dataclass(frozen=True, slots=True)
class Read:
    """The YAML at a moment.

    Attributes:
        policy: what it says; None where it cannot be used.
        wrong: what is wrong with it; None where nothing is.
    """

    policy: Policy | None
    wrong: InputError | None = None

    def sound(self) -> Policy:
        """What it says.

        Raises:
            InputError: with everything that is wrong with it.
        """
        if self.policy is None:
            assert self.wrong is not None
            raise self.wrong
        return self.policy


class Yaml:
    """A folder of YAML; safe to use from many threads.

    Args:
        folder: of the YAML.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._print: Print | None = None
        self._read = Read(None)

    def read(self) -> Read:
        """What it says now; the same value as long as no file of it has changed."""
        with self._lock:
            now = print_of(self.folder)
            if now != self._print:
                self._read, self._print = read(self.folder), now
            return self._read


def read(folder: Path) -> Read:
    """Read a folder, and tell what is wrong with it rather than raise it."""
    try:
        policy = load(folder)
        check(policy)
    except InputError as error:
        return Read(None, error)
    return Read(policy)


def print_of(folder: Path) -> Print:
    """What tells that a file of a folder has changed, appeared or gone; nothing is read."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)  # noqa: PTH118 - asked on every page, of every file
            with suppress(OSError):
                facts = os.lstat(path)
                found.append((path, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns))
    return tuple(found)
