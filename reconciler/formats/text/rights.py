"""What operators may hand out, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.names import FOLD, Namer
from reconciler.formats.rights import groups
from reconciler.formats.safe import short
from reconciler.formats.text.lines import detail, heading, item, paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Current
    from reconciler.rights import Operator


def rights_text(current: Current, say: Catalogue, *, full: bool = False) -> str:
    """The operator first, then the others, with a line break at the end."""
    name = Namer(current.register, say, None if full else FOLD)
    title = say("You are {name} at {bureau}", name=current.operator.label, bureau=current.register.label)
    lines = [*paragraph(title), *_operator(current.operator, name, say)]
    if current.others is None:
        lines += ["", *paragraph(say("The backend does not tell which other operators there are."))]
    elif current.others:
        lines += heading(say("Other operators"))
        lines += [line for other in current.others for line in _operator(other, name, say)]
    return "\n".join(lines) + "\n"


def _operator(operator: Operator, name: Namer, say: Catalogue) -> list[str]:
    lines = item("*", f"{short(operator.label)} ({short(operator.key)})")
    for system, programs, clients in groups(operator.rights):
        right = (
            say("system administrator")
            if system
            else say("program administrator of {programs}", programs=name.programs(programs))
        )
        lines += detail(f"{right} {_at(clients, name, say)}")
    if len(lines) == 1:
        lines += detail(say("no rights: may look, and change nothing"))
    return lines


def _at(clients: Sequence[int], name: Namer, say: Catalogue) -> str:
    names = name.clients(clients)
    if len(clients) == len(name.register.clients.names):
        return say.count("at all {n} clients", "at all {n} clients", len(clients))
    return say.count("at {n} client: {names}", "at {n} clients: {names}", len(clients), names=names)
