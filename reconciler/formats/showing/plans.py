"""What a plan is shown as: itself, a drift, a change of the YAML, what became of it, and those of several operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.kinds import REMARKS, TABLES
from reconciler.formats.views import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.apply import Notification, Results
    from reconciler.apply.parts import Carried
    from reconciler.compare import Diff
    from reconciler.errors import Message
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.fits import Comment
    from reconciler.plan import Current, Plan
    from reconciler.plan.drift import Drift
    from reconciler.plan.joint import JointPlan


def show_plan(
    plan: Plan,
    form: str,
    say: Catalogue,
    *,
    full: bool = False,
    view: View = View.PLAN,
    current: Current | None = None,
    comment: Comment | None = None,
) -> str | bytes:
    """A plan as text, JSON, Markdown, a page, in bytes a table, or as remarks.

    Args:
        plan: what to show.
        form: "text", "json", "markdown", "html", one of TABLES or of REMARKS.
        say: the language; JSON is the same in every language.
        full: fold no lists.
        view: which question it answers.
        current: what the bureau has now, for the matrix of the page; None where nobody knows.
        comment: where Markdown will stand; None for anywhere.
    """
    if form == "markdown":
        from reconciler.formats.markdown import plan_markdown

        return plan_markdown(plan, say, view=view, full=full, comment=comment)
    if form == "html":
        from reconciler.formats.html import plan_html

        return plan_html(plan, current, say, view, full=full)
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.plan import plan_document

        return to_json(plan_document(plan))
    if form in TABLES:
        return _plan_tables(plan, form, say)
    if form in REMARKS:
        from reconciler.formats.remarks import plan_remarks, remarks_as

        return remarks_as(plan_remarks(plan, say), form, say)
    from reconciler.formats.text import plan_text

    return plan_text(plan, say, full=full, view=view)


def show_drift(
    drift: Drift,
    form: str,
    say: Catalogue,
    *,
    full: bool = False,
    current: Current | None = None,
    comment: Comment | None = None,
) -> str | bytes:
    """A drift as text, JSON or Markdown; in any other format the plan that would put it right.

    Args:
        drift: what to show.
        form: as for `show_plan`.
        say: the language; JSON is the same in every language.
        full: fold no lists.
        current: as for `show_plan`.
        comment: likewise.
    """
    if form == "json":
        from reconciler.formats.drift import drift_document
        from reconciler.formats.json import to_json

        return to_json(drift_document(drift))
    if form == "markdown":
        from reconciler.formats.markdown import plan_markdown

        return plan_markdown(drift.plan, say, view=View.DRIFT, full=full, comment=comment, drift=drift)
    if form != "text":
        return show_plan(drift.plan, form, say, full=full, view=View.DRIFT, current=current, comment=comment)
    from reconciler.formats.text.drift import drift_text

    return drift_text(drift, say, full=full)


def show_applied(
    plan: Plan,
    results: Results,
    left: Plan | Message,
    notifications: Sequence[Notification],
    *,
    form: str,
    say: Catalogue,
    full: bool = False,
    comment: Comment | None = None,
) -> str:
    """What became of a plan, as text, JSON or Markdown; the text goes on after the plan, the JSON holds it all.

    Args:
        plan: as it was applied.
        results: what became of it.
        left: the plan of what is left, or why nobody could look.
        notifications: of the jobs.
        form: "text", "json" or "markdown".
        say: the language; JSON is the same in every language.
        full: fold no lists.
        comment: where Markdown will stand; None for anywhere.
    """
    if form == "markdown":
        from reconciler.apply.parts import Carried
        from reconciler.formats.markdown.applied import applied_markdown

        carried = (Carried(plan, (results,), tuple(notifications)),)
        return applied_markdown(carried, left, say, full=full, comment=comment)
    if form == "json":
        from reconciler.formats.json import results_document, to_json
        from reconciler.plan import Plan, plan_document

        rest = plan_document(left) if isinstance(left, Plan) else None
        return to_json({"plan": plan_document(plan), **results_document(results), "left": rest})
    from reconciler.formats.text import applied_text

    return applied_text(plan, results, left, notifications, say, full=full)


def show_diff(
    diff: Diff, form: str, say: Catalogue, *, full: bool = False, comment: Comment | None = None
) -> str | bytes:
    """What a change of the YAML means, in any format of a plan; tables and remarks tell of access alone.

    Args:
        diff: what to show.
        form: as for `show_plan`.
        say: the language; JSON is the same in every language.
        full: fold no lists.
        comment: where Markdown will stand; None for anywhere.
    """
    if form == "markdown":
        from reconciler.formats.markdown.diff import diff_markdown

        return diff_markdown(diff, say, full=full, comment=comment)
    if form == "json":
        from reconciler.formats.diff import diff_document
        from reconciler.formats.json import to_json

        return to_json(diff_document(diff))
    if form == "html":
        from reconciler.formats.html.diff import diff_html

        return diff_html(diff, say, full=full)
    if form != "text":
        return show_plan(diff.plan, form, say, full=full, view=View.DIFF, current=diff.current)
    from reconciler.formats.text.diff import diff_text

    return diff_text(diff, say, full=full)


def show_joint_plan(
    joint: JointPlan,
    without: Mapping[str, Message],
    form: str,
    say: Catalogue,
    *,
    full: bool = False,
    current: Current | None = None,
    comment: Comment | None = None,
) -> str | bytes:
    """A plan of several operators as text, JSON, Markdown, a page or, in bytes, a table; `without` tells why others have no token, by name.

    Markdown tells what they do together, and not who of them does what.
    """
    if form == "html":
        from reconciler.formats.html import plan_html

        return plan_html(joint.whole, current, say, full=full, without=without)
    if form == "json":
        from reconciler.formats.joint import joint_document
        from reconciler.formats.json import to_json

        return to_json(joint_document(joint, without))
    if form in TABLES:
        return _plan_tables(joint, form, say)
    if form == "markdown" or form in REMARKS:
        return show_plan(joint.whole, form, say, full=full, comment=comment)
    from reconciler.formats.text.joint import joint_text

    return joint_text(joint, without, say, full=full)


def show_joint_applied(
    joint: JointPlan,
    carried: Sequence[Carried],
    left: JointPlan | Message,
    without: Mapping[str, Message],
    *,
    form: str,
    say: Catalogue,
    full: bool = False,
    comment: Comment | None = None,
) -> str:
    """What became of a plan of several, as `show_applied`: the text goes on after the plan, the others hold it all.

    Args:
        joint: as it was approved.
        carried: what became of each part.
        left: the plan of what is left, or why nobody could look.
        without: by name, why other operators have no token.
        form: "text", "json" or "markdown".
        say: the language; JSON is the same in every language.
        full: fold no lists.
        comment: where Markdown will stand; None for anywhere.
    """
    if form == "markdown":
        from reconciler.formats.markdown.applied import applied_markdown
        from reconciler.plan.joint import JointPlan

        whole = left.whole if isinstance(left, JointPlan) else left
        return applied_markdown(carried, whole, say, full=full, comment=comment)
    if form == "json":
        from reconciler.formats.joint import joint_applied_document
        from reconciler.formats.json import to_json

        return to_json(joint_applied_document(joint, carried, left, without))
    from reconciler.formats.text.joint import joint_applied_text

    return joint_applied_text(carried, left, without, say, full=full)


def _plan_tables(plan: Plan | JointPlan, form: str, say: Catalogue) -> bytes:
    from reconciler.formats.tables import written
    from reconciler.formats.tables.plan import plan_tables

    return written(plan_tables(plan, say), form, say)
