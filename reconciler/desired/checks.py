"""What can be wrong with a policy whatever the register says: dates, selectors, bundles, old names."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from reconciler.desired.selectors import Kind, SelectorError, Word, parse, words
from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.desired.document import Path
    from reconciler.desired.policy import Entry, Policy

EACH = frozenset({Kind.EACH_TEAM, Kind.EACH_LEAD})
CONSULTANTS = frozenset({Kind.KEY, Kind.ALL, Kind.TAG, Kind.TEAM, Kind.LEAD})
CLIENTS = frozenset({Kind.KEY, Kind.ALL, Kind.TAG, Kind.TEAM})
_WHO = CONSULTANTS | EACH
_OWN = CLIENTS | {Kind.SELF}

UNREMARKABLE = re.compile(r"(?!@|tag:|team:|all$|each-team)[^\s()&|!\"]+")
"""A selector that is one key and nothing else, which is nearly all of them in a long list of rules."""


def check_policy(policy: Policy) -> list[Finding]:
    """Everything that can be told without a register."""
    return [
        *_bundles(policy),
        *_sensitive(policy),
        *(finding for entry in policy.sections["teams"].values() for finding in _team(entry)),
        *_rules(policy),
        *_manage(policy),
        *_guarded(policy),
        *_renames(policy),
        *_previously(policy),
    ]


def texts(written: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts of what may be one text or a list of them, each with its path."""
    if isinstance(written, str):
        yield path, written
    else:
        for i, text in enumerate(written):
            yield (*path, i), text


def _rules(policy: Policy) -> Iterator[Finding]:
    known: set[str] = set()
    without_bundles: set[tuple[str, ...]] = set()
    bundles = policy.sections["bundles"]
    for entries in (policy.assignments, policy.denials):
        for entry in entries.values():
            rule = entry.value
            if "until" in rule or "from" in rule:
                yield from _dates(entry)
            if not _all_unremarkable(rule, known):
                yield from _rule_selectors(entry)
            programs = tuple(rule.get("programs", ()))
            if programs not in without_bundles:
                yield from check_programs(entry, ("programs",), rule.get("programs", ()), bundles)
                if not any(text.startswith("+") for text in programs):
                    without_bundles.add(programs)
            for path, block in exceptions(rule) if "except" in rule else ():
                yield from check_programs(entry, (*path, "programs"), block.get("programs", ()), bundles)


