"""Policy expressions over a whole plan: each class of equal cases once, against once for each changed cell.

    python -m benchmarks.expressions [--triples 2400000] [--sample 20000] [--json]

The bureau is that of `generate`, as if it were new: everything that its rules say is granted. Each expression is
judged on all of it; one evaluation for each cell is measured on a sample and told for all.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.generate import BUREAU, DATE, Size, registered, rules_of
from benchmarks.measure import table
from reconciler.desired import load, resolve
from reconciler.grid import Access, Change
from reconciler.guardrails import Case
from reconciler.guardrails.expressions import compiled
from reconciler.guardrails.expressions.engine import Refused
from reconciler.guardrails.expressions.facts import Facts
from reconciler.guardrails.expressions.rows import grouped, judge_rows
from reconciler.rights import Operator, Rights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.guardrails.expressions.engine import Compiled
    from reconciler.guardrails.expressions.rows import Column

EXPRESSIONS = {
    "programs and tags": '!("payroll" in programs && "audit" in client.tags)',
    "own clients": "client.teams.exists(team, team in consultant.teams)",
    "one pair": '!(consultant.key == "c00001@bureau.example" && client.key in ["1000001", "1000002"])',
    "rules": "rules.all(rule, !has(rule.until) || day(rule.until) <= date + days(180))",
    "result": '!("payroll" in result && "payments" in result)',
    "every consultant": 'consultant.key.startsWith("c") && !("receipts" in client.tags)',
    "every pair": 'consultant.key.startsWith("c") && client.key.startsWith("1")',
}
"""By what they divide the plan into; in the last every pair is a case of its own."""


def case_of(triples: int) -> Case:
    """A plan that grants everything that the rules say."""
    size = Size(triples, 0, 0)
    _, _, register = registered(size, np.random.default_rng(triples))
    with tempfile.TemporaryDirectory() as folder:
        # an expression must be there, or no teams are read for it
        demand = 'guardrails: {expressions: {demand: {must: "true", message: {en: no}}}}\n'
        (Path(folder) / "access.yaml").write_text(rules_of(size) + demand, encoding="utf-8")
        desired = resolve(load(Path(folder)), register, DATE)
    nothing = Access.empty(register.shape)
    me = Operator(BUREAU, BUREAU, None, Rights.everywhere(register.shape.clients))
    return Case(
        register=register,
        desired=desired,
        have=nothing,
        operator=me,
        others=(),
        date=DATE,
        half=None,
        give=desired.access,
        add=nothing,
        remove=nothing,
        take=nothing,
    )


def measure(title: str, case: Case, sample: int) -> dict[str, object]:
    """Judge all rows by their classes, and a sample of them one by one."""
    program = compiled(EXPRESSIONS[title])
    if isinstance(program, Refused):
        raise TypeError(program.faults[0].message)
    rows = case.give
    start = time.perf_counter()
    facts = Facts(case)
    columns = facts.columns(program.look, Change.GIVE_ACCESS)
    judged = judge_rows(program, columns, len(rows))
    seconds = time.perf_counter() - start
    chosen = np.random.default_rng(2201).choice(len(rows), min(sample, len(rows)), replace=False)
    each = _one_by_one(program, case, chosen, judged.true[chosen].tolist()) * (rows.cells / len(chosen))
    return {
        "expression": title,
        "cells": rows.cells,
        "cases": _cases(program, columns, len(rows)),
        "seconds": seconds,
        "cell by cell": each,
        "ratio": each / seconds,
    }


def _cases(program: Compiled, columns: Mapping[str, Column], count: int) -> int:
    """How many evaluations there are."""
    if program.parts is not None:
        return sum(_cases(part, columns, count) for part in program.parts[1])
    looked_at = [columns[name] for name in program.look.variables]
    return len(grouped([(column.classes, len(column.values)) for column in looked_at], count)[1])


def _one_by_one(program: Compiled, case: Case, rows: np.ndarray, expected: Sequence[bool]) -> float:
    """The seconds that it takes to evaluate some rows, each by itself; the verdicts must be the same."""
    columns = Facts(case).columns(program.look, Change.GIVE_ACCESS)
    values = [columns[name].at(rows) for name in columns]
    inputs = [dict(zip(columns, of_row, strict=True)) for of_row in zip(*values, strict=True)]
    start = time.perf_counter()
    verdicts = [program.judge(one).true for one in inputs]
    seconds = time.perf_counter() - start
    if verdicts != list(expected):
        raise AssertionError("rows by themselves are judged otherwise than by their classes")
    return seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triples", type=int, default=2_400_000)
    parser.add_argument("--sample", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    case = case_of(chosen.triples)
    rows = [measure(title, case, chosen.sample) for title in EXPRESSIONS]
    print(json.dumps(rows, indent=2) if chosen.json else table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
