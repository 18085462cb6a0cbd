"""What became of the examples of policy expressions: a line for each, and what is not as it must be with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.safe import clean
from reconciler.formats.text.lines import detail, heading, item, paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.guardrails.expressions.examples import Outcome, Tried


def policy_tests_text(tested: Sequence[Tried], say: Catalogue) -> str:
    """Every expression with its examples, and a summary; with a line break at its end."""
    lines = [line for one in tested for line in _expression(one, say)]
    outcomes = [outcome for one in tested for outcome in one.outcomes]
    failed = sum(not outcome.passed for outcome in outcomes)
    if not tested:
        text = say("There are no expressions under “guardrails”.")
    elif failed:
        text = say.count(
            "{n} of {all} examples is not as it must be.",
            "{n} of {all} examples are not as they must be.",
            failed,
            all=len(outcomes),
        )
    else:
        text = say.count("{n} example, as it must be.", "{n} examples, all as they must be.", len(outcomes))
    return "\n".join([*lines, "", *paragraph(text)]).lstrip("\n") + "\n"


def _expression(one: Tried, say: Catalogue) -> list[str]:
    lines = heading(f"{clean(one.name)} ({clean(str(one.position))})")
    if not one.outcomes:
        lines += item("?", say("it has no examples"))
    return [*lines, *(line for outcome in one.outcomes for line in _outcome(outcome, say))]


def _outcome(outcome: Outcome, say: Catalogue) -> list[str]:
    values = {"number": outcome.number, "message": outcome.message}
    if outcome.passed:
        told = (
            say("example {number}, allows: {message}", **values)
            if outcome.allows
            else say("example {number}, denies: {message}", **values)
        )
        return item("+", told)
    told = (
        say("example {number} must be allowed, and is not: {message}", **values)
        if outcome.allows
        else say("example {number} must be denied, and is not: {message}", **values)
    )
    return item("!", told) + detail(clean(str(outcome.position)))