def exceptions(rule: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The blocks of `except`, each with its path."""
    blocks = rule.get("except")
    if isinstance(blocks, dict):
        yield ("except",), blocks
    elif blocks is not None:
        for i, block in enumerate(blocks):
            yield ("except", i), block


def _all_unremarkable(rule: Mapping[str, Any], known: set[str]) -> bool:
    """Whether the selectors of a rule are keys only; `known` remembers those that are."""
    if "except" in rule:
        return False
    for written in (rule["who"], rule["clients"]):
        for text in (written,) if isinstance(written, str) else written:
            if text not in known:
                if not UNREMARKABLE.fullmatch(text):
                    return False
                known.add(text)
    return True


def _rule_selectors(entry: Entry) -> Iterator[Finding]:
    rule = entry.value
    per_team = uses(rule["who"], EACH)
    yield from _selector(entry, ("who",), rule["who"], _WHO)
    yield from _selector(entry, ("clients",), rule["clients"], _OWN if per_team else CLIENTS)
    for path, block in exceptions(rule):
        who, clients = block.get("who", ()), block.get("clients", ())
        yield from _selector(entry, (*path, "who"), who, _WHO if per_team else CONSULTANTS)
        yield from _selector(entry, (*path, "clients"), clients, _OWN if per_team else CLIENTS)


def uses(written: Any, kinds: Iterable[Kind]) -> bool:
    """Whether a selector, or one of a list, has a word of one of these kinds; False where it cannot be read."""
    wanted = frozenset(kinds)
    try:
        return any(word.kind in wanted for _, text in texts(written, ()) for word in words(parse(text)))
    except SelectorError:
        return False


def _selector(entry: Entry, path: Path, written: Any, allowed: frozenset[Kind]) -> Iterator[Finding]:
    clients = (entry.name, *path)[-1] == "clients"
    for place, text in texts(written, path):
        try:
            tree = parse(text)
        except SelectorError as error:
            yield entry.selector_finding("selector", error.message, place, text, error.at, hint=error.hint)
            continue
        for word in words(tree):
            if word.kind not in allowed:
                message, hint = _misplaced(word, clients=clients)
                yield entry.selector_finding("misplaced-selector", message, place, text, word.at, hint=hint)


def _misplaced(word: Word, *, clients: bool) -> tuple[Message, Message]:
    """Why a word does not fit: it stands for the other dimension, or needs each-team."""
    if word.kind is Kind.SELF and clients:
        message = Message("team:self is the own clients of each team; this rule is not for each team")
        return message, Message("write “who: each-team”, or name the team")
    if word.kind is Kind.SELF:
        message = Message("team:self stands for clients")
        return message, Message("for the consultants of each team write each-team")
    if word.kind is Kind.LEAD:
        message = Message("team:{name}.lead stands for a consultant", name=word.name)
        return message, Message("for the clients of a team write team:{name}", name=word.name)
    if clients:
        message = Message("{word} stands for consultants", word=word.kind)
        return message, Message("for the own clients of each team write team:self")
    message = Message("{word} makes a rule for every team; this is not for every team", word=word.kind)
    return message, Message("name the team")


def day(text: str) -> date | None:
    """The day that a text names; None where there is no such day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _dates(entry: Entry) -> Iterator[Finding]:
    days: dict[str, date] = {}
    for key in ("from", "until"):
        text = entry.value.get(key)
        found = None if text is None else day(text)
        if found is not None:
            days[key] = found
        elif text is not None:
            message = Message("there is no day {day}", day=text)
            yield entry.finding("no-such-day", message, (key,))
    if len(days) == 2 and days["from"] > days["until"]:
        message = Message(
            "“{name}” starts on {start}, after it has ended on {end}",
            name=entry.name,
            start=days["from"],
            end=days["until"],
        )
        yield entry.finding("from-after-until", message, ("from",), Message("are the two dates swapped?"))


def check_programs(entry: Entry, path: Path, written: Any, bundles: Mapping[str, Entry]) -> Iterator[Finding]:
    """An error for each bundle that is named and not defined."""
    for place, text in texts(written, path):
        if text[:1] == "+" and text[1:] not in bundles:
            message = Message("there is no bundle “{name}”", name=text[1:])
            hint = did_you_mean(text[1:], list(bundles))
            yield entry.finding("unknown-bundle", message, place, hint)


def _bundles(policy: Policy) -> Iterator[Finding]:
    bundles = policy.sections["bundles"]
    for entry in bundles.values():
        yield from check_programs(entry, (), entry.value, bundles)
        if entry.name in _reached(entry.name, bundles):
            message = Message("the bundle “{name}” contains itself", name=entry.name)
            yield entry.key_finding("circular-bundle", message)


def _sensitive(policy: Policy) -> Iterator[Finding]:
    if policy.sensitive is not None:
        yield from check_programs(policy.sensitive, (), policy.sensitive.value, policy.sections["bundles"])


def _reached(name: str, bundles: Mapping[str, Entry]) -> set[str]:
    """The bundles that a bundle contains, directly or through others."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        for _, text in texts(bundles[ahead.pop()].value, ()):
            inner = text[1:]
            if text[:1] == "+" and inner in bundles and inner not in reached:
                reached.add(inner)
                ahead.append(inner)
    return reached


def _team(entry: Entry) -> Iterator[Finding]:
    if entry.name == "self" or entry.name.endswith(".lead"):
        message = Message("“{name}” cannot be the name of a team: it means something else", name=entry.name)
        yield entry.key_finding("bad-name", message)
    for key, allowed in (("lead", CONSULTANTS), ("members", CONSULTANTS), ("clients", CLIENTS)):
        yield from _selector(entry, (key,), entry.value.get(key, ()), allowed)


def _manage(policy: Policy) -> Iterator[Finding]:
    manage, bundles = policy.sections["manage"], policy.sections["bundles"]
    if "consultants" in manage:
        yield from _value(manage["consultants"], CONSULTANTS)
    if "clients" in manage:
        yield from _value(manage["clients"], CLIENTS)
    if "programs" in manage:
        yield from check_programs(manage["programs"], (), manage["programs"].value, bundles)


def blocks(entry: Entry) -> Iterator[tuple[Path, Any]]:
    """The blocks of an entry that may be one block or a list of them, each with its path."""
    if isinstance(entry.value, list):
        for i, block in enumerate(entry.value):
            yield (i,), block
    else:
        yield (), entry.value


def _guarded(policy: Policy) -> Iterator[Finding]:
    """The selectors and programs of guardrails, and of what is taken over."""
    bundles = policy.sections["bundles"]
    taken_over = policy.sections["manage"].get("taken-over")
    protected = policy.sections["guardrails"].get("protected")
    entries = [one for one in (taken_over, protected) if one is not None and not isinstance(one.value, str)]
    for entry in (*entries, *policy.sections["waivers"].values()):
        for path, block in blocks(entry):
            yield from _selector(entry, (*path, "who"), block.get("who", ()), CONSULTANTS)
            yield from _selector(entry, (*path, "clients"), block.get("clients", ()), CLIENTS)
            yield from check_programs(entry, (*path, "programs"), block.get("programs", ()), bundles)


def _value(entry: Entry, allowed: frozenset[Kind]) -> Iterator[Finding]:
    """A selector that is the value of an entry itself."""
    yield from _selector(entry, (), entry.value, allowed)


def _renames(policy: Policy) -> Iterator[Finding]:
    for section in ("renames.consultants", "renames.clients"):
        entries = policy.sections[section]
        owners: dict[str, Entry] = {}
        for entry in entries.values():
            first = owners.setdefault(entry.value, entry)
            if entry.value in entries:
                message = Message("{old} is renamed itself", old=entry.value)
                hint = Message("name what the register calls it today")
                yield entry.finding("rename-chain", message, (), hint)
            if first is not entry:
                message = Message(
                    "{old} becomes both {one} and {two}", old=entry.value, one=first.name, two=entry.name
                )
                yield entry.finding("renamed-twice", message)


def _previously(policy: Policy) -> Iterator[Finding]:
    for section in ("teams", "access", "never"):
        entries = policy.sections[section]
        for entry in entries.values():
            old = entry.value.get("previously")
            if old is not None and old in entries:
                message = Message(
                    "“{name}” was previously “{old}”, which still exists", name=entry.name, old=old
                )
                hint = Message("delete one of the two")
                yield entry.finding("previously-exists", message, ("previously",), hint)
