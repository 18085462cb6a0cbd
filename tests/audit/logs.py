"""Small audit logs for tests, and ways to spoil them."""

from __future__ import annotations

from pathlib import Path

from reconciler.audit.log import Log


def log_in(folder: Path) -> Log:
    """A log and its head, in two folders below this one."""
    return Log(folder / "logs" / "audit.jsonl", folder / "state" / "heads" / "audit.json")


def entry(number: int, text: str = "") -> dict:
    """One entry; what it says is of no account to the chain."""
    return {"event": "test", "at": "2026-11-24T10:00:00Z", "number": number, "text": text}


def lines_of(log: Log) -> list[bytes]:
    """The lines as they stand, with their line breaks."""
    return log.path.read_bytes().splitlines(keepends=True)
