"""`drift --watch`: check again and again, and say something only when what is found has changed."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reconciler.commands.failures import tell
from reconciler.commands.printing import put
from reconciler.commands.progress import telling
from reconciler.commands.signals import stoppable
from reconciler.errors import Exit, ReconcilerError, Unreachable
from reconciler.flow.channels import check_channels, notify
from reconciler.flow.checking import check
from reconciler.flow.settings import read_settings

if TYPE_CHECKING:
    from reconciler.flow.checking import Check, Seen
    from reconciler.formats.notices import Notice

_FIRST_PAUSE = 5.0
"""Seconds after a check that failed; twice as many after each next one, up to the usual pause."""


@dataclass
class _Before:
    """What the last checks said.

    Attributes:
        key: what was printed last, but for the day and the revision; None where nothing was.
        in_sync: whether all was in sync then; None where nobody has looked yet.
        failure: the last failure that was told; "" since a check that worked.
        failures: how many checks in a row have failed.
    """

    key: str | None = None
    in_sync: bool | None = None
    failure: str = ""
    failures: int = 0


def watch(asked: Check, every: float) -> int:
    """Check until somebody stops it; it is stopped in order by SIGTERM or Ctrl-C.

    Args:
        asked: what is checked.
        every: seconds from one check to the next.

    Raises:
        ReconcilerError: where the first check fails for something else than a backend that does not answer.
    """
    if read_settings(asked.where).notify:
        check_channels(read_settings(asked.where).notify)
    before = _Before()
    try:
        with stoppable():
            while True:
                time.sleep(_once(asked, before, every))
    except KeyboardInterrupt:
        click.echo(asked.say("Stopped."), err=True)
        return Exit.OK


def _once(asked: Check, before: _Before, every: float) -> float:
    """One check; the seconds to wait afterwards."""
    try:
        seen = check(asked)
    except ReconcilerError as error:
        if before.in_sync is None and not isinstance(error, Unreachable):
            raise
        return _failed(error, asked, before, every)
    if before.failures:
        click.echo(asked.say("It works again."), err=True)
    before.failure, before.failures = "", 0
    key = _key(seen)
    if key != before.key:
        put(seen.said)
        sys.stdout.flush()
        _notify(seen, asked, before)
    before.key, before.in_sync = key, seen.checked.in_sync
    return every


def _key(seen: Seen) -> str:
    """What was found, but for the day and the revision; "" where all is in sync."""
    if seen.drift is None or seen.checked.in_sync:
        return ""
    from reconciler.formats.drift import drift_document
    from reconciler.formats.json import to_json

    return to_json({**drift_document(seen.drift), "date": None, "revision": None})


def _failed(error: ReconcilerError, asked: Check, before: _Before, every: float) -> float:
    """Tell of a failure, once; and try again sooner than usual, at first."""
    text = asked.say.message(error.message)
    if text != before.failure:
        tell(error, asked.say)
    before.failure = text
    before.failures += 1
    return float(min(every, _FIRST_PAUSE * 2 ** min(before.failures - 1, 20)))


def _notify(seen: Seen, asked: Check, before: _Before) -> None:
    """Tell the channels of drift that is new, and when there is none any more."""
    notice: Notice
    if not seen.checked.in_sync and seen.drift is not None:
        from reconciler.formats.notices import drift_notice

        notice = drift_notice(seen.drift, asked.say)
    elif before.in_sync is False:
        from reconciler.formats.notices import calm_notice

        notice = calm_notice(seen.checked.bureau, asked.say)
    else:
        return
    notify(read_settings(asked.where).notify, notice, telling(asked.say))
