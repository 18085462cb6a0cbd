"""Runs that were begun on a page: one at a time, in a thread of its own, whatever becomes of whoever began it.

What is known of a run stands in the journal. Here stands only what that cannot know: that it is about to begin, why it
did not, and what a look at the bureau said afterwards.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.apply import Pace
from reconciler.errors import Busy, Message, ReconcilerError
from reconciler.flow.applying import apply_agreed
from reconciler.flow.world import open_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.apply import Result
    from reconciler.flow.applying import Agreed, Applied
    from reconciler.flow.settings import Where

logger = logging.getLogger(__name__)

MOST = 50
"""Attempts that are remembered."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """Something that was agreed to on a page.

    Attributes:
        agreed: what.
        begun: whether it stands in the journal.
        done: operations that have come to their end.
        total: of so many.
        told: what there was to know meanwhile.
        applied: what became of it; None while it goes on, and where nothing did.
        problem: why nothing was done; None where something was, or may be yet.
    """

    agreed: Agreed
    begun: bool = False
    done: int = 0
    total: int = 0
    told: tuple[Message, ...] = ()
    applied: Applied | None = None
    problem: ReconcilerError | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.applied is not None or self.problem is not None


class Runner:
    """Begins runs and remembers them; safe to use from many threads.

    Args:
        where: the YAML and the bureau, which each run opens for itself.
        after: called when a run is over.
    """

    def __init__(self, where: Where, after: Callable[[], None]) -> None:
        self._where, self._after = where, after
        self._lock = threading.Lock()
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()

    def find(self, run: str) -> Attempt | None:
        """What is known of a run; None where it was not begun here, or long ago."""
        return self._attempts.get(run)

    def begin(self, agreed: Agreed) -> str:
        """Begin a run; where the same is going on already, that is the one.

        Returns:
            The key of the run.

        Raises:
            Busy: where another one is going on.
        """
        with self._lock:
            going = next((one for one in self._attempts.values() if not one.over), None)
            if going is not None and _same(going.agreed, agreed):
                return going.agreed.run
            if going is not None:
                raise Busy(
                    Message("another apply of this bureau is at it: run {run}", run=going.agreed.run),
                    Message("wait until it is over, and look at the plan again; nothing was done"),
                )
            self._attempts[agreed.run] = Attempt(agreed)
            while len(self._attempts) > MOST:
                self._attempts.popitem(last=False)
        # not a daemon: a server that is stopped lets the run come to its end
        threading.Thread(target=self._run, args=(agreed,), name=agreed.run).start()
        return agreed.run

    def _run(self, agreed: Agreed) -> None:
        run = agreed.run

        def progress(result: Result, done: int, total: int) -> None:  # noqa: ARG001 - as a Progress names it
            self._change(run, done=done, total=total)

        def tell(message: Message) -> None:
            self._change(run, told=(*self._attempts[run].told, message))

        try:
            with open_world(self._where) as world:
                applied = apply_agreed(
                    world, agreed, Pace(), nullcontext(progress), tell, lambda: self._change(run, begun=True)
                )
            self._change(run, applied=applied)
        except ReconcilerError as error:
            self._change(run, problem=error)
        except Exception:
            logger.exception("a run failed")
        finally:
            if not self._attempts[
                run
            ].over:  # the last resort: a run that nobody waits for must be seen to be over
                message = Message("Something went wrong on our side. What it was stands in the server's log.")
                self._change(run, problem=ReconcilerError(message))
            self._after()

    def _change(self, run: str, **values: object) -> None:
        with self._lock:
            self._attempts[run] = replace(self._attempts[run], **values)  # type: ignore[arg-type]


def _same(one: Agreed, other: Agreed) -> bool:
    return (one.approved.digest, one.wish) == (other.approved.digest, other.wish)
