"""How names of the register are written in rules, and which cannot be written at all."""

from __future__ import annotations

import json
import re
from functools import lru_cache

from reconciler.desired import characters
from reconciler.desired.checks import UNREMARKABLE
from reconciler.desired.reader import read_yaml
from reconciler.desired.selectors import Kind, SelectorError, Word, parse
from reconciler.desired.source import Source

_NAME = re.compile(r"[^\s@&|!+(),:\"']+")


def is_selector(text: str, kind: Kind, name: str) -> bool:
    """Whether a text is read as the selector that it is meant to be, and as nothing else."""
    try:
        tree = parse(text)
    except SelectorError:
        return False
    return isinstance(tree, Word) and tree.kind is kind and tree.name == name and is_writable(text)


def key_text(key: str) -> str | None:
    """A key as a selector: in quotes where it would mean something else; None where nothing says it."""
    text = key if UNREMARKABLE.fullmatch(key) else f'"{key}"'
    return text if is_selector(text, Kind.KEY, key) else None


def is_rule_name(name: str) -> bool:
    """Whether a rule can be called so."""
    return _NAME.fullmatch(name) is not None and is_writable(name)


def is_program(name: str) -> bool:
    """Whether a program's name, in a list of programs, means that program."""
    return name != "all" and not name.startswith("+") and is_writable(name)


@lru_cache(maxsize=100_000)
def is_writable(text: str) -> bool:
    """Whether a text may stand in a policy: no alphabets mixed, nothing invisible."""
    if not text:
        return False
    if text.isascii() and text.isprintable():
        return True
    source = Source("", json.dumps(text) + "\n")
    document, findings = read_yaml(source)
    return document is not None and not findings and not characters.suspicious(document)
