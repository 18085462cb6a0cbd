"""One drift check from end to end: at once where nothing can have changed, else a look at the bureau."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reconciler.flow.memory import Memory
from reconciler.flow.settings import backend_config, read_settings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.backends import Backend
    from reconciler.flow.drifting import Found
    from reconciler.flow.settings import Settings, Where
    from reconciler.flow.world import Wanted
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.fits import Comment
    from reconciler.formats.metrics import Checked
    from reconciler.plan.drift import Drift


@dataclass(frozen=True, slots=True)
class Check:
    """What is checked, and how it is told.

    Attributes:
        where: where the YAML and the bureau are.
        wish: which part is looked at, on which day.
        since: only what was changed on this day or later; None for whenever.
        unmanaged_too: whether what no rule mentions counts.
        fresh: look again, whatever was seen the last time.
        full: fold no lists.
        form: how it is printed.
        metrics: a file for figures; None for none.
        say: the language.
        comment: where it will stand, where it is a comment.
    """

    where: Where
    wish: Wanted
    since: dt.date | None
    unmanaged_too: bool
    fresh: bool
    full: bool
    form: str
    metrics: Path | None
    say: Catalogue
    comment: Comment

    @property
    def question(self) -> dict[str, Any]:
        """What tells the memory of this check from that of another one."""
        printed_as = {
            "form": self.form,
            "full": self.full,
            "language": self.say.language,
            "comment": str(self.comment),
        }
        return {**printed_as, "since": str(self.since), "ignore-unmanaged": not self.unmanaged_too}


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a check found.

    Attributes:
        said: as it is printed.
        checked: the figures.
        drift: what differs; None where it is known that nothing has changed since all was in sync.
    """

    said: str | bytes
    checked: Checked
    drift: Drift | None


def check(asked: Check) -> Seen:
    """Check once, and write the figures where a file for them is named.

    Raises:
        ReconcilerError: where the YAML or the backend cannot be used.
    """
    begun = time.monotonic()
    settings = read_settings(asked.where)
    with _opened(settings, asked) as (backend, memory):
        known = None if asked.fresh else memory.recall(backend)
        if known is not None:
            seen = Seen(known.printed, known.checked, None)
        else:
            seen = _look(backend, memory, settings, asked)
    if asked.metrics is not None:
        from reconciler.flow.files import write_over
        from reconciler.formats.metrics import metrics_text

        write_over(asked.metrics, metrics_text(seen.checked, time.time(), time.monotonic() - begun))
    return seen


@contextmanager
def found(asked: Check) -> Iterator[Found]:
    """What differs and what it was found in, for as long as the backend is open.

    Raises:
        ReconcilerError: as `check`.
    """
    settings = read_settings(asked.where)
    with _opened(settings, asked) as (backend, memory):
        yield _found(backend, memory, settings, asked)


@contextmanager
def _opened(settings: Settings, asked: Check) -> Iterator[tuple[Backend, Memory]]:
    from reconciler.backends import open_backend

    config = backend_config(settings)
    memory = Memory.of(settings.policies, config, asked.wish, asked.question)
    with open_backend(replace(config, cache=None) if asked.fresh else config) as backend:
        yield backend, memory


def _found(backend: Backend, memory: Memory, settings: Settings, asked: Check) -> Found:
    from reconciler.desired import load
    from reconciler.flow.clocks import same_day
    from reconciler.flow.drifting import Found, compare
    from reconciler.flow.seen import look
    from reconciler.plan.drift import Question

    policy, current = load(settings.policies), backend.current()
    same_day(current, asked.wish.as_of)
    look(memory.config, policy, current, asked.wish.allow)
    question = Question(asked.since, unmanaged_too=asked.unmanaged_too)
    drift = compare(policy, current, backend, asked.wish, question)
    return Found(policy, current, backend, asked.wish, question, drift)


def _look(backend: Backend, memory: Memory, settings: Settings, asked: Check) -> Seen:
    """Compare; and remember it, if all is in sync."""
    from reconciler.flow.drifting import checked
    from reconciler.formats import show_drift

    found = _found(backend, memory, settings, asked)
    drift = found.drift
    said = show_drift(
        drift, asked.form, asked.say, full=asked.full, current=found.current, comment=asked.comment
    )
    if drift.in_sync and isinstance(said, str):  # a table is made anew each time
        memory.keep(backend, settings.policies, found.current, said)
    return Seen(said, checked(drift), drift)
