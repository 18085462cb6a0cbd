"""How long the command line takes to say anything, against what Python and click take alone.

    python -m benchmarks.startup [--runs 15] [--json]

Goal: `reconciler --help` in at most 2 × `python -c "import click"`. The two run in turn, so that a machine
whose speed drifts does not favour either; the median counts. Byte code must be cached: run it with
PYTHONDONTWRITEBYTECODE unset.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.measure import reconciler, table

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "python -c 'import click'": [sys.executable, "-c", "import click"],
    "reconciler --help": reconciler("--help"),
    "reconciler plan --help": reconciler("plan", "--help"),
}


def main(arguments: Sequence[str]) -> int:
    """Measure in turn and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(options.runs + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
            seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(times[1:]) for name, times in seconds.items()}
    floor = medians["python -c 'import click'"]
    rows = [
        {"command": name, "ms": round(median * 1000, 1), "× import click": round(median / floor, 2)}
        for name, median in medians.items()
    ]
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
