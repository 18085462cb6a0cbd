"""Answers of a form to a request: every name looked up in the register, all that is wrong told at once."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from reconciler.adopt.words import is_program, key_text
from reconciler.errors import Finding, Message
from reconciler.plan.lookup import find_client, find_consultant, find_program
from reconciler.request.form import Field
from reconciler.request.rule import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.desired import Policy
    from reconciler.grid import Names, Register
    from reconciler.request.form import Answers

MOST_NAMES = 200
"""Names in one field: who needs more writes a rule with a tag or a team."""

LONGEST_REASON = 300

_BULLET = re.compile(r"[-*] +(?:\[(?P<box>[ xX])\] +)?")
_BETWEEN = re.compile(r"[,;]")


def understand(
    answers: Answers, policy: Policy, register: Register, date: dt.date, ticket: str = ""
) -> Request | list[Finding]:
    """What is asked for, or everything that is wrong with it.

    Args:
        answers: of the form.
        policy: for new keys of those whom the register still calls by the old one.
        register: whom and what there is.
        date: today.
        ticket: the case that it was asked for in.
    """
    reader = _Reader(answers, register, date)
    consultants = reader.names(
        Field.CONSULTANTS,
        lambda text: find_consultant(register, policy, text),
        register.consultants.names,
        reader.consultant,
    )
    clients = reader.names(
        Field.CLIENTS, lambda text: find_client(register, policy, text), register.clients.names, reader.client
    )
    programs = reader.names(
        Field.PROGRAMS, lambda text: find_program(register, text), register.programs.names, reader.program
    )
    until, reason = reader.until(), reader.reason()
    if reader.findings:
        return sorted(reader.findings, key=lambda one: one.position or answers.source.position(0))
    return Request(consultants, clients, programs, until, reason, ticket)


class _Reader:
    """Reads one field after the other, and notes what is wrong."""

    def __init__(self, answers: Answers, register: Register, date: dt.date) -> None:
        self.answers, self.register, self.date = answers, register, date
        self.findings: list[Finding] = []

    def names(
        self,
        field: Field,
        find: Callable[[str], int | Finding],
        names: Names,
        check: Callable[[int], Message | None],
    ) -> tuple[str, ...]:
        """The keys that an answer names, each once, in its order."""
        words = list(self.words(field))
        if not words:
            self.wrong(field, "no-answer", Message("nothing is written here"))
        if len(words) > MOST_NAMES:
            message = Message("there are more than {most} names here", most=MOST_NAMES)
            self.wrong(
                field,
                "too-many-names",
                message,
                Message("for so many, a rule with a tag or a team is written"),
            )
            return ()
        keys: dict[str, None] = {}
        for at, text in words:
            found = find(text)
            if isinstance(found, Finding):
                self.wrong(field, found.code, found.message, found.hint, at=at)
            elif why := check(found):
                self.wrong(field, "cannot-be-given", why, at=at)
            else:
                keys[names[found]] = None
        return tuple(keys)

    def words(self, field: Field) -> Iterator[tuple[int, str]]:
        """What stands in an answer, by lines, commas and bullets; of boxes to tick, those that are ticked."""
        for start, line in self.answers.lines[field]:
            bullet = _BULLET.match(line)
            if bullet and bullet["box"] == " ":
                continue
            at = bullet.end() if bullet else 0
            for part in _BETWEEN.split(line[at:]):
                text = part.strip()
                if text:
                    yield start + at + part.index(text), text
                at += len(part) + 1

    def consultant(self, number: int) -> Message | None:
        """Why a consultant cannot be given anything; None where they can."""
        people = self.register.consultants
        if not people.active[number]:
            return Message("{name} has left the bureau", name=people.labels[number] or people.names[number])
        return _writable(key_text(people.names[number]) is not None, people.names[number])

    def client(self, number: int) -> Message | None:
        """Why nothing can be given at a client; None where it can."""
        companies = self.register.clients
        if not companies.connected[number]:
            return Message(
                "{name} is not connected to the bureau",
                name=companies.labels[number] or companies.names[number],
            )
        return _writable(key_text(companies.names[number]) is not None, companies.names[number])

    def program(self, number: int) -> Message | None:
        """Why a program cannot be given; None where it can."""
        programs = self.register.programs
        if not programs.package >> number & 1:
            return Message("{name} is outside of the bureau package", name=programs.names[number])
        return _writable(is_program(programs.names[number]), programs.names[number])

    def until(self) -> dt.date | None:
        """The last day; None where none is named."""
        lines = self.answers.lines[Field.UNTIL]
        if not lines:
            return None
        at, text = lines[0]
        hint = Message(
            "write it as year, month and day: {example}",
            example=(self.date + dt.timedelta(days=30)).isoformat(),
        )
        day = _day(text) if len(lines) == 1 else None
        if day is None:
            self.wrong(Field.UNTIL, "no-day", Message("“{text}” is not a day", text=text[:60]), hint, at=at)
        elif day < self.date:
            message = Message("{date} has passed", date=day.isoformat())
            self.wrong(Field.UNTIL, "day-passed", message, at=at)
        return day

    def reason(self) -> str:
        """Why, in one line."""
        lines = self.answers.lines[Field.REASON]
        text = " ".join(" ".join(line for _, line in lines).split())
        if not text:
            self.wrong(Field.REASON, "no-answer", Message("nothing is written here"))
        if len(text) > LONGEST_REASON:
            message = Message("the reason has more than {most} characters", most=LONGEST_REASON)
            self.wrong(Field.REASON, "reason-too-long", message, at=lines[0][0])
        return text

    def wrong(
        self, field: Field, code: str, message: Message, hint: Message | None = None, *, at: int | None = None
    ) -> None:
        """Note what is wrong."""
        self.findings.append(self.answers.finding(field, code, message, hint, at))


def _day(text: str) -> dt.date | None:
    """A day as the YAML writes it, and in no other way."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def _writable(writable: bool, key: str) -> Message | None:
    return None if writable else Message("{key} cannot be written in a rule", key=key)
