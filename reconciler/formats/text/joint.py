"""A plan of several operators as text: each part under the name of who does it, and what nobody of them may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.safe import short
from reconciler.formats.text.lines import WIDTH, item, paragraph
from reconciler.formats.text.plan import PlanWriter
from reconciler.formats.text.results import left_text, results_text
from reconciler.plan.joint import JointPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.apply.parts import Carried
    from reconciler.errors import Message
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan


def joint_text(
    joint: JointPlan, without: Mapping[str, Message], say: Catalogue, *, full: bool = False
) -> str:
    """The whole plan, part by part, with a line break at its end.

    Args:
        joint: what to show.
        without: by the name that they have in the configuration, why operators have no token.
        say: the language.
        full: fold nothing.
    """
    whole = joint.whole
    title = say("Plan for {bureau} on {date}", bureau=whole.register.label, date=whole.date)
    writer = _Writer(joint, without, say, full=full)
    return _text([*paragraph(title), *writer.lines(), *writer.digest()])


class _Writer(PlanWriter):
    """Writes a plan of several operators in one language."""

    def __init__(
        self, joint: JointPlan, without: Mapping[str, Message], say: Catalogue, *, full: bool
    ) -> None:
        super().__init__(joint.whole, say, full=full)
        self.joint, self.without, self.full = joint, without, full

    def head(self) -> list[str]:
        say = self.say
        names = say.listing([self.name.operator(one) for one in self.plan.operator.each])
        lines = paragraph(say("Operators: {names}", names=names))
        for name, why in self.without.items():
            lines += paragraph(say("Without a token: {name} ({why})", name=name, why=why))
        return lines

    def sections(self) -> list[str]:
        lines: list[str] = []
        for number, part in enumerate(self.joint.parts, 1):
            lines += banner(part.plan, number, len(self.joint.parts), self.say)
            lines += PlanWriter(part.plan, self.say, full=self.full).sections()
        return lines

    def blocked_heading(self, cells: int) -> str:
        return self.say.count(
            "Blocked: {n} change that none of these operators gets done",
            "Blocked: {n} changes that none of these operators gets done",
            cells,
        )

    def who_could(self, names: list[str]) -> str:
        if not names:
            return super().who_could(names)
        return self.say.count(
            "who could, but has no token here: {names}",
            "who could, but have no token here: {names}",
            len(names),
            names=self.say.listing(names),
        )


def banner(plan: Plan, number: int, count: int, say: Catalogue) -> list[str]:
    """A blank line, and the heading of a part, which stands above the headings in it."""
    name = short(plan.operator.label or plan.operator.key)
    lines = paragraph(say("Part {number} of {count}: {name}", number=number, count=count, name=name))
    return ["", *lines, "=" * min(max(map(len, lines)), WIDTH)]


def joint_applied_text(
    carried: Sequence[Carried],
    left: JointPlan | Message,
    without: Mapping[str, Message],
    say: Catalogue,
    *,
    full: bool = False,
) -> str:
    """All that follows a plan of several that was applied: what became of each part, what is blocked and left."""
    text = ""
    for number, part in enumerate(carried, 1):
        text += _text(banner(part.plan, number, len(carried), say))
        for results in part.runs:
            text += results_text(part.plan.register, results, part.notifications, say, full=full)
        if part.problem is not None:
            text += _text(["", *item("!", say("stopped: {why}", why=part.problem))])
        elif not part.runs:
            text += _text(["", *item("*", say("nothing of it was left to do"))])
    if not isinstance(left, JointPlan):
        return text + left_text(left, "", say)
    blocked = _Writer(left, without, say, full=full).blocked()
    return text + left_text(left.whole, _text(blocked) if blocked else "", say)


def _text(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"
