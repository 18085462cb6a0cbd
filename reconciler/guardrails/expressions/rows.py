"""Judge many rows with one evaluation for each class of equal inputs.

Theory. An expression sees only the variables that it names. Each variable divides the rows into classes with the
same value; rows that are in the same class of every variable are the same case to the expression. So the classes
are combined into one number a row, and one row of each number is evaluated: some thousand instead of millions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.errors import Message
from reconciler.guardrails.expressions.engine import Joint, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.grid.arrays import Flags, Ids
    from reconciler.guardrails.expressions.engine import Compiled
    from reconciler.guardrails.expressions.vocabulary import Value

BUDGET = 500_000_000
"""Steps that an expression may take in one plan, about; what would take more is not evaluated at all."""

_CALL = 100
"""What an evaluation costs beside its steps, in steps."""

_DENSE = 1 << 20
_WIDEST = 1 << 62


class Column(NamedTuple):
    """A variable over rows.

    Attributes:
        classes: for each row the number of its value; one number for all where there is one value.
        values: by class.
    """

    classes: Ids
    values: Sequence[Value]

    @classmethod
    def same(cls, value: Value) -> Column:
        """The same value everywhere."""
        return cls(np.zeros(1, dtype=np.int64), (value,))

    def at(self, rows: Ids) -> Sequence[Value]:
        """The values of some rows."""
        if len(self.values) == 1:
            return [self.values[0]] * len(rows)
        return [self.values[number] for number in self.classes[rows].tolist()]

    @property
    def longest(self) -> int:
        """How many items the longest of its lists has; 1 where they are not lists."""
        lists = (len(value) for value in self.values if isinstance(value, list | tuple))
        return max(lists, default=1)


class Judged(NamedTuple):
    """What an expression says of rows.

    Attributes:
        groups: for each row the number of its class.
        verdicts: by class.
    """

    groups: Ids
    verdicts: Sequence[Verdict]

    @property
    def true(self) -> Flags:
        """For each row whether it is exactly true."""
        verdicts = np.array([verdict.true for verdict in self.verdicts], dtype=np.bool_)
        return verdicts[self.groups]

    def whys(self) -> list[tuple[Message, Flags]]:
        """Why rows are neither true nor false, each with the rows that it is about."""
        alike: dict[str, tuple[Message, list[int]]] = {}
        for number, verdict in enumerate(self.verdicts):
            if verdict.why is not None:
                alike.setdefault(str(verdict.why), (verdict.why, []))[1].append(number)
        return [(why, np.isin(self.groups, numbers)) for why, numbers in alike.values()]


def judge_rows(compiled: Compiled, columns: Mapping[str, Column], count: int) -> Judged:
    """Judge rows.

    Args:
        compiled: the expression.
        columns: at least the variables that it looks at.
        count: how many rows there are.
    """
    if count == 0:
        return Judged(np.zeros(0, dtype=np.int64), ())
    try:
        return _Judge(columns, count).of(compiled)
    except _TooLong as error:
        return Judged(np.zeros(count, dtype=np.int64), (Verdict(False, error.why),))


class _TooLong(Exception):
    """The budget is spent; carries what for."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


class _Judge:
    """Judges one expression; its parts share the budget."""

    def __init__(self, columns: Mapping[str, Column], count: int) -> None:
        self._columns, self._count, self._left = columns, count, BUDGET

    def of(self, compiled: Compiled) -> Judged:
        """An expression, or what it is made of: each part is about fewer variables, and so has fewer cases."""
        if compiled.parts is None:
            return self._evaluated(compiled)
        joint, parts = compiled.parts
        judged = [_distinct(self.of(part)) for part in parts]
        groups, rows = grouped([(one.groups, len(one.verdicts)) for one in judged], self._count)
        return Judged(
            groups, [_joined(joint, [one.verdicts[one.groups[row]] for one in judged]) for row in rows]
        )

    def _evaluated(self, compiled: Compiled) -> Judged:
        names = sorted(compiled.look.variables)
        columns = [self._columns[name] for name in names]
        groups, rows = grouped([(column.classes, len(column.values)) for column in columns], self._count)
        steps = _CALL + compiled.steps({name: self._columns[name].longest for name in names})
        self._left -= steps * len(rows)
        if self._left < 0:
            cases = {"cases": len(rows), "steps": steps}
            raise _TooLong(
                Message("it would take too long: {cases} cases of some {steps} steps each", **cases)
            )
        inputs = zip(*(column.at(rows) for column in columns), strict=True) if names else [()]
        return Judged(groups, [compiled.judge(dict(zip(names, values, strict=True))) for values in inputs])


def _distinct(judged: Judged) -> Judged:
    """The same with each verdict once: there are few."""
    known: dict[str, int] = {}
    kept: list[Verdict] = []
    numbers = []
    for verdict in judged.verdicts:
        key = str(verdict.why) if verdict.why else str(verdict.true)
        numbers.append(known.setdefault(key, len(kept)))
        if len(known) > len(kept):
            kept.append(verdict)
    return Judged(np.array(numbers, dtype=np.int64)[judged.groups], kept)


def _joined(joint: Joint, verdicts: Sequence[Verdict]) -> Verdict:
    """As CEL joins them: a part that decides alone does so, whatever is wrong with the others."""
    if joint is Joint.NOT:
        (one,) = verdicts
        return one if one.why else Verdict(not one.true)
    alone = joint is Joint.ANY
    if any(one.why is None and one.true is alone for one in verdicts):
        return Verdict(alone)
    return next((one for one in verdicts if one.why), Verdict(not alone))


def grouped(columns: Iterable[tuple[Ids, int]], count: int) -> tuple[Ids, Ids]:
    """Divide rows into groups that are in the same class of every column.

    Args:
        columns: the class of each row, and how many classes there are; of one class it need not be said by row.
        count: how many rows there are.

    Returns:
        For each row the number of its group, and for each group one of its rows.
    """
    codes, size = np.zeros(count, dtype=np.int64), 1
    for classes, kinds in columns:
        if kinds == 1:
            continue
        if size > _WIDEST // kinds:
            codes, rows = numbered(codes, size)
            size = len(rows)
        codes = codes * kinds + classes
        size *= kinds
    return numbered(codes, size)


def numbered(codes: Ids, size: int) -> tuple[Ids, Ids]:
    """Number the codes that there are, below a size, in their order; and one row of each."""
    if size > max(_DENSE, 2 * len(codes)):
        _, rows, numbers = np.unique(codes, return_index=True, return_inverse=True)
        return numbers.reshape(-1), rows
    row_of = np.full(size, -1, dtype=np.int64)
    row_of[codes] = np.arange(len(codes))
    there = row_of >= 0
    number_of = np.cumsum(there) - 1
    return number_of[codes], row_of[there]
