"""The history in the wire format ↔ values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.plan.history import Deed, Doer

if TYPE_CHECKING:
    from reconciler.exchange.fields import Fields
    from reconciler.plan.history import HistoryQuery

_CHANGES = {"given": True, "removed": False}
_THROUGH = {"operation": False, "outside": True}


def question(query: HistoryQuery) -> dict[str, object]:
    """A query as it is sent."""
    asked = {"consultants": query.consultants, "clients": query.clients, "since": query.since}
    return {name: value for name, value in asked.items() if value is not None}


def deed(row: Fields) -> Deed:
    """A row of /v1/history/query."""
    return Deed(
        at=row.time("at"),
        consultant=row.key("consultant"),
        client=row.key("client"),
        given=row.either("change", _CHANGES),
        access=row.flag("access"),
        programs=row.texts("programs"),
        outside=row.either("through", _THROUGH),
        by=None if row.values.get("by") is None else _doer(row.sub("by")),
    )


def _doer(fields: Fields) -> Doer:
    operator = fields.sub("operator")
    return Doer(operator.key("id"), operator.text("name"), fields.key("job"), fields.maybe("run"))
