"""A change of the YAML in words: the message of its commit, and the text of its pull request.

What stands in them comes from forms and from the bureau, and is read by programs as well. A forge skips its checks where a
message says “[skip ci]” and closes the issue that it “fixes”; git takes the last lines for trailers if they look so. So
nothing of it begins a line, no bracket and no reference is left in it, and the last lines are our own.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.catalogue import Said
from reconciler.formats.markdown.escape import MarkdownCatalogue, code, in_markdown, named
from reconciler.formats.names import Namer
from reconciler.formats.safe import short
from reconciler.grid import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.amend.values import Choice
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register

WIDTH = 72
"""Characters of a line: what git's own tools show without folding."""

MOST = 50
"""Rules that are told of; of more it is said how many."""

_FOLD = 2
_LONGEST_REASON = 2_000
_REFERENCE = re.compile(r"(#|\bGH-)(?=\d)")
_ACTING = str.maketrans("[]", "()")


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """What was chosen in the dialog.

    Attributes:
        choice: whose names are all in the register.
        register: the names behind the keys.
    """

    choice: Choice
    register: Register


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A change that is saved.

    Attributes:
        what: was chosen; a sentence of ours where it was not in the dialog.
        reason: why; "" for none.
        ticket: the case that it was agreed in; "" for none.
        how: what was done to each rule.
        digest: of the plan that it leads to; "" where there is none.
    """

    what: Picked | Message
    reason: str = ""
    ticket: str = ""
    how: tuple[Message, ...] = ()
    digest: str = ""


def change_told(change: Change, say: Catalogue) -> str:
    """What was chosen, in a sentence: whom, where and which programs, folded where they are many."""
    if isinstance(change.what, Message):
        return say.message(change.what)
    choice, register = change.what.choice, change.what.register
    name = Namer(register, say, _FOLD, named if isinstance(say, MarkdownCatalogue) else short)
    people = sorted(register.consultants.names.ids(choice.consultants).tolist())
    places = sorted(register.clients.names.ids(choice.clients).tolist())
    programs = sum(1 << number for number in register.programs.names.ids(choice.programs).tolist())
    values: dict[str, object] = {
        "who": Said(name.consultants(tuple(people))),
        "where": Said(name.at(tuple(places))),
        "programs": Said(name.programs(programs)),
        "date": choice.until,
    }
    return say.message(_told(choice, values))


def _told(choice: Choice, values: dict[str, object]) -> Message:
    match choice.kind:
        case OperationKind.REMOVE_ACCESS:
            return Message("Remove the access of {who} {where}", **values)
        case OperationKind.REMOVE_PROGRAMS:
            return Message("Take {programs} from {who} {where}", **values)
        case OperationKind.GIVE_ACCESS if choice.until and choice.programs:
            return Message("Give {who} {programs} until {date} {where}", **values)
        case OperationKind.GIVE_ACCESS if choice.until:
            return Message("Give {who} access until {date} {where}", **values)
        case OperationKind.GIVE_ACCESS if choice.programs:
            return Message("Give {who} {programs} {where}", **values)
        case OperationKind.GIVE_ACCESS:
            return Message("Give {who} access {where}", **values)


# -- the commit -----------------------------------------------------------------------------------------------------


def commit_message(change: Change, say: Catalogue) -> str:
    """The message of the commit: a line, an empty one, and the rest folded to lines of git's width."""
    what, subject = _harmless(change_told(change, say)), subject_of(change, say)
    parts = [] if subject == what else [_folded(what)]
    if change.reason.strip():
        parts.append(_folded(say("Reason: {reason}", reason=Said(_prose(change.reason)))))
    how = [_harmless(say.message(one)) for one in change.how[:MOST]]
    parts.append("\n".join(_folded(f"- {one}") for one in (*how, *_more(change, say))))
    # git reads these, so they are the same in every language
    trailers = {"Ticket": change.ticket, "Plan-Digest": change.digest}
    parts.append(
        "\n".join(f"{key}: {_still(short(value))}" for key, value in trailers.items() if value.strip())
    )
    return "\n\n".join([subject, *(part for part in parts if part)]) + "\n"


def subject_of(change: Change, say: Catalogue) -> str:
    """The first line of the message, which is also the title of a pull request."""
    what = _harmless(change_told(change, say))
    if len(what) <= WIDTH:
        return what
    whole_words = what[: WIDTH - 1].rpartition(" ")[0]
    return f"{whole_words or what[: WIDTH - 2]} …"


def _more(change: Change, say: Catalogue) -> list[str]:
    """How many rules are not told of."""
    left = len(change.how) - MOST
    return [say.count("{n} more", "{n} more", left)] if left > 0 else []


def _prose(text: str) -> str:
    """What somebody wrote, in one line."""
    return _harmless(short(" ".join(text.split()), _LONGEST_REASON))


def _harmless(text: str) -> str:
    """A text that is safe to print, in which nothing acts on a forge."""
    return _still(_REFERENCE.sub(r"\1 ", text))


def _still(text: str) -> str:
    """The same, where a reference may stay."""
    return " ".join(text.translate(_ACTING).replace("***", "* * *").split())


def _folded(text: str) -> str:
    """A paragraph; all its lines but the first are set in, so that none of them begins with what somebody wrote."""
    return textwrap.fill(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


# -- the pull request -----------------------------------------------------------------------------------------------


def proposal_markdown(change: Change, say: Catalogue) -> str:
    """What a pull request says above what the change means: why, what was done to each rule, and the digest.

    Many forges make the message of the merge from it, so nothing acts there either.
    """
    safe = in_markdown(say.language)
    facts = list[str]()
    if change.reason.strip():
        why = named(_prose(change.reason), _LONGEST_REASON)
        facts.append(safe("Reason: {reason}", reason=Said(why)))
    if change.ticket.strip():
        facts.append(safe("Ticket: {ticket}", ticket=change.ticket.strip()))
    if change.digest.strip():
        facts.append(safe("Digest of the plan: {digest}", digest=Said(code(short(change.digest)))))
    how = [_harmless(safe.message(one)) for one in change.how[:MOST]] + _more(change, safe)
    parts = [f"{_harmless(change_told(change, safe))}.", _list(map(_still, facts)), _list(how)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
