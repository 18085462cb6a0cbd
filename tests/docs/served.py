"""Commands that serve until they are stopped: what they say when they are ready, as a page shows it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PORTS = {("bureau", "serve"): 8080, ("web",): 8090}
"""Where each listens when nothing is said; in a test it takes any port that is free."""

READY = re.compile(r"http://127\.0\.0\.1:\d+/(open\?key=\S+)?$")
"""How the last line ends that it says before it waits."""


def serves(words: Sequence[str]) -> bool:
    """Whether a command, without its first word, does not end by itself."""
    return any(tuple(words[: len(name)]) == name for name in PORTS)


def served(words: Sequence[str], folder: Path) -> str:
    """Run it until it is ready; what it says, with the port that it has when nothing is said, and no key."""
    port = next(port for name, port in PORTS.items() if tuple(words[: len(name)]) == name)
    running = subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words, "--port", "0"],
        cwd=folder, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert running.stderr is not None
    said = []
    try:
        for line in running.stderr:
            said.append(line)
            if READY.search(line):
                break
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)
        running.stderr.close()
    text = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", "".join(said))
    return re.sub(r"key=\S+", "key=…", text)
