"""One file per output format; message catalogues. What is shown goes through here, in one of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.views import View

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.apply import Notification, Results
    from reconciler.apply.parts import Carried
    from reconciler.audit.select import Shown
    from reconciler.compare import Diff
    from reconciler.errors import Finding, Message, Position, ReconcilerError
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.fits import Comment
    from reconciler.formats.requests import Asked
    from reconciler.grid import Register
    from reconciler.guardrails.expressions.examples import Tried
    from reconciler.journal import Run
    from reconciler.plan import Current, Plan
    from reconciler.plan.drift import Drift
    from reconciler.plan.explain import Edit, Explanation
    from reconciler.plan.holders import Holders
    from reconciler.plan.joint import JointPlan
    from reconciler.plan.missing import MissingRights
    from reconciler.register import Moved
    from reconciler.review import Review, SignOff
    from reconciler.review.status import Standing

TABLES = frozenset({"csv", "xlsx"})
"""The formats that are tables, in bytes."""

REMARKS = frozenset({"sarif", "github", "gitlab"})
"""The formats that are remarks at file and line, for forges."""


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
    if form in REMARKS:
        return show_plan(joint.whole, form, say)
    if form == "markdown":
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


def show_request(asked: Asked, form: str, say: Catalogue, *, written: bool) -> str:
    """A form that became a rule, as text or JSON."""
    from reconciler.formats.requests import request_document, request_text

    if form == "json":
        from reconciler.formats.json import to_json

        return to_json(request_document(asked, say, written=written))
    return request_text(asked, say, written=written)


def show_findings(findings: Sequence[Finding], form: str, say: Catalogue) -> str:
    """Errors and warnings as text, JSON or remarks."""
    if form in REMARKS:
        from reconciler.formats.remarks import finding_remarks, remarks_as

        return remarks_as(finding_remarks(findings, say), form, say)
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.plan.document import finding_document

        return to_json({"findings": [finding_document(finding) for finding in findings]})
    from reconciler.formats.text import findings_text

    return findings_text(findings, say)


def show_error(error: ReconcilerError, form: str, say: Catalogue) -> str:
    """An error in a format of REMARKS, or as JUnit: whoever reads that must not take silence for success."""
    from reconciler.formats.remarks import error_remarks, remarks_as

    remarks = error_remarks(error, say)
    if form == "junit":
        from reconciler.formats.junit import errors_junit

        return errors_junit(remarks, say)
    return remarks_as(remarks, form, say)


def show_rights(current: Current, form: str, say: Catalogue, *, full: bool = False) -> str:
    """Operators and their rights as text or JSON."""
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.rights import rights_document

        return to_json(rights_document(current))
    from reconciler.formats.text import rights_text

    return rights_text(current, say, full=full)


def show_missing_rights(found: MissingRights, form: str, say: Catalogue, *, full: bool = False) -> str:
    """The rights that an operator lacks, as text or JSON."""
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.rights import missing_document

        return to_json(missing_document(found))
    from reconciler.formats.text.missing import missing_text

    return missing_text(found, say, full=full)


def show_register_moved(found: Moved, form: str, say: Catalogue, *, full: bool = False) -> str:
    """How the register differs from the backend's, as text or JSON."""
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.register import moved_document

        return to_json(moved_document(found))
    from reconciler.formats.text.register import moved_text

    return moved_text(found, say, full=full)


def show_explanation(
    found: Explanation, edits: Mapping[int, Edit], form: str, say: Catalogue, *, full: bool = False
) -> str:
    """Why somebody may open something or not, as text or JSON; `edits` are the last changes of rules."""
    if form == "json":
        from reconciler.formats.documents import explanation_document
        from reconciler.formats.json import to_json

        return to_json(explanation_document(found, edits))
    from reconciler.formats.text import explanation_text

    return explanation_text(found, edits, say, full=full)


def show_holders(
    found: Holders, edits: Mapping[int, Edit], form: str, say: Catalogue, *, full: bool = False
) -> str | bytes:
    """Who has what, as text, JSON or, in bytes, a table; `edits` are the last changes of rules."""
    if form in TABLES:
        from reconciler.formats.tables import written
        from reconciler.formats.tables.holders import holders_table

        return written([holders_table(found, edits, say)], form, say)
    if form == "json":
        from reconciler.formats.documents import holders_document
        from reconciler.formats.json import to_json

        return to_json(holders_document(found, edits))
    from reconciler.formats.text import holders_text

    return holders_text(found, edits, say, full=full)


