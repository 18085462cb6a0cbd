"""What an audit log answers, as text: run by run, who did what on whose approval, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.audit.entries import ApprovalKind, Event
from reconciler.audit.select import Became
from reconciler.errors import Message
from reconciler.formats.names import FOLD, SHOWN
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import LONGEST_VALUE, short
from reconciler.formats.text.lines import detail, heading, item, paragraph
from reconciler.formats.text.results import figures_of
from reconciler.formats.text.wording import by
from reconciler.grid import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from reconciler.audit.select import Part, Shown
    from reconciler.formats.catalogue import Catalogue

    Entry = Mapping[str, Any]

_MARKS = {
    OperationKind.GIVE_ACCESS: "+",
    OperationKind.REMOVE_PROGRAMS: "-",
    OperationKind.REMOVE_ACCESS: "-",
}

APPROVED = {
    ApprovalKind.ASKED: Message("somebody at the terminal said yes"),
    ApprovalKind.YES: Message("with --yes"),
    ApprovalKind.FILE: Message("by a plan file"),
    ApprovalKind.EXPECT: Message("by the digest of the plan"),
    ApprovalKind.PAGE: Message("on the page that showed it"),
    ApprovalKind.RESUME: Message("before, and resumed"),
}


_BECAME = {
    Became.DONE: Message("done"),
    Became.REFUSED: Message("refused"),
    Became.FAILED: Message("failed"),
    Became.NOT_DONE: Message("not done"),
    Became.UNKNOWN: Message("nobody was told what became of it"),
    Became.UNEXPECTED: Message("the backend tells of it, although it was not asked for"),
}


def became(part: Part) -> Message:
    """What became of a part, with the reason: a code that the backend gave, or a sentence of ours."""
    told = _BECAME[part.became]
    if not part.why:
        return told
    coded = part.became in (Became.REFUSED, Became.FAILED)
    return Message("{outcome}: {reason}", outcome=told, reason=reason_text(part.why) if coded else part.why)


def audit_text(found: Iterable[Shown], say: Catalogue, *, full: bool = False) -> Iterator[str]:
    """The answers, piece by piece, each with a line break at its end.

    Args:
        found: what to tell, in the order of the log.
        say: the language.
        full: fold no lists.
    """
    writer, first = _Writer(say, full=full), True
    for shown in found:
        lines = writer.shown(shown)
        # a heading has a blank line before it, which the first one does without
        yield "".join(f"{line}\n" for line in (lines[1:] if first else lines))
        first = False
    if first:
        yield say("The log tells of no such thing.") + "\n"


class _Writer:
    """Writes answers in one language; a run is named where it is another one than before."""

    def __init__(self, say: Catalogue, *, full: bool) -> None:
        self.say, self.full = say, full
        self._run: Entry | str | None = None

    def shown(self, shown: Shown) -> list[str]:
        event = Event(shown.entry["event"])
        if event is Event.PLAN_REFUSED:
            self._run = None
            return self.refused(shown)
        lines = self.run(shown)
        if event is Event.RUN_ENDED:
            return [*lines, *self.ended(shown)]
        return [*lines, *(line for part in shown.parts for line in self.part(shown, part))]

    def run(self, shown: Shown) -> list[str]:
        """The run, where another one was told of before."""
        run = shown.begun or shown.entry["run"]
        if run is self._run or run == self._run:
            return []
        self._run = run
        name = shown.entry["run"]
        if shown.begun is None:
            title = heading(self.say("Run {run}", run=name))
            return [*title, *_fact(self.say("its beginning is not in this log"))]
        title = heading(self.say("Run {run} at {bureau}", run=name, bureau=shown.begun["bureau"]))
        return [*title, *self.facts(shown.begun), *self.approval(shown.begun)]

    def refused(self, shown: Shown) -> list[str]:
        entry = shown.entry
        title = self.say("Plan refused at {bureau}, {when}", bureau=entry["bureau"], when=_time(shown))
        lines = heading(title)
        lines += self.facts(entry)
        return lines + [
            line for one in entry["refusals"] for line in item("!", short(one["message"], LONGEST_VALUE))
        ]

    def facts(self, entry: Entry) -> list[str]:
        """Who, from where, and which plan."""
        say = self.say
        lines = _fact(say("operator: {name}", name=entry["operator"]))
        if entry.get("user") or entry.get("host"):
            values = {"user": entry.get("user", "?"), "host": entry.get("host", "?")}
            lines += _fact(say("started by {user} on {host}", **values))
        if entry.get("ci-actor") or entry.get("ci-run"):
            values = {"actor": entry.get("ci-actor", "?"), "run": entry.get("ci-run", "?")}
            lines += _fact(say("in a pipeline, for {actor}: {run}", **values))
        lines += _fact(say("plan: {digest}", digest=entry["plan"]))
        if entry.get("commit"):
            commit = say("commit: {commit}", commit=entry["commit"])
            dirty = say("{commit}, with changes that were not committed", commit=commit)
            lines += _fact(dirty if entry.get("dirty") else commit)
        return lines

    def approval(self, entry: Entry) -> list[str]:
        """On whose approval, and which limits were overruled."""
        say, said = self.say, entry["approval"]
        how = say.message(APPROVED[ApprovalKind(said["kind"])])
        if said.get("file"):
            how = say("{how} ({file})", how=how, file=said["file"])
        if said.get("by"):
            how = say("{how}, signed by {name}", how=how, name=said["by"])
        lines = _fact(say("approved: {how}", how=how))
        if entry["allowed"]:
            lines += _fact(say("limits that were overruled: {names}", names=", ".join(entry["allowed"])))
        return lines

    def part(self, shown: Shown, part: Part) -> list[str]:
        say = self.say
        mark = _MARKS[part.kind] if part.became is Became.DONE else "!"
        lines = [*item(mark, self.names(part.consultants))]
        lines += detail(self.at(part.clients)) + detail(self.what(part))
        lines += detail(say("{when}: {outcome}", when=_time(shown), outcome=became(part)))
        rules = shown.order["rules"] if shown.order else []
        if rules:
            told = [self.rule(rule) for rule in rules]
            lines += detail(say.message(by(len(told), say.listing(told))))
        return lines

    def what(self, part: Part) -> str:
        say, programs = self.say, self.say.listing([short(key) for key in part.programs])
        if not part.access:
            return say("programs: {programs}", programs=programs)
        if not programs:
            return say("access to the client")
        if part.kind is OperationKind.REMOVE_ACCESS:
            return say("access to the client, and with it: {programs}", programs=programs)
        return say("access to the client, and the programs: {programs}", programs=programs)

    def rule(self, rule: Entry) -> str:
        facts = [short(rule[name]) for name in ("reason", "ticket") if rule.get(name)]
        if rule.get("until"):
            facts.append(self.say("until {date}", date=rule["until"]))
        return f"{short(rule['rule'])} ({'; '.join(facts)})" if facts else short(rule["rule"])

    def ended(self, shown: Shown) -> list[str]:
        """How a run ended, and what is left."""
        say, entry = self.say, shown.entry
        lines = ["", *_fact(say("Ended {when}.", when=_time(shown)))]
        lines += _fact(say("Result: {figures}.", figures=figures_of(entry["outcomes"], say)))
        if unfinished := entry["unfinished"]:
            lines += _fact(
                say.count(
                    "{n} operation did not come to its end.",
                    "{n} operations did not come to their end.",
                    unfinished,
                )
            )
        if entry["interrupted"]:
            lines += _fact(say("Stopped by hand: nothing more was sent."))
        if entry.get("stopped"):
            lines += _fact(say("Stopped: {why}", why=entry["stopped"]))
        left = entry.get("left")
        if left is None:
            return lines + _fact(say("Nobody looked at what was left."))
        changes, blocked = left["changes"], left["blocked"]
        return lines + _fact(
            say("Left: {changes} changes to be made, {blocked} blocked.", changes=changes, blocked=blocked)
        )

    def names(self, keys: Sequence[str]) -> str:
        """Keys, folded where they are many."""
        shown = keys if self.full or len(keys) <= FOLD + 1 else keys[:SHOWN]
        words = [short(key) for key in shown]
        if hidden := len(keys) - len(shown):
            words.append(self.say.count("{n} more", "{n} more", hidden))
        return self.say.listing(words)

    def at(self, clients: Sequence[str]) -> str:
        names = self.names(clients)
        if len(clients) == 1:
            return self.say("at {client}", client=names)
        return self.say.count("at {n} client: {names}", "at {n} clients: {names}", len(clients), names=names)


def _fact(text: str) -> list[str]:
    """A line about a run as a whole."""
    return paragraph(text, "  ")


def _time(shown: Shown) -> str:
    return shown.when.strftime("%Y-%m-%d %H:%M:%S")
