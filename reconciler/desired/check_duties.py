"""What can be wrong with sets of programs, requirements and waivers whatever the register says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reconciler.desired.checks import check_programs, day, texts
from reconciler.desired.patterns import LONGEST, is_pattern
from reconciler.desired.read_duties import own_waiver, said_together, too_few
from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.desired.policy import Entry, Policy
    from reconciler.errors import Finding

NAMED = ("guardrails.never-together", "guardrails.require", "guardrails.expressions")
"""The sections whose names a waiver can be about."""


def check_duties(policy: Policy) -> Iterator[Finding]:
    """Everything that can be told without a register."""
    bundles = policy.sections["bundles"]
    together, require = (policy.sections[section] for section in NAMED[:2])
    for entry in together.values():
        path, written, _ = said_together(entry)
        yield from check_programs(entry, path, written, bundles)
        named = {text for _, text in texts(written, ())}
        if len(named) < 2 and not any(text == "all" or text.startswith("+") for text in named):
            yield too_few(entry)
    for entry in require.values():
        yield from check_programs(entry, ("programs",), entry.value.get("programs", ()), bundles)
        yield from _pattern(entry)
    yield from _named_twice(policy)
    known = [name for section in NAMED for name in policy.sections[section]]
    for entry in policy.sections["waivers"].values():
        yield from _waiver(entry, known)


def _pattern(entry: Entry) -> Iterator[Finding]:
    pattern = entry.value.get("ticket", "")
    if not is_pattern(pattern):
        message = Message("“{pattern}” is not a pattern that tickets can be held against", pattern=pattern)
        hint = Message(
            "write a regular expression such as BYR-[0-9]+, at most {most} characters; it takes no lookaround",
            most=LONGEST,
        )
        yield entry.finding("bad-pattern", message, ("ticket",), hint)


def _named_twice(policy: Policy) -> Iterator[Finding]:
    """A waiver names one guardrail, so a name stands for one, of whatever kind."""
    counts = Counter(name for section in NAMED for name in policy.sections[section])
    seen: dict[str, Entry] = {}
    for section in NAMED:
        for name, entry in policy.sections[section].items():
            first = seen.setdefault(name, entry)
            if counts[name] > 1 and first is not entry:
                message = Message(
                    "{name} is defined twice; first in {first}", name=name, first=first.position
                )
                hint = Message("a waiver names a guardrail, so each needs a name of its own")
                yield entry.key_finding("defined-twice", message, hint)


def _waiver(entry: Entry, known: list[str]) -> Iterator[Finding]:
    said = entry.value
    name = said["guardrail"]
    if name not in known:
        message = Message("there is no guardrail “{name}”", name=name)
        hint = did_you_mean(name, known) or (
            Message("known are: {keys}", keys=", ".join(known)) if known else None
        )
        yield entry.finding("unknown-guardrail", message, ("guardrail",), hint)
    if day(said["until"]) is None:
        message = Message("there is no day {day}", day=said["until"])
        yield entry.finding("no-such-day", message, ("until",))
    if said["approved-by"] in {text for _, text in texts(said["who"], ())}:
        yield own_waiver(entry)
