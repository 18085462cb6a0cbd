"""The cache folder: what spares work and may be deleted at any time; readable by its owner alone.

RECONCILER_CACHE_DIR, or where the system keeps the cache of a user's programs. It is made when something is
written, and where that cannot be done everything works without it.
"""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """The folder, which need not be there."""
    from platformdirs import user_cache_path

    given = os.environ.get("RECONCILER_CACHE_DIR")
    return Path(given) if given else user_cache_path("reconciler")
