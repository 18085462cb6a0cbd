"""What `audit show` and `audit verify` answer, for machines: a document of names, and a table for Excel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.audit.entries import Event
from reconciler.formats.tables.table import Cell, Table
from reconciler.formats.text.audit import became
from reconciler.formats.text.results import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.audit.select import Part, Shown
    from reconciler.audit.verify import Verdict
    from reconciler.formats.catalogue import Catalogue


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """Whether a log is what was written; sentences in English."""
    return {
        "lines": verdict.head.lines,
        "head": str(verdict.head),
        "sound": verdict.sound,
        "anchored": verdict.anchored,
        "breaks": [{"line": one.line, "message": str(one.message)} for one in verdict.breaks],
        "notes": [{"line": one.line, "message": str(one.message)} for one in verdict.notes],
    }


def audit_document(found: Iterable[Shown]) -> dict[str, Any]:
    """The answers: the runs that they are of, what became of what, how runs ended, plans that were refused."""
    told: dict[str, list[Any]] = {"runs": [], "results": [], "ended": [], "refused": []}
    begun: dict[int, Mapping[str, Any]] = {}
    for shown in found:
        match shown.entry["event"]:
            case Event.RUN_BEGUN:
                begun[id(shown.entry)] = shown.entry
            case Event.RUN_ENDED:
                told["ended"].append(_without_event(shown))
            case Event.PLAN_REFUSED:
                told["refused"].append(_without_event(shown))
            case _:
                told["results"] += [_part(shown, part) for part in shown.parts]
        if shown.begun is not None and shown.begun["event"] == Event.RUN_BEGUN:
            begun.setdefault(id(shown.begun), shown.begun)
    told["runs"] = [{name: said for name, said in one.items() if name != "event"} for one in begun.values()]
    return told


def _without_event(shown: Shown) -> dict[str, Any]:
    return {"line": shown.line, **{name: said for name, said in shown.entry.items() if name != "event"}}


def _part(shown: Shown, part: Part) -> dict[str, Any]:
    entry, order = shown.entry, shown.order
    return {
        "line": shown.line,
        "at": entry["at"],
        "run": entry["run"],
        "place": entry["place"],
        "job": entry.get("job"),
        "operation": part.kind.value,
        "became": part.became.value,
        "reason": part.why or None,
        "access": part.access,
        "programs": list(part.programs),
        "consultants": list(part.consultants),
        "clients": list(part.clients),
        "rules": list(order["rules"]) if order else None,
    }


def audit_table(found: Iterable[Shown], say: Catalogue) -> Table:
    """One row for each consultant, client and program, as the log is read."""
    rows = (row for shown in found for part in shown.parts for row in _rows(shown, part, say))
    return Table(say("Audit log"), _headings(say), rows)


def _headings(say: Catalogue) -> list[str]:
    return [
        say("when"),
        say("run"),
        say("operator"),
        say("user"),
        say("machine"),
        say("pipeline's actor"),
        say("pipeline's run"),
        say("approved"),
        say("approved by"),
        say("plan"),
        say("commit"),
        say("consultant"),
        say("client"),
        say("program"),
        say("operation"),
        say("outcome"),
        say("rules"),
        say("reason"),
        say("ticket"),
        say("line of the log"),
    ]


def _rows(shown: Shown, part: Part, say: Catalogue) -> Iterator[Sequence[Cell]]:
    begun: Mapping[str, Any] = shown.begun or {}
    approval: Mapping[str, str] = begun.get("approval", {})
    rules = shown.order["rules"] if shown.order else []
    before: list[Cell] = [
        shown.when.strftime("%Y-%m-%d %H:%M:%S"),
        shown.entry["run"],
        *(begun.get(name, "") for name in ("operator", "user", "host", "ci-actor", "ci-run")),
        *(approval.get(name, "") for name in ("kind", "by")),
        *(begun.get(name, "") for name in ("plan", "commit")),
    ]
    after: list[Cell] = [
        say.message(KINDS[part.kind]),
        say.message(became(part)),
        ", ".join(rule["rule"] for rule in rules),
        "; ".join(rule["reason"] for rule in rules if rule.get("reason")),
        ", ".join(rule["ticket"] for rule in rules if rule.get("ticket")),
        shown.line,
    ]
    access = [say("access to the client")] if part.access else []
    for consultant in part.consultants:
        for client in part.clients:
            for program in (*access, *part.programs):
                yield [*before, consultant, client, program, *after]
