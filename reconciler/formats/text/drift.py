"""Drift as people read it: who changed what, when, and what the rules say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.formats.text.findings import findings_lines
from reconciler.formats.text.guardrails import takeover_lines
from reconciler.formats.text.lines import detail, heading, item, paragraph
from reconciler.formats.text.plan import PlanWriter
from reconciler.formats.text.summary import summary
from reconciler.formats.told import who_could
from reconciler.formats.views import View, title_of
from reconciler.grid import cover, only
from reconciler.plan.drift import Kind, Through, Told
from reconciler.plan.grounds import Ground, speaks
from reconciler.plan.origins import by_origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.desired import Rule
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.text.wording import Sentence
    from reconciler.grid import Access, Block
    from reconciler.plan import Plan
    from reconciler.plan.drift import Drift, Drifted, Figures
    from reconciler.plan.values import Why

_MARKS = {Kind.GIVEN: "+", Kind.REMOVED: "-", Kind.MISSING: "-", Kind.UNMANAGED: "?"}


def drift_text(drift: Drift, say: Catalogue, *, full: bool = False) -> str:
    """All of a drift as text, with a line break at its end.

    Args:
        drift: what to show.
        say: the language.
        full: fold nothing.
    """
    title = title_of(drift.plan, View.DRIFT, say)
    return "\n".join([*paragraph(title), *_DriftWriter(drift, say, full=full).lines()]) + "\n"


def refused_text(plan: Plan, refused: Mapping[Why, Access], say: Catalogue, *, full: bool = False) -> str:
    """What is not adopted as a guardrail would hold it back, were it not there yet; "" where there is nothing.

    Args:
        plan: that judged it.
        refused: by why, the pairs and programs.
        say: the language.
        full: fold nothing.
    """
    writer = PlanWriter(plan, say, full=full)
    lines = [
        line
        for why, rows in refused.items()
        for block in cover(rows, only(rows))
        for line in _refused(writer, why, block)
    ]
    if not lines:
        return ""
    return "\n".join([*heading(say("Not adopted, as a guardrail forbids it")), *lines, ""]) + "\n"


def _refused(writer: PlanWriter, why: Why, block: Block) -> list[str]:
    say = writer.say
    lines = item("!", writer.name.consultants(block.consultants)) + detail(writer.name.at(block.clients))
    if block.mask:
        lines += detail(say("programs: {programs}", programs=writer.name.programs(block.mask)))
    own = say.wording(writer.plan.messages.get(why.guardrail, {}))
    return lines + detail(say.message(reason_text(why.reason, why.guardrail, own)))


class _DriftWriter(PlanWriter):
    """Writes one drift in one language; what it has in common with a plan is written as there."""

    def __init__(self, drift: Drift, say: Catalogue, *, full: bool) -> None:
        super().__init__(drift.plan, say, full=full)
        self.drift = drift

    def lines(self) -> list[str]:
        """All of it; where a part of time is looked at, nothing but what was changed in it."""
        groups = [line for group in by_origin(self.drift.items) for line in self.group(group)]
        if self.drift.since is not None:
            return [*self.head(), *groups, *self.ended()]
        return [
            *self.head(),
            *self.violations(),
            *groups,
            *self.ending(),
            *findings_lines(self.plan.findings, self.say),
            *takeover_lines(self.plan, self.say),
            *self.refusals(),
            *self.ended(),
        ]

    def group(self, items: list[Drifted]) -> list[str]:
        """What one origin has in common."""
        lines = heading(self.say.message(group_title(items, self.drift.told)))
        return [*lines, *self.folded(items, self.item)]

    def item(self, one: Drifted) -> list[str]:
        """One block."""
        block, say, origin = one.block, self.say, one.origin
        lines = item(_MARKS[one.kind], say.message(happened(one, self.name.consultants(block.consultants))))
        lines += detail(self.name.at(block.clients))
        if block.mask:
            lines += detail(say("programs: {programs}", programs=self.name.programs(block.mask)))
        if origin.day and origin.run:
            lines += detail(say("on {date}, in the run {run}", date=origin.day, run=short(origin.run)))
        elif origin.day:
            lines += detail(say("on {date}", date=origin.day))
        return [*lines, *self.rules_say(one), *self.obstacle(one)]

    def rules_say(self, one: Drifted) -> list[str]:
        """What the YAML says of it."""
        sentence, named = rules_sentence(self.plan, one)
        text = self.say.message(sentence) if isinstance(sentence, Message) else self.rules(sentence, named)
        return detail(text)

    def obstacle(self, one: Drifted) -> list[str]:
        """Why apply does not put it right, and who could."""
        if one.obstacle is None:
            return []
        reason, guardrail, could = one.obstacle
        own = self.say.wording(self.plan.messages.get(guardrail, {}))
        text = self.say("apply cannot change it: {reason}", reason=reason_text(reason, guardrail, own))
        operators = who_could(self.plan, could, reason)
        if operators is None:
            return detail(text)
        return detail(text) + detail(self.who_could([self.name.operator(other) for other in operators]))

    def ended(self) -> list[str]:
        """The summary, and what it leaves out."""
        texts = [self.summary(), *map(self.say.message, ended_messages(self.drift))]
        return [line for text in texts for line in ("", *paragraph(text))]

    def summary(self) -> str:
        """One sentence with the figures that are not 0."""
        drift, say = self.drift, self.say
        counted = figures(drift, say)
        if counted:
            return say("Summary: {figures}.", figures="; ".join(counted))
        if drift.since is not None:
            return say("Nothing was changed since {date}.", date=drift.since)
        return summary(self.plan, say)


def group_title(items: Sequence[Drifted], told: Told) -> Message:
    """Who did what one origin has in common, and how much it is."""
    origin, cells = items[0].origin, sum(one.cells for one in items)
    if items[0].kind is Kind.MISSING:
        return _missing(cells, told)
    match origin.through:
        case Through.OPERATION:
            name = short(origin.label or origin.key)
            return Message.count("By {name}: {n} change", "By {name}: {n} changes", cells, name=name)
        case Through.OUTSIDE:
            return Message.count(
                "By no operation of the bureau: {n} change",
                "By no operation of the bureau: {n} changes",
                cells,
            )
        case Through.UNKNOWN:
            return Message.count(
                "Nobody knows by whom: {n} change", "Nobody knows by whom: {n} changes", cells
            )


def _missing(cells: int, told: Told) -> Message:
    """The heading of what the rules want and nobody took."""
    if told is Told.TOLD:
        return Message.count(
            "Wanted by the rules and never given: {n} change",
            "Wanted by the rules and never given: {n} changes",
            cells,
        )
    return Message.count(
        "Wanted by the rules and not there: {n} change",
        "Wanted by the rules and not there: {n} changes",
        cells,
    )


def rules_sentence(plan: Plan, one: Drifted) -> tuple[Message | Sentence, list[Rule]]:
    """What the YAML says of a difference: a sentence, or what makes one of the rules beside it."""
    if one.kind is Kind.UNMANAGED:
        return Message("no rule mentions it; it is left as it is"), []
    named = [rule for number in one.rules if speaks(rule := plan.rules[number], one.ground)]
    match one.ground:
        case Ground.RULE if named:
            return _given_by, named
        case Ground.FORBIDDEN if named:
            return _forbidden_by, named
        case Ground.ENDED if named:
            return _ended_with, named
        case Ground.LEFT:
            return Message("has left the bureau"), []
        case _:
            return Message("no rule gives it"), []


def ended_messages(drift: Drift) -> Iterator[Message]:
    """What a drift does not tell, and why."""
    if drift.told is Told.NOT_OFFERED and drift.items:
        yield Message("The backend does not tell who changed what.")
    if drift.told is Told.TOO_MANY:
        yield Message(
            "Who changed what is left out, as there is so much: --since, or a filter, tells of less."
        )
    if drift.older:
        yield Message.count(
            "{n} older difference, or one of which nobody knows since when, is left out.",
            "{n} older differences, or ones of which nobody knows since when, are left out.",
            drift.older,
        )


_NAMES = {
    Kind.GIVEN: Message("given"),
    Kind.REMOVED: Message("removed"),
    Kind.MISSING: Message("missing"),
    Kind.UNMANAGED: Message("left as it is"),
}


def figures(drift: Drift, say: Catalogue) -> list[str]:
    """The figures of a drift that are not 0, each in words."""
    counted = [
        say("{what}: {figures}", what=_NAMES[kind], figures=say.listing(_counted(found, say)))
        for kind, found in drift.figures.items()
        if any(found)
    ]
    if drift.blocked:
        counted.append(say.count("{n} change blocked", "{n} changes blocked", drift.blocked))
    return counted


def _counted(found: Figures, say: Catalogue) -> list[str]:
    return list(_counts(found, say))


def _counts(found: Figures, say: Catalogue) -> Iterator[str]:
    if found.accesses:
        yield say.count("{n} access", "{n} accesses", found.accesses)
    if found.programs:
        yield say.count("{n} program", "{n} programs", found.programs)


def happened(one: Drifted, names: str) -> Message:
    """What was done to whom."""
    match one.kind, one.access:
        case Kind.GIVEN | Kind.UNMANAGED, True:
            return Message("{names} got access", names=names)
        case Kind.GIVEN | Kind.UNMANAGED, False:
            return Message("{names} got programs", names=names)
        case Kind.REMOVED, True:
            return Message("{names} lost access", names=names)
        case Kind.REMOVED, False:
            return Message("{names} lost programs", names=names)
        case _, True:
            return Message.count(
                "{names} has no access", "{names} have no access", len(one.block.consultants), names=names
            )
        case _:
            return Message.count(
                "{names} lacks programs", "{names} lack programs", len(one.block.consultants), names=names
            )


def _given_by(n: int, rules: str) -> Message:
    return Message.count("the rule {rules} gives it", "the rules {rules} give it", n, rules=rules)


def _forbidden_by(n: int, rules: str) -> Message:
    return Message.count("the rule {rules} forbids it", "the rules {rules} forbid it", n, rules=rules)


def _ended_with(n: int, rules: str) -> Message:
    return Message.count(
        "the rule that gave it has ended: {rules}",
        "the rules that gave it have ended: {rules}",
        n,
        rules=rules,
    )
