"""Orders, items and messages as JSON and back, for what must outlive the process; names, as they are sent."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

from reconciler.apply.protocol import Item, Order
from reconciler.errors import Message
from reconciler.grid import OperationKind, Outcome
from reconciler.plan.plain import pack, unpack
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

_REASONS: dict[str, Reason] = {reason.value: reason for reason in Reason}
_OUTCOMES: dict[str, Outcome] = {outcome.value: outcome for outcome in Outcome}


def order_document(order: Order) -> dict[str, Any]:
    """An order as the contract of the bureau API has it."""
    return {
        "operation": order.kind.value,
        "consultants": order.consultants,
        "clients": order.clients,
        "programs": order.programs,
        "other-programs-too": order.other_programs_too,
        "expect": {"revision": order.revision, "run": order.run},
    }


def read_order(document: dict[str, Any]) -> Order:
    """The order of such a document, which may tell too what it waits for (`after`): that is never sent."""
    return Order(
        kind=OperationKind(document["operation"]),
        consultants=tuple(document["consultants"]),
        clients=tuple(document["clients"]),
        programs=tuple(document["programs"]),
        revision=document["expect"]["revision"],
        run=document["expect"]["run"],
        other_programs_too=document["other-programs-too"],
        after=tuple(document.get("after", ())),
    )


def pack_items(items: Iterable[Item]) -> bytes:
    """What became of the items of an order, in few bytes: there may be 50,000."""
    rows = [(i.consultant, i.client, i.access, i.programs, i.outcome, i.reason) for i in items]
    return zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 1)


def unpack_items(packed: bytes) -> tuple[Item, ...]:
    """The items again."""
    return tuple(
        Item(
            consultant,
            client,
            access,
            tuple(programs),
            _OUTCOMES[outcome],
            None if reason is None else _REASONS.get(reason, reason),
        )
        for consultant, client, access, programs, outcome, reason in json.loads(zlib.decompress(packed))
    )


def pack_message(message: Message) -> str:
    """A message, to be said in any language later; what is no number in it is kept as text."""
    return json.dumps(pack(message))


def unpack_message(text: str) -> Message:
    """The message again."""
    return unpack(Message, json.loads(text))
