"""Access reviews as tables; and as a workbook that somebody fills in, which is read back with suspicion.

The second sheet of the workbook holds what was listed. What the first one shows of it, names apart, is held against
that, so that nobody signs something else than they saw.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message
from reconciler.formats.catalogue import LANGUAGES, catalogue
from reconciler.formats.safe import clean
from reconciler.formats.tables.read import read_xlsx
from reconciler.formats.tables.table import Cell, Table
from reconciler.formats.text.review import Words
from reconciler.formats.text.wording import GROUNDS
from reconciler.plan.grounds import Ground
from reconciler.review import Decision, Item, Made, Review, Scope, ScopeKind, SignOff
from reconciler.review.file import WORDS, verified

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register

_CHUNK = 30_000
"""Characters of a cell of what was listed; one may have 32,767."""

_NAMES = (2, 4, 5)
"""Columns that hold names, of which a sign-off knows nothing."""

_DECISION, _NOTE = 11, 12

_ABOUT = 5
"""Rows of the second sheet before what was listed."""


def reviews_table(found: Sequence[Review], register: Register, say: Catalogue) -> Table:
    """All lists in one table, each row with what it is of."""
    words = Words(register, say)
    rows = (
        (words.scope(review.scope), *_row(number, one, words)[1:])
        for review in found
        for number, one in enumerate(review.items, 1)
    )
    return Table(say("Access review"), [say("review of"), *_headings(say)[1:_DECISION]], rows)


def workbook(review: Review, register: Register, say: Catalogue) -> tuple[Table, Table]:
    """One list to be filled in, and a sheet that says what it is of."""
    words = Words(register, say)
    rows = ((*_row(number, one, words), "", "") for number, one in enumerate(review.items, 1))
    choices = {_DECISION: _words(say)}
    about: list[Sequence[Cell]] = [
        (say("review of"), words.scope(review.scope)),
        (say("date"), review.date),
        (say("digest"), review.digest),
        (say("signed by"), ""),
        (say("how"), _how(say)),
        *((say("what was listed"), chunk) for chunk in _packed(review)),
    ]
    return (
        Table(say("Access review"), _headings(say), rows, choices),
        Table(say("About"), [say("what"), say("value")], about),
    )


def _words(say: Catalogue) -> list[str]:
    return [say("keep"), say("remove")]


def _how(say: Catalogue) -> str:
    keep, remove = _words(say)
    return say(
        "Write {keep} or {remove} into each row, and your name above; then: reconciler review sign FILE",
        keep=keep,
        remove=remove,
    )


def _headings(say: Catalogue) -> list[str]:
    return [
        say("row"),
        say("consultant"),
        say("consultant's name"),
        say("client"),
        say("client's name"),
        say("programs"),
        say("keys of the programs"),
        say("why"),
        say("rules"),
        say("held since"),
        say("last day"),
        say("decision"),
        say("note"),
    ]


def _row(number: int, one: Item, words: Words) -> tuple[Cell, ...]:
    say = words.say
    return (
        number,
        one.consultant,
        words.consultant(one.consultant),
        one.client,
        words.client(one.client),
        ", ".join(words.program(program) for program in one.programs) or say("access without programs"),
        ", ".join(one.programs),
        say.message(GROUNDS[one.ground]),
        ", ".join(one.rules),
        one.since,
        one.until,
    )


def _packed(review: Review) -> Iterator[str]:
    """What was listed, in letters and figures that nothing changes on the way."""
    document = {
        "bureau": review.bureau,
        "scope": [review.scope.kind.value, review.scope.name],
        "date": review.date.isoformat(),
        "access": [item.document() for item in review.items],
    }
    text = base64.b64encode(json.dumps(document).encode()).decode()
    return (text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK))


def read_workbook(content: bytes, name: object) -> SignOff:
    """What somebody filled in, not signed yet unless a name stands in it.

    Args:
        content: of the file.
        name: how errors call it.

    Raises:
        InputError: where it is no such workbook, or shows something else than what was listed.
    """
    sheets = list(read_xlsx(content, name).values())
    try:
        listed, about = sheets[0], sheets[1][1:]
        review = _unpacked("".join(row[1] for row in about[_ABOUT:]))
        digest, by = about[2][1], about[3][1].strip()
    except (IndexError, ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            Message("{file} is no access review that was listed with “review list”", file=name)
        ) from None
    made = _made(listed, review, name)
    return verified(SignOff(review, made, by), digest, name)


def _unpacked(text: str) -> Review:
    said = json.loads(base64.b64decode(text, validate=True))
    items = tuple(
        Item(
            consultant=row["consultant"],
            client=row["client"],
            programs=tuple(row["programs"]),
            ground=Ground(row["why"]),
            rules=tuple(row["rules"]),
            **{day: dt.date.fromisoformat(row[day]) for day in ("since", "until") if day in row},
        )
        for row in said["access"]
    )
    kind, scope = said["scope"]
    return Review(said["bureau"], Scope(ScopeKind(kind), scope), dt.date.fromisoformat(said["date"]), items)


def _made(listed: Sequence[Sequence[str]], review: Review, name: object) -> tuple[Made, ...]:
    """The decisions, by number of the row: whoever fills them in may sort them."""
    say = next((s for s in map(catalogue, LANGUAGES) if list(listed[0][: _NOTE + 1]) == _headings(s)), None) if listed else None  # fmt: skip
    if say is None:
        raise InputError(
            Message("{file}: the headings of the first sheet are not those of a review", file=name)
        )
    words = Words(None, say)
    shown = {str(number): _row(number, one, words) for number, one in enumerate(review.items, 1)}
    made: dict[str, Made] = {}
    for row in listed[1:]:
        if not any(row):
            continue
        number = row[0]
        if number not in shown or number in made or not _alike(row, shown[number]):
            raise InputError(
                Message("{file}: row {number} does not show what was listed", file=name, number=number),
                Message("list it anew, and write into decision and note alone"),
            )
        made[number] = Made(_decision(row[_DECISION], number, name), row[_NOTE].strip())
    return tuple(made.get(number, Made()) for number in shown)


def _alike(row: Sequence[str], shown: Sequence[Cell]) -> bool:
    """Whether a row shows what was listed, names apart."""
    return all(
        read == ("" if cell is None else clean(str(cell)))
        for column, (read, cell) in enumerate(zip(row, shown, strict=False))
        if column not in _NAMES
    )


def _decision(text: str, number: str, name: object) -> Decision | None:
    word = text.strip().lower()
    if word and word not in WORDS:
        raise InputError(
            Message(
                "{file}: row {number} says “{word}”, which is neither keep nor remove",
                file=name,
                number=number,
                word=text,
            )
        )
    return WORDS.get(word)
