"""An operator: the identity whose token the tool uses, and what it may hand out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.rights.table import Rights


@dataclass(frozen=True, slots=True, eq=False)
class Operator:
    """Somebody who may hand out rights.

    Attributes:
        key: stable id at the backend.
        label: how people call it.
        consultant: the key of the consultant that it is, where it is one.
        rights: by client.
        members: where several act together, they; empty for one alone.
    """

    key: str
    label: str
    consultant: str | None
    rights: Rights
    members: tuple[Operator, ...] = ()

    @property
    def each(self) -> tuple[Operator, ...]:
        """Those who act together, or the one that acts alone."""
        return self.members or (self,)


def together(operators: Sequence[Operator]) -> Operator:
    """Several operators as one that may do what any of them may; at least one."""
    return Operator(
        key="+".join(operator.key for operator in operators),
        label=", ".join(operator.label or operator.key for operator in operators),
        consultant=None,
        rights=reduce(lambda one, other: one.union(other), (operator.rights for operator in operators)),
        members=tuple(operators),
    )
