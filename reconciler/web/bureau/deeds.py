"""What the bureau's history tells, in sentences: who gave or took what, from whom, at which client, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message
from reconciler.formats.names import Namer
from reconciler.formats.safe import short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register


@dataclass(frozen=True, slots=True)
class Deed:
    """One change of one pair.

    Attributes:
        at: in UTC, as the database has it.
        sentence: in the reader's language.
        job: that did it; "" where there was none, or it is not the reader's to see.
    """

    at: str
    sentence: str
    job: str


_GAVE = {
    (True, True): Message("{who} gave {consultant} access to {client}, with {programs}"),
    (True, False): Message("{who} gave {consultant} access to {client}, without programs"),
    (False, True): Message("{who} gave {consultant} {programs} at {client}"),
}
_TOOK = {
    (True, True): Message("{who} took from {consultant} the access to {client}, and with it {programs}"),
    (True, False): Message("{who} took from {consultant} the access to {client}"),
    (False, True): Message("{who} took from {consultant} {programs} at {client}"),
}


class Teller:
    """Tells deeds.

    Args:
        register: who and what there is; what is not in it any more is told by its key.
        say: the reader's language.
    """

    def __init__(self, register: Register, say: Catalogue) -> None:
        self.register, self.say, self._namer = register, say, Namer(register, say)

    def deed(self, item: Mapping[str, Any]) -> Deed:
        """An item of the history, as `bureau.history.read_history` gives it."""
        by = item["by"]
        sentences = _GAVE if item["change"] == "given" else _TOOK
        sentence = sentences[item["access"], bool(item["programs"])]
        told = Message(
            sentence.text,
            who=self._who(item),
            consultant=self.consultant(item["consultant"]),
            client=self.client(item["client"]),
            programs=self.say.listing([self.program(key) for key in item["programs"]]),
        )
        return Deed(item["at"], self.say.message(told), by["job"] if by else "")

    def consultant(self, key: str) -> str:
        """A consultant by name."""
        number = self.register.consultants.names.find(key)
        return short(key) if number is None else self._namer.consultant(number)

    def client(self, key: str) -> str:
        """A client by number and name."""
        number = self.register.clients.names.find(key)
        return short(key) if number is None else self._namer.client(number)

    def program(self, key: str) -> str:
        """A program by what it is called."""
        number = self.register.programs.names.find(key)
        return short(key) if number is None else self._namer.program(number)

    def _who(self, item: Mapping[str, Any]) -> str:
        if item["by"]:
            operator = item["by"]["operator"]
            return short(operator["name"] or operator["id"])
        if item["through"] == "outside":
            return self.say("Somebody outside of the jobs")
        return self.say("Another operator")
