"""What every test shares."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.support.canary"]

# CI draws the same examples each time, so that a failure there is a failure here; nightly runs draw more.
settings.register_profile(
    "default", max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", parent=settings.get_profile("default"), derandomize=True)
settings.register_profile("thorough", parent=settings.get_profile("default"), max_examples=5000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a suite that runs in the background has Ctrl-C ignored, and so would have the commands that it interrupts
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _own_folders() -> Iterator[None]:
    """What commands remember, those in processes of their own among them, stays out of the user's folders."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECONCILER_CACHE_DIR", f"{folder}/cache")
        patch.setenv("RECONCILER_STATE_DIR", f"{folder}/state")
        yield
