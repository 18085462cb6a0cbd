"""Whom somebody means who writes a name on a command line: by key, by name, or by a part that fits one alone.

It never guesses: what fits several is told with those that it fits, what fits none with what is most like it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.desired import Policy
    from reconciler.grid import Names, Register

CANDIDATES = 8
"""So many are listed where a name fits several."""


def find_consultant(register: Register, policy: Policy, text: str) -> int | Finding:
    """The consultant that is meant.

    Args:
        register: whom there is.
        policy: for new keys of those whom the register still calls by the old one.
        text: a key, a name, or a part of either.

    Returns:
        The id; a finding where it is nobody or could be several.
    """
    return _find(
        text,
        register.consultants.names,
        lambda: [(label,) for label in register.consultants.labels],
        _renames(policy, "renames.consultants"),
        unknown=lambda: Message("there is no consultant “{name}”", name=text),
        several=lambda n: Message("“{name}” could be {n} consultants", name=text, n=n),
    )


def find_client(register: Register, policy: Policy, text: str) -> int | Finding:
    """The client that is meant; as `find_consultant`."""
    return _find(
        text,
        register.clients.names,
        lambda: [(label,) for label in register.clients.labels],
        _renames(policy, "renames.clients"),
        unknown=lambda: Message("there is no client “{name}”", name=text),
        several=lambda n: Message("“{name}” could be {n} clients", name=text, n=n),
    )


def find_program(register: Register, text: str) -> int | Finding:
    """The program that is meant, in any language; as `find_consultant`."""
    return _find(
        text,
        register.programs.names,
        lambda: [tuple(labels.values()) for labels in register.programs.labels],
        {},
        unknown=lambda: Message("there is no program “{name}”", name=text),
        several=lambda n: Message("“{name}” could be {n} programs", name=text, n=n),
    )


def _renames(policy: Policy, section: str) -> Mapping[str, str]:
    return {new: str(entry.value) for new, entry in policy.sections[section].items()}


def _find(
    text: str,
    names: Names,
    called: Callable[[], Sequence[tuple[str, ...]]],
    renames: Mapping[str, str],
    *,
    unknown: Callable[[], Message],
    several: Callable[[int], Message],
) -> int | Finding:
    exact = names.find(text)
    if exact is None and text in renames:
        exact = names.find(renames[text])
    if exact is not None:
        return exact
    labels, wanted = called(), _folded(text)
    fits = (_called(wanted, names, labels) or _containing(wanted, names, labels)) if wanted else []
    if len(fits) == 1:
        return fits[0]
    if fits:
        listed = "; ".join(
            f"{names[i]} {labels[i][0] if labels[i] else ''}".strip() for i in fits[:CANDIDATES]
        )
        more = "; …" if len(fits) > CANDIDATES else ""
        hint = Message("write more of it, or the key: {names}", names=listed + more)
        return Finding("ambiguous-name", several(len(fits)), hint=hint)
    return Finding("unknown-name", unknown(), hint=_meant(text, names, labels, renames))


def _meant(
    text: str, names: Names, labels: Sequence[tuple[str, ...]], renames: Mapping[str, str]
) -> Message | None:
    """What was probably meant: the same without dots and accents, or what is most like it."""
    wanted = _plain(text)
    for key, row in zip(names, labels, strict=True):
        if wanted and any(wanted in _plain(part) for part in (key, *row)):
            return Message("did you mean “{name}”?", name=f"{key} {row[0] if row else ''}".strip())
    known = dict.fromkeys((*names, *renames, *(label for row in labels for label in row if label)))
    return did_you_mean(text, known)


def _plain(text: str) -> str:
    """Folded, and without the marks above and below letters."""
    return "".join(c for c in unicodedata.normalize("NFD", _folded(text)) if not unicodedata.combining(c))


def _folded(text: str) -> str:
    """Without regard to case, to how an accent is encoded and to how wide a space is."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _called(wanted: str, names: Names, labels: Sequence[tuple[str, ...]]) -> list[int]:
    """The ids of those that are called just so, by key, by name, or as our own output writes both."""
    return [
        number
        for number, (key, row) in enumerate(zip(names, labels, strict=True))
        for folded in ([_folded(key), *map(_folded, row)],)
        if wanted in folded or any(wanted in (f"{folded[0]} {one}", f"{one} ({folded[0]})") for one in folded)
    ]


def _containing(wanted: str, names: Names, labels: Sequence[tuple[str, ...]]) -> list[int]:
    """The ids of those whose key or name has it as a part."""
    return [
        number
        for number, (key, row) in enumerate(zip(names, labels, strict=True))
        if any(wanted in _folded(part) for part in (key, *row))
    ]
