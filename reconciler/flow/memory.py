"""What `drift` remembers: that all was in sync, so that it need not fetch and compare what has not changed.

It must never hide a drift. A memory holds for one backend, operator and question, and only while the YAML is
the same byte for byte, the day is the same, and the backend itself says that register and access are unchanged.
Nobody else can write one (see `backends/signed.py`). Safe to delete at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.backends.signed import SignedFile
from reconciler.flow.seen import Seen, Size, allowed_figure
from reconciler.formats.metrics import Checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.backends import Backend, BackendConfig
    from reconciler.flow.world import Wanted
    from reconciler.plan import Current

_LARGEST = 1_000_000
"""Bytes of a file that is read, and so of what is remembered."""


_LARGEST_YAML = 64 * 2**20
"""Bytes of a file of YAML; `desired` reads no larger one."""


@dataclass(frozen=True, slots=True)
class Known:
    """That all was in sync, and still is.

    Attributes:
        printed: what was printed.
        checked: what there is to measure.
    """

    printed: str
    checked: Checked


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of one question.

    Attributes:
        file: of it; None where nothing may be remembered.
        policies: the digest of the YAML as it is now.
        wanted: what is asked for.
        config: the backend.
    """

    file: SignedFile | None
    policies: str
    wanted: Wanted
    config: BackendConfig

    @classmethod
    def of(cls, policies: Path, config: BackendConfig, wanted: Wanted, form: Mapping[str, Any]) -> Memory:
        """The memory of a question.

        Args:
            policies: the folder of the YAML.
            config: the backend, the token that asks, and the folder for what is remembered.
            wanted: what is asked for.
            form: how it is to be printed.
        """
        # findings name files as the user did
        question = (str(policies), str(policies.absolute())), wanted, sorted(form.items())
        file = SignedFile.of(config.cache, "drift", config, *question) if config.cache else None
        return cls(file, digest(policies), wanted, config)

    def recall(self, backend: Backend) -> Known | None:
        """What was found when all was in sync, if it still is; asks the backend.

        Raises:
            GuardrailRefused: where it is as it was then, and has been much larger since: half of it was restored.
        """
        said = self._read()
        if said is None or said.get("policies") != self.policies or "size" not in said:
            return None
        if said.get("day") != self._day(said["timezone"]) or not backend.unchanged(said["mark"]):
            return None
        size = Size(**said["size"])
        Seen.of(self.config, said["bureau"]).check(size, allowed_figure(self.wanted.allow))
        return Known(said["printed"], Checked(said["bureau"], in_sync=True))

    def keep(self, backend: Backend, policies: Path, current: Current, printed: str) -> None:
        """Remember that all was in sync, if nothing has moved while it was looked at; that it cannot is no error."""
        zone = current.register.timezone
        same = digest(policies) == self.policies and backend.unchanged(current.mark)
        if self.file and same and len(printed) < _LARGEST // 8:
            said = {
                "policies": self.policies,
                "day": self._day(zone),
                "timezone": zone,
                "mark": current.mark,
                "bureau": current.register.bureau,
                "size": asdict(Size.of(current)),
                "printed": printed,
            }
            with suppress(OSError):
                self.file.write([json.dumps(said).encode()])

    def _day(self, timezone: str) -> str:
        from reconciler.flow.world import day_in

        return (self.wanted.as_of or day_in(timezone)).isoformat()

    def _read(self) -> dict[str, Any] | None:
        """What is remembered."""
        content = self.file.read(_LARGEST) if self.file else None
        return None if content is None else json.loads(content)


def digest(policies: Path) -> str:
    """Of the names of all files that stand in a folder of YAML, and of the bytes of the YAML."""
    found = hashlib.sha256()
    for path in _files(policies):
        name = os.fsencode(path.relative_to(policies))
        content = b""
        if path.suffix == ".yaml":
            content = _content(path, policies) or os.urandom(16)  # equal to nothing
        found.update(b"%d %b %d %b" % (len(name), name, len(content), content))
    return found.hexdigest()


def _content(path: Path, folder: Path) -> bytes | None:
    """The bytes of a file of a folder of YAML; None where there is none that `desired` would read, or it is empty.

    It is told from what is opened: a link that leads elsewhere, a pipe or a device must not be read, not even
    for a digest.
    """
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            return None
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as opened:
            status = os.fstat(opened.fileno())
            whole = stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST_YAML
            return opened.read(_LARGEST_YAML) if whole else None
    except OSError:
        return None


def _files(folder: Path) -> Iterator[Path]:
    """As `desired` walks: hidden ones are left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        yield from (Path(parent) / name for name in sorted(names) if not name.startswith("."))
