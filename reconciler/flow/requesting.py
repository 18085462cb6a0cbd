"""From the text of a form to a file with one rule more, looked at again before it is written."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adopt.insert import insert
from reconciler.adopt.words import is_writable
from reconciler.compare import Kind, compare, edits
from reconciler.desired import load, resolve
from reconciler.desired.folder import load_contents, yaml_files
from reconciler.desired.source import Source, decode
from reconciler.desired.write import policy_text
from reconciler.errors import Finding, InputError, Message, Position, Severity
from reconciler.flow.world import today
from reconciler.formats.requests import Asked
from reconciler.guardrails.expressions.policy import check
from reconciler.register import read_register
from reconciler.regular import NotRegular, TooLarge, read_regular, shown
from reconciler.request import branch_of, read_form, rule_name, understand

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Policy
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.request import Request

MOST_BYTES = 4 * 65_536
"""Of a form: as many characters as an issue has, each of the widest kind."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a form becomes a rule.

    Attributes:
        policies: the folder of the YAML.
        register: the folder of the register.
        file: the name of the file that gets the rule.
        number: of the issue; None where there is none.
        ticket: put on the rule; "" for none.
        as_of: the day; None for today in the bureau's time zone.
    """

    policies: Path
    register: Path
    file: str
    number: int | None
    ticket: str
    as_of: dt.date | None


@dataclass(frozen=True, slots=True)
class Made:
    """What is written, and what there is to tell of it.

    Attributes:
        path: of the file.
        text: what it becomes.
        asked: what there is to tell.
    """

    path: Path
    text: str
    asked: Asked


def read_body(path: Path) -> Source:
    """The text of a form.

    Raises:
        InputError: where it cannot be read.
    """
    dash = str(path) == "-"
    name = "-" if dash else shown(path)
    try:
        raw = sys.stdin.buffer.read(MOST_BYTES) if dash else read_regular(path, MOST_BYTES)
    except NotRegular:
        raise InputError(Message("{file} is not a file", file=name)) from None
    except TooLarge:
        raise InputError(Message("{file} is too large for a form", file=name)) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(Message("{file} cannot be read: {why}", file=name, why=why)) from None
    source, findings = decode(raw, name)
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if source is None or errors:
        raise InputError.of(errors)
    return source


def make_rule(source: Source, wish: Wish, say: Catalogue) -> Made:
    """A rule of a form, and the file that it goes into.

    Raises:
        InputError: with everything that is wrong with the form, the rules or the register.
    """
    path = wish.policies / _file_name(wish.file)
    policy, register = load(wish.policies), read_register(wish.register)
    check(policy)
    date = wish.as_of or today(register)
    request = _request(source, policy, register, date, _ticket(wish.ticket))
    taken = {*policy.assignments, *policy.denials}
    if wish.number is not None and f"request-{wish.number}" in taken:
        raise InputError(
            Message("there is a rule “{name}” already", name=f"request-{wish.number}"),
            Message("the issue has become a rule before; change that rule, or ask in a new issue"),
        )
    name = rule_name(request, wish.number, taken)
    text = _with_rule(path, name, request, say)
    after = _looked_at(policy, path, text, name, wish.policies)
    plan = compare(resolve(policy, register, date), resolve(after, register, date), register, date)
    return Made(path, text, Asked(shown(path), name, branch_of(name), request, register, plan))


def _file_name(name: str) -> str:
    if Path(name).name != name or name.startswith(".") or not is_writable(name):
        raise InputError(Message("--file takes a name without folders: {name}", name=name))
    return name if name.endswith(".yaml") else f"{name}.yaml"


def _ticket(text: str) -> str:
    if text and (not is_writable(text) or len(text) > 100 or text != text.strip()):
        raise InputError(Message("“{text}” cannot be a ticket", text=text[:60]))
    return text


def _request(source: Source, policy: Policy, register: Register, date: dt.date, ticket: str) -> Request:
    answers = read_form(source)
    if isinstance(answers, list):
        raise InputError.of(answers)
    request = understand(answers, policy, register, date, ticket)
    if isinstance(request, list):
        raise InputError.of(request)
    return request


def _with_rule(path: Path, name: str, request: Request, say: Catalogue) -> str:
    """The file with the rule."""
    if not path.exists():
        about = Message("Access that was asked for with a form; “reconciler request” adds a rule for each.")
        return policy_text([say.message(about)], {"access": {name: request.note()}})
    text = insert(path.read_bytes().decode(), "access", name, request.note())
    if text is None:
        message = Message("{file} has no place for a rule: “access:” with a line for each", file=shown(path))
        hint = Message("“reconciler fmt” brings it into shape; --file names another one")
        raise InputError.of([Finding("no-place", message, Position(shown(path)), hint)])
    return text


def _looked_at(policy: Policy, path: Path, text: str, name: str, folder: Path) -> Policy:
    """What the YAML says with the new text: one rule more, and nothing else.

    Raises:
        InputError: where it would say anything else; then nothing is written.
    """
    contents = {shown(one): one.read_bytes() for one in yaml_files(folder)}
    after = load_contents(contents | {shown(path): text.encode()})
    found = edits(policy, after)
    if [(one.section, one.name, one.kind) for one in found] != [("access", name, Kind.NEW)]:
        raise InputError(
            Message(
                "a rule in {file} would change what else stands there; nothing was written", file=shown(path)
            ),
            Message("“reconciler fmt” brings it into shape; --file names another one"),
        )
    return after
