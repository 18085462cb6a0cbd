"""What sets of programs, requirements and waivers add to a plan: five of each, on a bureau of any size.

    python -m benchmarks.duties [--triples 2400000] [--json]

The bureau is that of `generate`. It is planned three times: as it is but for 1 % of its cells, as if it were new, so
that everything is granted, and with sets that a tenth of all pairs break. Each row tells the processor seconds of
resolving the YAML and building the plan without and with these guardrails. Goal at 2.4 million triples, 1 % changed: at
most 0.2 s more.
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
from reconciler.grid import Access
from reconciler.plan import Current, build
from reconciler.rights import Operator, Rights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.desired import Policy
    from reconciler.grid import Register
    from reconciler.plan import Plan

SETS = (
    "annual-accounts, payments",
    "payroll, payments, annual-accounts",
    "receipts, payments",
    "invoicing, payments",
    "payroll, payments",
)
BROKEN = "bookkeeping, invoicing, receipts"

REQUIREMENTS = (
    "programs: [payments], ticket: 'BYR-[0-9]+'",
    "programs: [payroll], above: 1000000, reason: true",
    "programs: [annual-accounts], above: 1000000, until-within: 90",
    "above: 10000000, reason: true",
    "programs: [payments], until-within: 365",
)


def guardrails(sets: Sequence[str]) -> str:
    """The YAML of them, each with a waiver."""
    together = "".join(f"    s{i}: [{programs}]\n" for i, programs in enumerate(sets))
    require = "".join(f"    r{i}: {{{asked}}}\n" for i, asked in enumerate(REQUIREMENTS))
    waivers = "".join(
        f"  w{i}: {{guardrail: s{i}, who: all, clients: tag:audit, reason: x, approved-by: x, until: 2030-12-31}}\n"
        for i in range(len(sets))
    )
    return f"guardrails:\n  never-together:\n{together}  require:\n{require}waivers:\n{waivers}"


def measure(title: str, triples: int, sets: Sequence[str], changed: float) -> dict[str, object]:
    """A plan without and with them."""
    size = Size(triples, 0, 0)
    _, _, register = registered(size, np.random.default_rng(triples))
    plain, guarded = _policy(rules_of(size)), _policy(rules_of(size) + guardrails(sets))
    want = resolve(plain, register, DATE).access
    have = _state(want, changed)
    times: dict[str, list[float]] = {"plain": [], "guarded": []}
    plan = None
    for _ in range(3):
        for name, policy in (("plain", plain), ("guarded", guarded)):
            start = time.process_time()
            plan = _plan(policy, register, have)
            times[name].append(time.process_time() - start)
    assert plan is not None
    without, within = (min(times[name]) for name in ("plain", "guarded"))
    return {
        "plan": title,
        "triples": want.cells,
        "changes": plan.summary.changes,
        "held back": plan.summary.blocked,
        "findings": sum(violation.cells for violation in plan.violations),
        "without s": round(without, 3),
        "with s": round(within, 3),
        "more s": round(within - without, 3),
    }


def _policy(text: str) -> Policy:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "access.yaml").write_text(text, encoding="utf-8")
        return load(Path(folder))


def _state(want: Access, changed: float) -> Access:
    """What there is: all that is wanted but for a part of the pairs, which lack one program of theirs."""
    if changed == 1:
        return Access.empty(want.shape)
    rows = np.random.default_rng(1).choice(len(want), int(len(want) * changed), replace=False)
    masks = want.masks.copy()
    masks[rows] &= masks[rows] - np.uint64(1)
    return Access(want.shape, want.keys, masks)


def _plan(policy: Policy, register: Register, have: Access) -> Plan:
    me = Operator(BUREAU, BUREAU, None, Rights.everywhere(register.shape.clients))
    return build(resolve(policy, register, DATE), Current(register, have, "1", me, ()), DATE)


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triples", type=int, default=2_400_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = [
        measure("1 % changed", options.triples, SETS, 0.01),
        measure("all new", options.triples, SETS, 1),
        measure("1 % changed, sets broken", options.triples, (*SETS[1:], BROKEN), 0.01),
    ]
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
