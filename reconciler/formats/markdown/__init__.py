"""A plan as Markdown: a comment that a reviewer reads, on whatever forge, and that approves only where it is whole.

    headline, figures ─ removals ─ sensitive programs ─ outside the own team ─ broken guardrails ─ blocked
        ─ all changes by client or team, folded ─ what is accepted, left, to be known ─ whole report ─ digest

Its last line is a marker that tools read: the digest, or that the comment was cut, or that it is complete and there is
nothing in it to approve. No name can begin a line, so none can be taken for a marker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.catalogue import Said
from reconciler.formats.fits import Comment
from reconciler.formats.headline import headline
from reconciler.formats.markdown.escape import in_markdown
from reconciler.formats.markdown.layout import cut, entire, size
from reconciler.formats.markdown.sections import Besides, Sections
from reconciler.formats.text.summary import summary
from reconciler.formats.views import View, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan
    from reconciler.plan.drift import Drift

CUT = "<!-- reconciler:cut -->\n"
"""The last line of a comment that does not tell everything."""

COMPLETE = "<!-- reconciler:complete -->\n"
"""The last line of one that does, and in which there is nothing to approve."""


def plan_markdown(
    plan: Plan,
    say: Catalogue,
    *,
    view: View = View.PLAN,
    full: bool = False,
    comment: Comment | None = None,
    besides: Besides | None = None,
    drift: Drift | None = None,
) -> str:
    """The whole comment; its last line is a marker.

    Args:
        plan: what to tell.
        say: the language.
        view: which question it answers; only a plan has a digest to approve.
        full: name everybody, also where they are a team.
        comment: where it will stand; None for anywhere. Where it does not fit it is cut, says so, and has no digest.
        besides: what else is told; None for nothing.
        drift: that the plan would put right, where it is told by whom and when it came about.
    """
    comment = comment or Comment()
    room = comment.room
    writer = _Writer(plan, say.language, view, comment.report)
    sections = Sections(
        plan,
        say.language,
        view,
        full=full,
        folds=comment.folds,
        besides=besides or Besides(),
        drift=drift,
    )
    head, tail = "".join(writer.head()), writer.tail()
    inner = None if room is None else room - size(head) - size(tail)
    told = None if inner is not None and inner < 0 else entire(sections.all(), inner)
    if told is not None:
        return head + told + tail
    return writer.cut(head, sections, room or 0)


class _Writer:
    """Writes what stands before and after the sections."""

    def __init__(self, plan: Plan, language: str, view: View, report: str) -> None:
        self.plan, self.view, self.report = plan, view, report
        self.say = in_markdown(language)

    def head(self) -> Iterator[str]:
        """The headline, what it is about, the figures, and why it may not be applied."""
        plan, say = self.plan, self.say
        yield f"### {headline(plan, say, self.view)}\n\n"
        yield f"{title_of(plan, self.view, say)}. {self.operators()}\n"
        yield f"{summary(plan, say, self.view)}\n\n"
        if plan.refusals:
            forbidden = say("A guardrail forbids to apply this plan")
            yield f"> **{forbidden}**\n"
            yield from (f"> - {say.message(refusal.message)}\n" for refusal in plan.refusals)
            yield "\n"

    def operators(self) -> str:
        """Who would do it; nobody would what only compares two states of the YAML."""
        from reconciler.formats.markdown.escape import named

        plan, say = self.plan, self.say
        if self.view is View.DIFF:
            return ""
        names = [named(one.label or one.key) for one in plan.operator.each]
        if len(names) == 1:
            return say("Operator: {name}", name=Said(names[0])) + "."
        return say("Operators: {names}", names=say.listing(names)) + "."

    def tail(self) -> str:
        """Where the whole report is, the digest, and the marker of a comment that tells everything."""
        lines = [f"{self.link()}\n\n"] if self.report else []
        if self.view is not View.PLAN:
            return "".join((*lines, COMPLETE))
        if self.plan.operations:
            text = self.say("To approve exactly these changes, and nothing else, approve their digest:")
            lines.append(f"{text}\n\n`{self.plan.digest}`\n\n")
        return "".join((*lines, f"<!-- reconciler:digest {self.plan.digest} -->\n"))

    def link(self) -> str:
        """The address of the whole report."""
        return self.say("The whole report: {link}", link=Said(f"<{self.report}>"))

    def cut(self, head: str, sections: Sections, room: int) -> str:
        """As much as fits, with a word at the top that it was cut."""
        notice = "".join(self.notice())
        end = (f"{self.link()}\n\n" if self.report else "") + CUT
        left = room - size(head) - size(notice) - size(end)
        if left < 0:
            head, end = f"### {headline(self.plan, self.say, self.view)}\n\n", CUT
            return head + notice + end if size(head) + size(notice) + size(end) <= room else CUT
        return head + notice + cut(sections.all(), left) + end

    def notice(self) -> Iterator[str]:
        """That the comment was cut, what that means, and where all of it is."""
        say = self.say
        long = say("This was cut, because it would be longer than a comment may be.")
        yield f"> **{long}**"
        if self.view is View.PLAN:
            yield " " + say(
                "By itself it approves nothing: approve the plan file, or the digest in the whole report."
            )
        yield f" {self.link()}\n\n" if self.report else "\n\n"
