"""What the commands answer that are about one thing: rules, rights, people, runs, the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.kinds import REMARKS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.apply import Results
    from reconciler.audit.select import Shown
    from reconciler.errors import Finding, ReconcilerError
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.requests import Asked
    from reconciler.grid import Register
    from reconciler.guardrails.expressions.examples import Tried
    from reconciler.journal import Run
    from reconciler.plan import Current
    from reconciler.plan.explain import Edit, Explanation
    from reconciler.plan.holders import Holders
    from reconciler.plan.missing import MissingRights
    from reconciler.register import Moved


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
