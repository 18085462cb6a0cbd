"""Files as forges name them: from the root of the repository, with forward slashes.

Positions name files from the working folder, which a pipeline may have changed to a part of the repository.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote


class Places:
    """Names files from the root of the repository that the working folder is in; from the working folder where there is none."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = Path.cwd() if folder is None else folder
        above = (self._folder, *self._folder.parents)
        self._root = next((one for one in above if (one / ".git").exists()), self._folder)

    def path(self, file: str) -> str:
        """A file of a position; one outside of the repository stays as it is."""
        whole = Path(os.path.normpath(self._folder / file))
        if whole.is_relative_to(self._root):
            return whole.relative_to(self._root).as_posix()
        return Path(file).as_posix()

    def uri(self, file: str) -> str:
        """The same as a URI reference."""
        path = self.path(file)
        encoded = quote(path.encode("utf-8", "surrogateescape"), safe="/")
        return f"file://{encoded}" if path.startswith("/") else encoded
