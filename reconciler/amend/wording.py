"""What is said in the files and about them: comments, names of rules, and the words of a new rule."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from reconciler.adopt.words import is_rule_name, key_text
from reconciler.desired.side import Noun
from reconciler.errors import Message
from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reconciler.amend.asked import Asked
    from reconciler.amend.values import Wording
    from reconciler.desired import Policy
    from reconciler.desired.write import Data
    from reconciler.grid.arrays import Ids

_FEW = 3
"""Names that are listed in a sentence; of more it is said how many."""

_LONGEST = 50
_UNSAFE = re.compile(r"[^a-z0-9]+")


class Words:
    """Puts a choice into words.

    Args:
        asked: the choice.
        wording: how it is said.
        policy: for bundles.
        whole: whether the folder manages the whole bureau package.
    """

    def __init__(self, asked: Asked, wording: Wording, policy: Policy, *, whole: bool) -> None:
        self.whole = whole
        self.asked, self.wording, self.policy = asked, wording, policy
        renames = asked.world.renames
        self._new = (
            {old: new for new, old in renames.consultants.items()},
            {old: new for new, old in renames.clients.items()},
        )

    def keys(self, noun: Noun, ids: Ids) -> list[str]:
        """How consultants or clients are written in a rule."""
        client = noun is Noun.CLIENT
        register, new = self.asked.register, self._new[client]
        names = register.clients.names if client else register.consultants.names
        return [key_text(new.get(names[i], names[i])) or "" for i in ids.tolist()]

    def who(self, ids: Ids) -> Data:
        """Consultants: one alone, or a list."""
        keys = self.keys(Noun.CONSULTANT, ids)
        return keys[0] if len(keys) == 1 else keys

    def clients(self, ids: Ids) -> Data:
        """The selector by which clients were chosen, or the list of them."""
        return self.asked.choice.said if self.asked.said is not None else self.keys(Noun.CLIENT, ids)

    def programs(self, mask: int) -> list[str]:
        """The names of programs."""
        return [self.asked.register.programs.names[number] for number in bits(mask)]

    def bundled(self, mask: int) -> Data:
        """Programs in as few words as import takes: all, bundles as far as they go, then names."""
        package = self.asked.register.programs.package
        if self.whole and mask == package and mask.bit_count() > 1:
            return "all"
        entries = self.policy.sections["bundles"]
        known = {name: self.asked.masks.of(entry, (), entry.value) for name, entry in entries.items()}
        said, rest = list[str](), mask
        for name, inner in sorted(known.items(), key=lambda one: (-one[1].bit_count(), one[0])):
            if inner.bit_count() > 1 and inner & ~mask == 0 and inner & rest == inner:
                said.append(f"+{name}")
                rest &= ~inner
        return [*said, *self.programs(rest)]

    def reason(self) -> str:
        """The reason with its ticket."""
        choice = self.asked.choice
        if choice.reason and choice.ticket:
            return f"{choice.reason} ({choice.ticket})"
        return choice.reason or choice.ticket

    def comment(self, message: Message | None = None) -> str:
        """A comment with the reason; "" where there is none.

        Args:
            message: what it is about, with a place for the {reason}; None for the reason alone.
        """
        reason = self.reason()
        if not reason:
            return ""
        if message is None:
            return reason
        return self.wording.say(Message(message.text, **{**message.values, "reason": reason}))

    def some(self, texts: Sequence[str]) -> str:
        """A few texts as a list, many as a number."""
        if len(texts) <= _FEW:
            return ", ".join(texts)
        return self.wording.say(Message("{first} and {n} more", first=texts[0], n=len(texts) - 1))

    def rule_name(self, people: Ids, companies: Ids, mask: int, taken: Collection[str]) -> str:
        """A name for a new rule that is not taken."""
        register, choice = self.asked.register, self.asked.choice
        words = [register.consultants.names[int(people[0])].partition("@")[0].partition(".")[0]]
        words[0] += _and(people)
        words.append(
            choice.said if self.asked.said is not None else register.clients.names[int(companies[0])]
        )
        words[-1] += _and(companies) if self.asked.said is None else ""
        if mask.bit_count() == 1:
            words += self.programs(mask)
        base = self.wording.name or plain("-".join(words)) or "access"
        name, again = base, 1
        while name in taken or not is_rule_name(name):
            again += 1
            name = f"{base if is_rule_name(base) else 'access'}-{again}"
        return name


def _and(ids: Ids) -> str:
    """How many more there are than one."""
    return f"-and-{len(ids) - 1}" if len(ids) > 1 else ""


def plain(text: str) -> str:
    """A text in letters a to z, digits and hyphens."""
    letters = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", letters)[:_LONGEST].strip("-")
