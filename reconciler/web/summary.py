"""What was chosen in the dialog, in words; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.formats.names import Namer
from reconciler.grid import OperationKind
from reconciler.web.index import flags_of, index_of, keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Clients
    from reconciler.grid.arrays import Ids
    from reconciler.grid.names import Names
    from reconciler.web.drafts import Draft
    from reconciler.web.seen import Seen

MOST = 5
"""Names that are listed; the others are counted."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was chosen, in the reader's language.

    Attributes:
        operation: which of the three.
        whole: all of it in one sentence.
        consultants: their names, with how many more.
        clients: numbers and names, with how many more.
        programs: their labels; "" for none.
        gone: keys of clients and consultants that are not there any more.
    """

    operation: str
    whole: str
    consultants: str
    clients: str
    programs: str
    gone: tuple[str, ...]


def summary(seen: Seen, draft: Draft, say: Catalogue, most: int = MOST) -> Summary:
    """What a draft says.

    Args:
        seen: the bureau, for the names.
        draft: with its kind chosen.
        say: the reader's language.
        most: how many names are listed of each.
    """
    register, namer = seen.register, Namer(seen.register, say, fold=None)
    known = index_of(register.clients).know(draft.marks.clients)
    clients = _in_order(register.clients, known.ids)
    consultants = _names(
        draft.consultants, register.consultants.names, namer.consultant, say, most, sort=True
    )
    names = register.programs.names
    programs = [
        namer.program(number) for number in map(names.find, draft.programs or ()) if number is not None
    ]
    listed = say.listing(programs)
    at = say.count("at {n} client", "at {n} clients", len(draft.marks.clients))
    match draft.kind:
        case OperationKind.REMOVE_ACCESS:
            whole = say("Remove access: {consultants} {at}", consultants=consultants, at=at)
        case OperationKind.REMOVE_PROGRAMS:
            whole = say(
                "Remove {programs}: {consultants} {at}", programs=listed, consultants=consultants, at=at
            )
        case _ if programs:
            whole = say(
                "Give access and assign {programs}: {consultants} {at}",
                programs=listed,
                consultants=consultants,
                at=at,
            )
        case _:
            whole = say("Give access without programs: {consultants} {at}", consultants=consultants, at=at)
    gone = [key for key in draft.consultants if key not in register.consultants.names]
    return Summary(
        operation=operation_name(draft.kind, say),
        whole=whole,
        consultants=consultants,
        clients=_names([*clients, *known.lost], register.clients.names, namer.client, say, most),
        programs=listed,
        gone=(*gone, *known.lost),
    )


def _in_order(clients: Clients, ids: Ids) -> list[str]:
    """The keys of ids, by number as people count."""
    marks = flags_of(ids, len(clients.names))
    order = index_of(clients).order
    return keys_of(clients.names, order[marks[order]])


def operation_name(kind: OperationKind | None, say: Catalogue) -> str:
    """What people call an operation."""
    match kind:
        case OperationKind.GIVE_ACCESS:
            return say("Give access and assign programs")
        case OperationKind.REMOVE_ACCESS:
            return say("Remove access to clients")
        case OperationKind.REMOVE_PROGRAMS:
            return say("Remove access to programs")
        case None:
            return ""


def _names(
    keys: Sequence[str],
    names: Names,
    name: Callable[[int], str],
    say: Catalogue,
    most: int,
    *,
    sort: bool = False,
) -> str:
    """The first names, and how many more; a key that is not there any more stands for itself."""
    shown = keys if len(keys) <= most + 1 else keys[:most]
    words = [key if (number := names.find(key)) is None else name(number) for key in shown]
    if sort:
        words.sort(key=str.casefold)
    rest = len(keys) - len(shown)
    if rest:
        words.append(say.count("{n} more", "{n} more", rest))
    return say.listing(words)
