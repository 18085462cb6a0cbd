"""The items of a job in the reader's words: people and companies by name, programs by label, reasons as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.bureau.registers import program_bits
from reconciler.formats.reasons import reason_text
from reconciler.grid.arrays import bits
from reconciler.grid.operation import Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from reconciler.bureau.bodies import OperationRequest
    from reconciler.bureau.ledger import ItemRow
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Clients, Consultants, Register


class Told(NamedTuple):
    """An item, to be shown.

    Attributes:
        consultant: the name, "" where there is none but the key.
        consultant_key: the key.
        client: the company's name, likewise.
        client_key: its number.
        what: access and programs.
        outcome: how it ended.
        reason: why, where it did not go well.
    """

    consultant: str
    consultant_key: str
    client: str
    client_key: str
    what: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Naming:
    """Names what items are of.

    Attributes:
        register: who and what there is.
        programs: what each is called, by its bit in the database.
        say: the language.
    """

    register: Register
    programs: Mapping[int, str]
    say: Catalogue

    @classmethod
    def of(cls, db: sqlite3.Connection, bureau: int, register: Register, say: Catalogue) -> Naming:
        """For the items of jobs of a bureau."""
        labels = dict(zip(register.programs.names, register.programs.labels, strict=True))
        bits_of = program_bits(db, bureau)
        return cls(register, {bit: say.label(labels.get(key, {}), key) for key, bit in bits_of.items()}, say)

    def item(self, item: ItemRow) -> Told:
        """An item in words."""
        wrong = item.outcome in {Outcome.REFUSED, Outcome.FAILED}
        return Told(
            label_of(self.register.consultants, item.consultant),
            item.consultant,
            label_of(self.register.clients, item.client),
            item.client,
            self.what(item.programs, access=item.access),
            item.outcome,
            self.say.message(reason_text(item.reason)) if wrong else "",
        )

    def what(self, mask: int, *, access: bool) -> str:
        """Access and programs, as a list in a sentence."""
        names = sorted(self.programs[bit] for bit in bits(mask))
        return self.say.listing([*([self.say("access")] if access else []), *names])

    def found(self, request: OperationRequest, text: str) -> tuple[list[int], list[int]]:
        """The places in the block of the consultants and clients whose key or name holds a text."""
        wanted = text.casefold()
        return (
            _found(self.register.consultants, request.consultants, wanted),
            _found(self.register.clients, request.clients, wanted),
        )


def label_of(of: Consultants | Clients, key: str) -> str:
    """What people call somebody, "" where there is no other name than the key."""
    number = of.names.find(key)
    label = "" if number is None else of.labels[number]
    return "" if label == key else label


def _found(of: Consultants | Clients, keys: Sequence[str], wanted: str) -> list[int]:
    return [
        at
        for at, key in enumerate(keys)
        if wanted in key.casefold() or wanted in label_of(of, key).casefold()
    ]
