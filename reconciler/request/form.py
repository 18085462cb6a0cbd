"""The body of an issue form, as GitHub and others write it: a heading of level three for each field, its answer below.

    ### Consultants

    anna.lind@exempelbyran.example

    ### Until

    _No response_

A heading in an answer cannot pass for another field: each field stands there exactly once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, Message
from reconciler.invisible import unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.desired.source import Source

LONGEST = 65_536
"""Characters of a form: an issue on GitHub has no more."""

_MARK = "### "
_NO_ANSWER = frozenset({"_No response_", "_Inget svar_", "_Ej besvarad_"})
_MOST_FINDINGS = 20


class Field(StrEnum):
    """What is asked for."""

    CONSULTANTS = "consultants"
    CLIENTS = "clients"
    PROGRAMS = "programs"
    UNTIL = "until"
    REASON = "reason"


HEADINGS: Mapping[str, Field] = {
    "consultants": Field.CONSULTANTS,
    "clients": Field.CLIENTS,
    "programs": Field.PROGRAMS,
    "until": Field.UNTIL,
    "reason": Field.REASON,
    "konsulter": Field.CONSULTANTS,
    "klienter": Field.CLIENTS,
    "program": Field.PROGRAMS,
    "till och med": Field.UNTIL,
    "skäl": Field.REASON,
}
"""The headings of the form in either language, without regard to case; how the templates in .github label the fields."""


@dataclass(frozen=True, slots=True)
class Answers:
    """A form that was read.

    Attributes:
        source: the text.
        lines: for each field the lines of its answer that are not empty, each with where it begins in the text.
        headings: where the heading of each field stands.
    """

    source: Source
    lines: Mapping[Field, tuple[tuple[int, str], ...]]
    headings: Mapping[Field, int]

    def finding(
        self, field: Field, code: str, message: Message, hint: Message | None = None, at: int | None = None
    ) -> Finding:
        """What is wrong with a field, at a place in its answer or at its heading."""
        return _told(self.source, code, message, self.headings[field] if at is None else at, hint)


def _told(source: Source, code: str, message: Message, at: int, hint: Message | None = None) -> Finding:
    """A finding without the line of the form: a stranger's line, shown as it is, could look like one of ours."""
    return replace(source.finding(code, message, at, hint), excerpt="")


def read_form(source: Source) -> Answers | list[Finding]:
    """The answers of a form, or everything that makes it none.

    Args:
        source: the body, with line breaks of any kind.
    """
    findings = list(_hidden(source))
    if len(source.text) > LONGEST:
        message = Message("the form has more than {most} characters", most=LONGEST)
        findings.insert(0, _told(source, "form-too-long", message, 0))
    if findings:
        return findings[:_MOST_FINDINGS]
    lines: dict[Field, list[tuple[int, str]]] = {}
    headings: dict[Field, int] = {}
    current: Field | None = None
    for at, line in _lines(source.text):
        if line.startswith(_MARK):
            found = _field(source, at, line, headings)
            if isinstance(found, Finding):
                findings.append(found)
            else:
                current, headings[found] = found, at
        elif text := line.strip():
            if current is None:
                findings.append(
                    _told(source, "before-form", Message("this stands before the first field"), at)
                )
            elif text not in _NO_ANSWER:
                lines.setdefault(current, []).append((at + line.index(text), text))
    findings += _missing(source, headings) if not findings else []
    if findings:
        return findings[:_MOST_FINDINGS]
    return Answers(source, {field: tuple(lines.get(field, ())) for field in Field}, headings)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line without its break, with where it begins."""
    at = 0
    for line in text.splitlines(keepends=True):
        yield at, line.rstrip("\r\n")
        at += len(line)


def _hidden(source: Source) -> Iterator[Finding]:
    for at, one in enumerate(source.text):
        if one not in "\r\n\t" and unseen(one):
            code = f"U+{ord(one):04X}"
            yield _told(
                source,
                "invisible-character",
                Message("the invisible character {code} stands here", code=code),
                at,
                Message("delete it"),
            )


def _field(source: Source, at: int, line: str, headings: Mapping[Field, int]) -> Field | Finding:
    label = line[len(_MARK) :].strip()
    field = HEADINGS.get(label.casefold())
    if field is None:
        message = Message("the form has no field “{label}”", label=label)
        return _told(source, "no-field", message, at, did_you_mean(label.casefold(), list(HEADINGS)))
    if field in headings:
        return _told(source, "field-twice", Message("“{label}” stands there twice", label=label), at)
    return field


def _missing(source: Source, headings: Mapping[Field, int]) -> list[Finding]:
    missing = [field for field in Field if field not in headings]
    if len(missing) == len(Field):
        hint = Message("it is the text of an issue that was made with the form for access")
        return [_told(source, "no-form", Message("this is not a form for access"), 0, hint)]
    return [
        _told(
            source, "no-field", Message("the field “{label}” is missing", label=field.value), len(source.text)
        )
        for field in missing
    ]
