"""How two registers differ: sentences, and a document that `schemas/plan.schema.json` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.register import Moved
    from reconciler.register.moved import Keys

_SHOWN = 5


def moved_document(found: Moved) -> dict[str, Any]:
    """What is new, gone or changed, by key."""
    return {
        "up-to-date": found.none,
        "bureau": found.bureau,
        "programs": _keys(found.programs),
        "consultants": _keys(found.consultants),
        "clients": _keys(found.clients),
    }


def moved_sentences(found: Moved, *, full: bool = False) -> Iterator[Message]:
    """What is new, gone or changed, a few of each by name."""
    if found.bureau:
        yield Message("the bureau has another key, name or time zone")
    for keys, sentences in (
        (found.programs, _PROGRAMS),
        (found.consultants, _CONSULTANTS),
        (found.clients, _CLIENTS),
    ):
        for names, sentence in zip((keys.new, keys.gone, keys.changed), sentences, strict=True):
            if names:
                shown = names if full else names[:_SHOWN]
                yield sentence(len(names), ", ".join(shown) + (" …" if len(shown) < len(names) else ""))


_PROGRAMS: tuple[Callable[[int, str], Message], ...] = (
    lambda n, names: Message.count("{n} new program: {names}", "{n} new programs: {names}", n, names=names),
    lambda n, names: Message.count(
        "{n} program is gone: {names}", "{n} programs are gone: {names}", n, names=names
    ),
    lambda n, names: Message.count(
        "{n} program has changed: {names}", "{n} programs have changed: {names}", n, names=names
    ),
)
_CONSULTANTS: tuple[Callable[[int, str], Message], ...] = (
    lambda n, names: Message.count(
        "{n} new consultant: {names}", "{n} new consultants: {names}", n, names=names
    ),
    lambda n, names: Message.count(
        "{n} consultant is gone: {names}", "{n} consultants are gone: {names}", n, names=names
    ),
    lambda n, names: Message.count(
        "{n} consultant has another name, status, tag or team: {names}",
        "{n} consultants have another name, status, tag or team: {names}",
        n,
        names=names,
    ),
)
_CLIENTS: tuple[Callable[[int, str], Message], ...] = (
    lambda n, names: Message.count("{n} new client: {names}", "{n} new clients: {names}", n, names=names),
    lambda n, names: Message.count(
        "{n} client is gone: {names}", "{n} clients are gone: {names}", n, names=names
    ),
    lambda n, names: Message.count(
        "{n} client has another name, status, tag or team: {names}",
        "{n} clients have another name, status, tag or team: {names}",
        n,
        names=names,
    ),
)
"""What is told of the new ones, those that are gone, and those that have changed."""


def _keys(keys: Keys) -> dict[str, list[str]]:
    return {"new": list(keys.new), "gone": list(keys.gone), "changed": list(keys.changed)}
