"""A small run as it is written into a log: a plan, its orders, and results that a test makes up."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from reconciler.apply import Ended, Item, Results
from reconciler.apply.orders import start
from reconciler.apply.results import finished
from reconciler.audit.entries import Approval, ApprovalKind, Source, operations, result, run_begun, run_ended
from reconciler.grid import OperationKind, Outcome
from reconciler.plan import build
from tests.support.worlds import access, current, desired, register

DAY = dt.date(2026, 11, 24)
AT = "2026-11-24T22:30:00Z"
SOURCE = Source(user="ingrid", host="build-7", tool="0.1.0", commit="c" * 40, dirty=False, policies="d" * 64)
YES = Approval(ApprovalKind.YES)


def small_plan(reason="covers for Eva", rule="rule"):
    """Anna and Bo get payroll at 1042 and 1055, Cy loses the client 1055; the rule has a reason and a ticket."""
    reg = register(["anna", "bo", "cy"], ["1042", "1055"], ["books", "payroll"])
    pairs = [(person, client, "payroll") for person in ("anna", "bo") for client in ("1042", "1055")]
    wish = desired(reg, access(reg, *pairs))
    said = replace(wish.rules[0], name=rule, reason=reason, ticket="BYR-7", until=dt.date(2027, 3, 31))
    now = current(reg, access(reg, ("cy", "1055", "books")))
    return build(replace(wish, rules=(said,)), now, DAY)


def all_done(order):
    """Every item of an order as a backend tells of it that has done everything."""
    access = order.kind is not OperationKind.REMOVE_PROGRAMS
    gone = ("books",) if order.kind is OperationKind.REMOVE_ACCESS else order.programs
    return [
        Item(consultant, client, access, tuple(gone), Outcome.DONE, None)
        for consultant in order.consultants
        for client in order.clients
    ]


def run_of(plan, key="run-1", told=all_done, *, approval=YES, end=True):
    """The entries of a run whose orders all ended as a test says."""
    begun = start(plan, key)
    entries = [run_begun(plan, key, AT, SOURCE, approval), *operations(plan, AT, begun)]
    results = [
        finished(one.operation, one.order, f"job-{place}", told(one.order))
        for place, one in enumerate(begun.results)
    ]
    entries += [result(key, AT, place, one) for place, one in enumerate(results)]
    return [*entries, run_ended(Results(key, tuple(results)), AT, plan)] if end else entries


def not_finished(plan, ended, key="run-1", problem=None):
    """The results of a run that came to nothing."""
    begun = start(plan, key)
    return [replace(one, ended=Ended(ended), problem=problem) for one in begun.results]
