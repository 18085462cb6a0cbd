"""JUnit's XML, as Jenkins and GitLab read it: the examples of policy expressions as test cases."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from reconciler.formats.safe import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.errors import Position
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.remarks import Remark
    from reconciler.guardrails.expressions.examples import Outcome, Tried


def tests_junit(tested: Sequence[Tried], say: Catalogue) -> str:
    """A suite for each expression, a case for each of its examples."""
    root = ET.Element("testsuites", name="reconciler policy test")
    for one in tested:
        failed = sum(not outcome.passed for outcome in one.outcomes)
        suite = _suite(root, one.name, len(one.outcomes), failures=failed)
        for outcome in one.outcomes:
            case = _case(suite, _name(outcome, say), one.name, outcome.position)
            if not outcome.passed:
                message = say.message(outcome.message)
                failure = ET.SubElement(case, "failure", type="example", message=message)
                failure.text = f"{clean(str(outcome.position))}: {message}"
    return _written(root)


def errors_junit(remarks: Sequence[Remark], say: Catalogue) -> str:
    """Why nothing was tested: a case that each of these stopped."""
    root = ET.Element("testsuites", name="reconciler policy test")
    name = say("the YAML")
    suite = _suite(root, name, len(remarks), errors=len(remarks))
    for remark in remarks:
        case = _case(suite, clean(remark.rule), name, remark.position)
        error = ET.SubElement(case, "error", type=clean(remark.rule), message=remark.message)
        place = f"{clean(str(remark.position))}: " if remark.position else ""
        error.text = place + remark.message
    return _written(root)


def _name(outcome: Outcome, say: Catalogue) -> str:
    number = outcome.number
    return (
        say("example {number}, allows", number=number)
        if outcome.allows
        else say("example {number}, denies", number=number)
    )


def _suite(root: ET.Element, name: str, tests: int, *, failures: int = 0, errors: int = 0) -> ET.Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return ET.SubElement(root, "testsuite", {"name": clean(name), **counts})


def _case(suite: ET.Element, name: str, of: str, position: Position | None) -> ET.Element:
    where = {} if position is None else {"file": clean(position.file), "line": str(position.line)}
    return ET.SubElement(suite, "testcase", {"name": name, "classname": clean(of), **where})


def _written(root: ET.Element) -> str:
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
