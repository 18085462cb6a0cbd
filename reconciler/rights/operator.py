"""An operator: the identity whose token the tool uses, and what it may hand out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.rights.table import Rights


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """Somebody who may hand out rights.

    Attributes:
        key: stable id at the backend.
        label: how people call it.
        consultant: the key of the consultant that it is, where it is one.
        rights: by client.
    """

    key: str
    label: str
    consultant: str | None
    rights: Rights
