"""Differences that the rules shall come to say, up to the files that it is written into; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.flow.adopting import adoption_of, changes_of, wanted_of, wording_of
from reconciler.flow.saving import Written, free_file, written
from reconciler.formats.catalogue import Said
from reconciler.formats.commit import Change
from reconciler.formats.names import Namer
from reconciler.formats.text.drift import happened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.flow.adopting import Adoption
    from reconciler.flow.drifting import Found
    from reconciler.flow.ground import Ground
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.drift import Drifted


@dataclass(frozen=True, slots=True, eq=False)
class Adopted(Written):
    """What the rules come to say, ready to be shown and to be saved.

    Attributes:
        adoption: what becomes of the policy, and what guardrails keep out.
    """

    adoption: Adoption


def draw_adoption(
    ground: Ground, found: Found, items: Sequence[Drifted], reason: str, say: Catalogue
) -> Adopted:
    """Write some of a drift into the files of a ground.

    Args:
        ground: the files that count.
        found: the drift from what they say.
        items: those of its differences that are adopted.
        reason: said in the rules and above the exceptions that are written; "" for nothing of one's own.
        say: the language of comments and of the commit.
    """
    day = found.drift.plan.date
    path = ground.place.folder / free_file(ground, f"adopted-{day}.yaml")
    some = replace(found.drift, items=tuple(items))
    adoption = adoption_of(found, wording_of(day, path, reason, say), wanted_of(some), {})
    texts = {name: after for name, (_, after) in changes_of(found.policy, adoption.draft, path).items()}
    cells = sum(one.cells for one in items)
    what = Message.count(
        "Adopt {n} change that was made at the bureau",
        "Adopt {n} changes that were made at the bureau",
        cells,
    )
    one = written(ground, Change(what, reason, how=tuple(_told(some.items, found, say))), texts, say)
    return Adopted(one.ground, one.told, one.edits, one.branch, one.message, adoption)


def _told(items: Sequence[Drifted], found: Found, say: Catalogue) -> Iterator[Message]:
    name = Namer(found.current.register, say)
    for one in items:
        told = happened(one, name.consultants(one.block.consultants))
        yield Message("{what} {where}", what=told, where=Said(name.at(one.block.clients)))
