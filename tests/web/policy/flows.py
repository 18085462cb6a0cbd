"""Ways through the dialog that tests share: to the page that checks, and on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import unescape

from reconciler.web.policy.links import Links
from tests.support.reader import Form, Reader

DAVID = "david.holm@exempelbyran.example"
BERTIL = "bertil.ek@exempelbyran.example"
ANNA = "anna.lind@exempelbyran.example"


@contextmanager
def visiting(url: str, links: Links, language: str = "en") -> Iterator[Reader]:
    """Somebody who is let in."""
    with Reader(url, language) as reader:
        reader.get(f"/open?key={links.give()}")
        reader.send("/open")
        yield reader


def begin(
    reader: Reader,
    kind: str,
    clients: Iterable[str],
    consultants: Iterable[str],
    programs: Iterable[str] = (),
) -> None:
    """Choose in the dialog, up to the page that checks."""
    reader.get("/")
    named = [("client", one) for one in clients] + [("consultant", one) for one in consultants]
    csrf = reader.form("/sign-out").fields[0]
    reader.follow(reader.post(Form("/manage", "post", [csrf, *named])))
    reader.send("/operation", operation=kind, do="next")
    reader.send("/consultants", do="next")
    if reader.path.endswith("/programs"):
        reader.send("/programs", program=list(programs), do="next")
    assert reader.path.endswith("/check"), reader.path


def say(reader: Reader, reason: str = "covers for Eva", **said: str) -> str:
    """Say why, and look at what it means."""
    return reader.send("/check", reason=reason, **said)


def save(reader: Reader) -> str:
    """Save what is shown; the branch of its proposal."""
    reader.send("/save")
    assert reader.path.startswith("/proposals/"), reader.path
    return reader.path.removeprefix("/proposals/")


def words(page: str) -> str:
    """The text of the page's content, in one line."""
    inner = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", inner.partition(">")[2])).split())
