"""How long it takes to verify an audit log, against hashing the same bytes, and to ask it something.

    python -m benchmarks.audit [--lines 1000000] [--repeat 3] [--json]

Goal: a million lines in seconds. The floor is SHA-256 over the file in one piece with hashlib, which no chain can
reach, and over each line by itself, which is what a chain must do at least. All in the same run; the best counts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import reconciler, run, table
from reconciler.audit.chain import EMPTY, after, line_of
from reconciler.audit.head import Kept, keep
from reconciler.audit.verify import verify
from reconciler.flow.auditing import log_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.audit.log import Log

ENTRIES = 20
"""Orders of a run; each has two lines."""


def main(arguments: Sequence[str]) -> int:
    """Make a log, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        row = _measure(Path(folder), options.lines, options.repeat)
    print(json.dumps([row], indent=2) if options.json else table([row]))
    return 0


def _measure(folder: Path, lines: int, repeat: int) -> dict[str, object]:
    environment = {"RECONCILER_STATE_DIR": str(folder / "state"), "RECONCILER_LANG": "en"}
    log = _log(folder, lines)
    whole = _best(repeat, lambda: _hash(log.path))
    each = _best(repeat, lambda: _hash_lines(log.path))
    verified = _best(repeat, lambda: _sound(log))
    asked = run(
        reconciler("audit", "show", "--audit-log", str(log.path), "--client", "1042", "--program", "payroll"),
        folder,
        environment,
    )
    return {
        "lines": lines,
        "MB": round(log.path.stat().st_size / 1e6),
        "hash s": round(whole, 3),
        "hash lines s": round(each, 3),
        "verify s": round(verified, 3),
        "× hash": round(verified / whole, 1),
        "× hash lines": round(verified / each, 1),
        "show s": round(asked.seconds, 2),
        "show MB": round(asked.megabytes),
        "answers": asked.output.count(" at 1042"),
    }


def _best(repeat: int, act: Callable[[], object]) -> float:
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _hash(path: Path) -> None:
    with path.open("rb") as file:
        hashlib.file_digest(file, "sha256")


def _hash_lines(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            hashlib.sha256(line).digest()


def _sound(log: Log) -> None:
    verdict = verify(log, None)
    assert verdict.sound, verdict
    assert verdict.anchored, verdict


def _log(folder: Path, lines: int) -> Log:
    """A log of runs as apply writes them: beginning, orders, results, end; one order in a thousand is at 1042."""
    import os

    os.environ["RECONCILER_STATE_DIR"] = str(folder / "state")
    log = log_at(folder / "audit.jsonl")
    head, size, last = EMPTY, 0, 0
    with log.path.open("wb") as file:
        for number in range(lines):
            # canonical but for the frame, and written without the library: a million lines are to be made
            body = json.dumps(_entry(number), sort_keys=True, separators=(",", ":")).encode()
            line = b'{"entry":%s,"n":%d,"previous":"%s"}\n' % (body, head.lines + 1, head.digest.encode())
            assert number or line == line_of(_entry(0), EMPTY)
            head = after(line, head)
            size, last = size + len(line), len(line)
            file.write(line)
    keep(log.head_path, log.path, Kept(head, size, last))
    return log


def _entry(number: int) -> dict[str, object]:
    """One of the entries of a run, whichever is its turn."""
    run_number, step = divmod(number, 2 * ENTRIES + 2)
    key = {"at": "2026-11-24T10:00:00Z", "run": f"20261124T100000Z-{run_number:08x}"}
    place = (step - 1) % ENTRIES
    client = "1042" if (run_number * ENTRIES + place) % 1000 == 0 else f"{2000 + place}"
    block = {
        "consultants": ["anna.lind@x.example", "bo@x.example"],
        "clients": [client],
        "programs": ["payroll"],
    }
    rules = [{"rule": "payroll-leads", "kind": "assignment", "reason": "leads payroll of the team"}]
    figures = {"done": 2, "already": 0, "refused": 0, "failed": 0}
    if step == 0:
        facts = {
            "bureau": "exempelbyran",
            "timezone": "Europe/Stockholm",
            "date": "2026-11-24",
            "revision": "7",
        }
        who = {
            "operator": "it-admin",
            "user": "ingrid",
            "host": "build-7",
            "tool": "0.1.0",
            "commit": "c" * 40,
        }
        approval = {"kind": "expect"}
        return {
            "event": "run-begun",
            **key,
            **facts,
            **who,
            "plan": "sha256:" + "a" * 64,
            "approval": approval,
            "allowed": [],
        }
    if step <= ENTRIES:
        return {"event": "operation", **key, "place": place, "kind": "give-access", **block, "rules": rules}
    if step <= 2 * ENTRIES:
        done = [{"outcome": "done", "access": False, **block}]
        ended = {"ended": "finished", "job": f"job-{number}", "outcomes": figures, "blocks": done}
        return {"event": "result", **key, "place": place, "kind": "give-access", **ended}
    return {"event": "run-ended", **key, "interrupted": False, "outcomes": figures, "unfinished": 0}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