def show_runs(runs: Sequence[Run], form: str, say: Catalogue, *, full: bool = False) -> str:
    """The runs of the journal as text or JSON."""
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.runs import runs_document

        return to_json(runs_document(runs))
    from reconciler.formats.text.runs import runs_text

    return runs_text(runs, say, full=full)


def show_run(
    run: Run, results: Results, register: Register, form: str, say: Catalogue, *, full: bool = False
) -> str:
    """A run and what each of its operations did, as text or JSON; the register has the names for the text."""
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.runs import run_document

        return to_json(run_document(run, results))
    from reconciler.formats.text.runs import run_text

    return run_text(run, results, register, say, full=full)


def show_policy_tests(tested: Sequence[Tried], form: str, say: Catalogue) -> str:
    """What became of the examples of policy expressions, as text, JSON or JUnit."""
    if form == "junit":
        from reconciler.formats.junit import tests_junit

        return tests_junit(tested, say)
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.policy_tests import policy_tests_document

        return to_json(policy_tests_document(tested))
    from reconciler.formats.text.policy_tests import policy_tests_text

    return policy_tests_text(tested, say)


def show_audit(
    found: Iterable[Shown], form: str, say: Catalogue, *, full: bool = False
) -> Iterator[str] | Iterator[bytes]:
    """What an audit log answers, piece by piece, as text, JSON or, in bytes, a table."""
    if form in TABLES:
        from reconciler.formats.audit import audit_table
        from reconciler.formats.tables import csv_pieces, to_xlsx

        table = audit_table(found, say)
        return csv_pieces(table, say) if form == "csv" else iter([to_xlsx([table])])
    if form == "json":
        from reconciler.formats.audit import audit_document
        from reconciler.formats.json import to_json

        return iter([to_json(audit_document(found))])
    from reconciler.formats.text.audit import audit_text

    return audit_text(found, say, full=full)


def _plan_tables(plan: Plan | JointPlan, form: str, say: Catalogue) -> bytes:
    from reconciler.formats.tables import written
    from reconciler.formats.tables.plan import plan_tables

    return written(plan_tables(plan, say), form, say)


def show_reviews(
    found: Sequence[Review],
    register: Register,
    form: str,
    say: Catalogue,
    *,
    date: dt.date,
    since_told: bool,
    full: bool = False,
) -> str | bytes:
    """Lists to be reviewed, as text, JSON, a page or a table; one of them alone as YAML or a workbook to be filled in.

    Args:
        found: the lists.
        register: the names behind the keys.
        form: "text", "json", "html", "yaml" or one of TABLES.
        say: the language.
        date: the day that they show.
        since_told: whether the backend tells since when something is held.
        full: fold no lists.
    """
    if form in TABLES:
        from reconciler.formats.tables import written
        from reconciler.formats.tables.review import reviews_table, workbook

        if form == "xlsx" and len(found) == 1:
            return written(workbook(found[0], register, say), form, say)
        return written([reviews_table(found, register, say)], form, say)
    if form == "html":
        from reconciler.formats.html.review import reviews_html

        return reviews_html(found, register, date, say, since_told=since_told)
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.review import reviews_document

        return to_json(reviews_document(found))
    from reconciler.formats.text.review import list_to_fill_in, reviews_text

    if form == "yaml" and found:
        return list_to_fill_in(found[0], register, say)
    return reviews_text(found, register, say, since_told=since_told, full=full)


def sign_off_text(signed: SignOff, say: Catalogue) -> str:
    """A sign-off as the YAML that is kept."""
    from reconciler.formats.text.review import sign_off

    return sign_off(signed, say)


def show_signed(
    signed: SignOff, rules: Mapping[str, Position], path: object, form: str, say: Catalogue
) -> str:
    """What was signed, and what of it shall go, as text or JSON; `rules` tells where the rules stand."""
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.review import signed_document

        return to_json(signed_document(signed))
    from reconciler.formats.text.review import signed_text

    return signed_text(signed, rules, path, say)


def show_standings(
    found: Sequence[Standing],
    register: Register,
    form: str,
    say: Catalogue,
    *,
    today: dt.date,
    within: int,
    full: bool = False,
) -> str:
    """How reviews stand, as text or JSON.

    Args:
        found: each of them.
        register: the names behind the keys.
        form: "text" or "json".
        say: the language; JSON is the same in every language.
        today: the day.
        within: days after which one is due again.
        full: fold no lists.
    """
    if form == "json":
        from reconciler.formats.json import to_json
        from reconciler.formats.review import standings_document

        return to_json(standings_document(found, today, within))
    from reconciler.formats.text.review import standings_text

    return standings_text(found, register, today, say, full=full)
