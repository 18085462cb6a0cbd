"""The expressions of a policy folder: all of them are compiled before anything is planned, and their names checked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.desired.checks import day
from reconciler.desired.findings import fail_or_warnings
from reconciler.desired.inside import index_of
from reconciler.desired.read_expressions import SECTION
from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, Message, Severity
from reconciler.guardrails.expressions import compiled
from reconciler.guardrails.expressions.engine import Refused
from reconciler.guardrails.expressions.examples import Tried, try_out

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.desired import Desired, Policy
    from reconciler.desired.policy import Entry
    from reconciler.grid import Register
    from reconciler.guardrails.expressions.engine import Compiled, Mention


def check(policy: Policy) -> None:
    """Compile every expression.

    Raises:
        InputError: with all that is wrong in any of them, each at its place in the file.
    """
    fail_or_warnings(
        finding for entry in policy.sections[SECTION].values() for finding in _wrong(policy, entry)
    )


def check_names(policy: Policy, register: Register, desired: Desired) -> Desired:
    """Check the names that expressions compare with against those that there are.

    Args:
        policy: of which `check` has accepted the expressions.
        register: whom and what there is.
        desired: what the policy says of it.

    Returns:
        The desired state, with a warning for each tag that nobody has.

    Raises:
        InputError: where there is no such program, consultant, client or team.
    """
    entries = policy.sections[SECTION].values()
    if not entries:
        return desired
    known = _known(register, desired)
    found = (
        finding
        for entry in entries
        for mention in _program(entry).look.mentions
        for finding in _unknown(entry, mention, known)
    )
    return replace(desired, findings=fail_or_warnings((*desired.findings, *found)))


def run_examples(policy: Policy) -> tuple[Tried, ...]:
    """Run the examples of every expression, by name.

    Args:
        policy: of which `check` has accepted the expressions.
    """
    return tuple(_tried(entry) for entry in policy.sections[SECTION].values())


def _tried(entry: Entry) -> Tried:
    document = entry.document
    examples = [
        (example, document.position(document.node(("examples", number), entry.node + 1, entry.value)))
        for number, example in enumerate(entry.value.get("examples", ()))
    ]
    return Tried(entry.name, entry.position, tuple(try_out(_program(entry), examples)))


def _program(entry: Entry) -> Compiled:
    program = compiled(entry.value["must"])
    assert not isinstance(program, Refused), "check comes first"
    return program


def _wrong(policy: Policy, entry: Entry) -> Iterator[Finding]:
    program = compiled(entry.value["must"])
    if isinstance(program, Refused):
        for fault in program.faults:
            yield _finding(entry, "bad-expression", fault.message, fault.at, fault.hint)
        return
    rules = sorted({*policy.assignments, *policy.denials})
    yield from _days(entry)
    for mention in program.look.mentions:
        if mention.variable == "rules.name" and mention.text not in rules:
            message = Message("there is no rule “{name}”", name=mention.text)
            yield _finding(entry, "unknown-rule", message, mention.at, did_you_mean(mention.text, rules))


def _days(entry: Entry) -> Iterator[Finding]:
    """The dates of examples: the schema has seen their form, not that there are such days."""
    for number, example in enumerate(entry.value.get("examples", ())):
        (said, case), *_ = example.items()
        rules = [
            (("rules", at, key), rule.get(key))
            for at, rule in enumerate(case.get("rules", ()))
            for key in ("from", "until")
        ]
        for path, text in ((("date",), case.get("date")), *rules):
            if text is not None and day(text) is None:
                message = Message("there is no day {day}", day=text)
                yield entry.finding("no-such-day", message, ("examples", number, said, *path))


def _finding(entry: Entry, code: str, message: Message, at: int, hint: Message | None) -> Finding:
    document, text = entry.document, entry.value["must"]
    node = document.node(("must",), entry.node + 1, entry.value)
    return document.source.finding(code, message, index_of(document, node, text, at), hint)


_NO_SUCH = {
    "program": Message("there is no program “{name}”"),
    "consultant": Message("there is no consultant “{name}”"),
    "client": Message("there is no client “{name}”"),
    "team": Message("there is no team “{name}”"),
    "tag": Message("nobody has the tag “{name}”"),
}
_NOUNS = {
    "programs": "program",
    "held": "program",
    "result": "program",
    "consultant.key": "consultant",
    "client.key": "client",
    "consultant.teams": "team",
    "consultant.leads": "team",
    "client.teams": "team",
    "consultant.tags": "tag",
    "client.tags": "tag",
}


def _known(register: Register, desired: Desired) -> Mapping[str, Collection[str]]:
    """By variable, the names that there are."""
    people, companies, teams = register.consultants, register.clients, desired.guardrails.teams
    renames = desired.renames
    programs, every_team = register.programs.names.all, sorted(teams.members)
    return {
        "programs": programs,
        "held": programs,
        "result": programs,
        "consultant.key": {*people.names, *renames.consultants} - {*renames.consultants.values()},
        "client.key": {*companies.names, *renames.clients} - {*renames.clients.values()},
        "consultant.teams": every_team,
        "consultant.leads": every_team,
        "client.teams": every_team,
        "consultant.tags": people.tags,
        "client.tags": companies.tags,
    }


def _unknown(entry: Entry, mention: Mention, known: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    name, names = mention.text, known.get(mention.variable)
    if names is None or name in names:
        return
    noun = _NOUNS[mention.variable]
    message, hint = Message(_NO_SUCH[noun].text, name=name), did_you_mean(name, sorted(names))
    found = _finding(entry, f"unknown-{noun}", message, mention.at, hint)
    # it may be a tag that nobody has yet
    yield replace(found, severity=Severity.WARNING) if noun == "tag" else found
