"""A new rule, where rules of its kind stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.adopt.insert import insert
from reconciler.amend.give import sides
from reconciler.desired.checks import texts
from reconciler.desired.side import Noun
from reconciler.desired.write import Data, Note, policy_text
from reconciler.errors import Finding, InputError, Message, Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.amend.wording import Words
    from reconciler.desired import Policy
    from reconciler.desired.policy import Entry
    from reconciler.grid import Access


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new rule.

    Attributes:
        name: its name.
        file: where it stands.
        text: the whole new text of that file.
        added: whether there was no such file.
    """

    name: str
    file: str
    text: str
    added: bool


def fresh(words: Words, policy: Policy, missing: Access, texts_now: Mapping[str, str]) -> Fresh:
    """Write a rule for what is missing.

    Args:
        words: what is said.
        policy: as it was.
        missing: what is missing.
        texts_now: the texts of files that have been edited already.

    Raises:
        InputError: where no file has a place for it.
    """
    people, companies, mask = sides(missing)
    name = words.rule_name(people, companies, mask, {*policy.assignments, *policy.denials})
    note = Note(_rule(words, missing))
    sources = {entry.document.source.file: entry.document.source for entry in _entries(policy)}
    own = words.wording.file
    for file in [*_files(policy, words), *([own] if own in sources else [])]:
        text = insert(texts_now.get(file, sources[file].text), "access", name, note)
        if text is not None:
            return Fresh(name, file, text, added=False)
    if own in sources:
        message = Message("{file} takes no rule as it is written", file=own)
        hint = Message("“reconciler fmt” brings it into shape")
        raise InputError.of([Finding("not-editable", message, Position(own), hint)])
    return Fresh(name, own, policy_text([], {"access": {name: note}}), added=True)


def _rule(words: Words, missing: Access) -> dict[str, Data]:
    """What a rule for what is missing says."""
    people, companies, mask = sides(missing)
    said: dict[str, Data] = {
        "who": words.who(people),
        "clients": words.clients(companies),
        "programs": words.bundled(mask),
    }
    choice = words.asked.choice
    if choice.until is not None:
        said["until"] = choice.until.isoformat()
    if choice.reason:
        said["reason"] = choice.reason
    if choice.ticket:
        said["ticket"] = choice.ticket
    return said


def _entries(policy: Policy) -> Iterator[Entry]:
    for section in policy.sections.values():
        yield from section.values()


def _files(policy: Policy, words: Words) -> list[str]:
    """The files that have rules, those first that have rules about the same consultants, then those with the most."""
    keys = set(words.keys(Noun.CONSULTANT, words.asked.consultants))
    near: dict[str, int] = {}
    count: dict[str, int] = {}
    for entry in policy.assignments.values():
        file = entry.document.source.file
        count[file] = count.get(file, 0) + 1
        if any(text in keys for _, text in texts(entry.value["who"], ())):
            near[file] = near.get(file, 0) + 1
    return sorted(count, key=lambda file: (-near.get(file, 0), -count[file], file))
