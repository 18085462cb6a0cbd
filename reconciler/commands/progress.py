"""Progress, and what there is to tell meanwhile, on stderr: a bar on a terminal; in a log a line now and then, and one for each that goes wrong."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.apply import Progress, Result
    from reconciler.errors import Message
    from reconciler.flow.telling import Tell
    from reconciler.formats.catalogue import Catalogue


@contextmanager
def progress(say: Catalogue) -> Iterator[Progress]:
    """Something to call for each operation that has ended."""
    if not sys.stderr.isatty():
        yield _Lines(say)
        return
    with click.progressbar(length=1, label=say("Applying"), file=sys.stderr, show_pos=True) as bar:

        def show(result: Result, done: int, total: int) -> None:
            del result
            bar.length = total
            bar.update(done - bar.pos)

        yield show


LINES = 20
"""Lines in a log for the operations that end well, at most."""


class _Lines:
    """Lines for logs."""

    def __init__(self, say: Catalogue) -> None:
        self._say = say

    def __call__(self, result: Result, done: int, total: int) -> None:
        from reconciler.apply import Ended
        from reconciler.formats.text.results import ENDED, KINDS

        if result.ended is Ended.FINISHED and done * LINES // total == (done - 1) * LINES // total:
            return
        say = self._say
        text = say(
            "{done} of {total}: {kind}: {ended}",
            done=done,
            total=total,
            kind=say.message(KINDS[result.order.kind]),
            ended=say.message(ENDED[result.ended]),
        )
        click.echo(text, err=True)


def telling(say: Catalogue) -> Tell:
    """Something to call with what there is to tell."""

    def tell(message: Message) -> None:
        click.echo(say.message(message), err=True)

    return tell
