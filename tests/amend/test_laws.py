"""The promises of an edit on random policies in random layouts.

Exact: what is given or taken is what was chosen, on the day and on every later one. Small: what is not touched stays byte
for byte. Done once: the same choice again needs no edit. And what was given can be taken again.
"""

from __future__ import annotations

from datetime import date

from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from reconciler.amend import Amended, Choice, DeedKind, Wording, amend
from reconciler.desired import Policy, RuleKind, Standing, resolve
from reconciler.desired.fmt import format_text
from reconciler.desired.folder import load_contents
from reconciler.errors import InputError, Severity
from reconciler.grid import OperationKind, Register
from tests.amend.layouts import DAY, DAYS, cases
from tests.support.worlds import triples

WORDING = Wording(str, "new.yaml")
few = settings(max_examples=max(settings.default.max_examples // 2, 1))
LATER = [day for day in DAYS if day >= DAY]


def policy_of(texts: dict[str, str]) -> Policy:
    return load_contents({name: text.encode() for name, text in texts.items()})


def tried(texts: dict[str, str], register: Register, choice: Choice) -> Amended:
    """The edit; examples that are refused for a reason of their own count for nothing."""
    try:
        return amend(policy_of(texts), register, DAY, choice, WORDING)
    except InputError as error:
        codes = {finding.code for finding in error.findings if finding.severity is Severity.ERROR}
        if not codes <= {"denied", "consultant-left"}:
            raise
        reject()


def after(texts: dict[str, str], made: Amended) -> dict[str, str]:
    return {**texts, **made.edited, **({WORDING.file: made.added} if made.added else {})}


def block(choice: Choice) -> set[tuple[str, str, str | None]]:
    programs = (None, *choice.programs)
    return {(who, where, p) for who in choice.consultants for where in choice.clients for p in programs}


def only(policy: Policy, register: Register, standings: set[Standing]) -> Policy:
    """The policy with those assignments alone that stand so on the day."""
    said = resolve(policy, register, DAY).rules
    kept = {rule.name for rule in said if rule.kind is RuleKind.ASSIGNMENT and rule.standing in standings}
    access = {name: entry for name, entry in policy.assignments.items() if name in kept}
    return Policy({**policy.sections, "access": access})


def wanted(policy: Policy, register: Register, choice: Choice, day: date):
    """What the policy is to give on a day, by sets of triples."""

    def given_by(some: Policy):
        return triples(register, resolve(some, register, day).access)

    chosen = block(choice)
    if choice.kind is OperationKind.GIVE_ACCESS:
        at_all = choice.until is None or day <= choice.until
        said = resolve(policy, register, day)
        pairs, programs = triples(register, said.denied_pairs), triples(register, said.denied_programs)
        denied = {cell for cell in chosen if (*cell[:2], None) in pairs}
        denied |= {cell for cell in chosen if cell[2] is not None and cell in programs}
        return given_by(policy) | (chosen - denied if at_all else set())
    now = given_by(only(policy, register, {Standing.IN_FORCE}))
    ahead = given_by(only(policy, register, {Standing.AHEAD}))
    if choice.kind is OperationKind.REMOVE_ACCESS:
        pairs = {cell[:2] for cell in chosen}
        return {cell for cell in now if cell[:2] not in pairs} | ahead
    return (now - {cell for cell in chosen if cell[2] is not None}) | ahead


@few
@given(cases())
def test_exactly_what_was_chosen_changes_then_and_later(case):
    texts, register, choice = case
    made = tried(texts, register, choice)
    before, now = policy_of(texts), policy_of(after(texts, made))
    for day in LATER:
        assert triples(register, resolve(now, register, day).access) == wanted(before, register, choice, day)
    assert triples(register, made.desired.access) == wanted(before, register, choice, DAY)
    assert made.changed == bool(made.how)


@few
@given(cases(), st.booleans())
def test_what_is_not_touched_stays_byte_for_byte(case, shaped):
    texts, register, choice = case
    if shaped:
        texts = {name: format_text(text) for name, text in texts.items()}
    made = tried(texts, register, choice)
    policy = policy_of(texts)
    edited = {deed.rule: deed.kind for deed in made.how}
    for name, text in made.edited.items():
        old, new = text_lines(texts[name]), text_lines(text)
        touched = set[int]()
        for rule, kind in edited.items():
            entry = policy.assignments.get(rule)
            if entry is not None and entry.document.source.file == name:
                touched |= lines_of(entry, old, removed=kind is DeedKind.REMOVED)
        if made.how[-1].kind is DeedKind.WRITTEN and old[-1][-1:] != "\n":
            new = [line.rstrip("\r\n") if i == len(old) - 1 else line for i, line in enumerate(new)]
        left = iter(new)
        missing = [line for n, line in enumerate(old, 1) if n not in touched and line not in left]
        assert not missing
        if shaped and not {DeedKind.REMOVED, DeedKind.WRITTEN} & set(edited.values()):
            assert format_text(text) == text


def text_lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def lines_of(entry, lines: list[str], *, removed: bool) -> set[int]:
    """The numbers of the lines of a rule; where it goes with the comments and an empty line around it."""
    first, last = entry.lines
    while last < len(lines) and lines[last].strip() in {"]", "],"}:
        last += 1
    if removed:
        while first > 1 and lines[first - 2].lstrip().startswith("#"):
            first -= 1
        first -= first > 1 and not lines[first - 2].strip()
        while last < len(lines) and lines[last].lstrip().startswith("#"):
            last += 1
    return set(range(first, last + 1))


@few
@given(cases())
def test_line_breaks_stay_as_they_are(case):
    texts, register, choice = case
    made = tried(texts, register, choice)
    for name, text in made.edited.items():
        if "\r\n" in texts[name]:
            assert text.count("\n") == text.count("\r\n")
        else:
            assert "\r" not in text


@few
@given(cases())
def test_the_same_choice_again_needs_no_edit(case):
    texts, register, choice = case
    made = tried(texts, register, choice)
    again = amend(policy_of(after(texts, made)), register, DAY, choice, WORDING)
    assert not again.changed
    assert again.how == ()


@few
@given(cases())
def test_what_was_given_can_be_taken_again(case):
    texts, register, choice = case
    assume(choice.kind is OperationKind.GIVE_ACCESS)
    made = tried(texts, register, choice)
    back = Choice(OperationKind.REMOVE_ACCESS, choice.consultants, choice.clients, reason="back")
    given_ = after(texts, made)
    taken = amend(policy_of(given_), register, DAY, back, WORDING)
    end = policy_of(after(given_, taken))
    for day in LATER:
        assert triples(register, resolve(end, register, day).access) == wanted(
            policy_of(texts), register, back, day
        )
