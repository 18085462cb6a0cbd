"""From a policy folder to a `Policy`, with everything that is wrong told at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.desired import characters, schema
from reconciler.desired.check_duties import check_duties
from reconciler.desired.checks import check_policy
from reconciler.desired.findings import fail_or_warnings
from reconciler.desired.pause import no_garbage_collection
from reconciler.desired.policy import Policy, merge
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source, decode, read
from reconciler.desired.unquoted import unquoted_names
from reconciler.errors import Finding, InputError, Message, Position, Severity
from reconciler.regular import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.desired.document import Document, Value

_Wrong = frozenset[tuple[str, ...]]


def load(folder: Path) -> Policy:
    """Read every *.yaml file under a folder and merge them.

    Args:
        folder: the policy folder; folders inside it count, hidden ones do not.

    Returns:
        The policy, with warnings in its findings.

    Raises:
        InputError: with everything that is wrong in any of the files, in the order of files and lines.
    """
    with no_garbage_collection():
        return _load(folder)


def load_contents(contents: Mapping[str, bytes]) -> Policy:
    """As `load`, where the files have been read already, such as from a revision in git.

    Args:
        contents: by the name of a file, as findings show it, what it holds.

    Raises:
        InputError: as `load`.
    """
    with no_garbage_collection():
        findings: list[Finding] = []
        documents = []
        for name in sorted(contents):
            source, found = decode(contents[name], name)
            findings += found
            if source is not None and (checked := _checked(source, findings)):
                documents.append(checked)
        return _merged(documents, findings)


def yaml_files(folder: Path) -> list[Path]:
    """The files that `load` reads, by name.

    Raises:
        InputError: where there is no such folder, or no such file in it.
    """
    return list(_files(folder, []))


def with_texts(policy: Policy, texts: Mapping[str, str]) -> Policy:
    """A policy and more documents, checked as `load` checks files; nothing is read.

    A text that has the name of a document which is there, as findings call it, takes its place.

    Args:
        policy: from `load`, or EMPTY.
        texts: YAML by the name of the file that it is meant for.

    Raises:
        InputError: with everything that is wrong in the texts, or between them and the policy.
    """
    with no_garbage_collection():
        entries = (entry for section in policy.sections.values() for entry in section.values())
        documents = {
            id(entry.document): (entry.document, frozenset[tuple[str, ...]]())
            for entry in entries
            if entry.document.source.file not in texts
        }
        findings: list[Finding] = []
        sources = [Source(name, text) for name, text in texts.items()]
        new = [found for source in sources if (found := _checked(source, findings))]
        merged, twice = merge([*documents.values(), *new])
        findings += twice
        findings += [*check_policy(merged), *check_duties(merged)]
        return Policy(merged.sections, fail_or_warnings(findings))


def _load(folder: Path) -> Policy:
    findings: list[Finding] = []
    documents = [found for path in _files(folder, findings) if (found := _document(path, folder, findings))]
    return _merged(documents, findings)


def _merged(documents: list[tuple[Document, _Wrong]], findings: list[Finding]) -> Policy:
    policy, twice = merge(documents)
    findings += twice
    findings += [*check_policy(policy), *check_duties(policy)]
    return Policy(policy.sections, fail_or_warnings(findings))


def _files(folder: Path, findings: list[Finding]) -> Iterator[Path]:
    """The YAML files, by name; notes what is no YAML file and looks like one."""
    name = shown(folder)
    if not folder.is_dir():
        message = Message("the policy folder {folder} does not exist", folder=name)
        hint = Message("“reconciler init” makes one")
        raise InputError.of([Finding("no-folder", message, hint=hint)])
    paths = list(_walk(folder))
    for path in paths:
        if path.suffix == ".yml":
            message = Message("{file} is not read: its name ends in .yml", file=path.name)
            hint = Message("rename it so that it ends in .yaml")
            findings.append(
                Finding("not-read", message, Position(shown(path)), hint, severity=Severity.WARNING)
            )
    found = [path for path in paths if path.suffix == ".yaml"]
    if not found:
        message = Message("there is no *.yaml file in {folder}", folder=name)
        hint = Message("“reconciler init” makes an example to start from")
        raise InputError.of([*findings, Finding("no-files", message, hint=hint)])
    yield from found


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(inner for inner in folders if not inner.startswith("."))
        base = Path(parent)
        yield from (base / name for name in sorted(names) if not name.startswith("."))


def _document(path: Path, folder: Path, findings: list[Finding]) -> tuple[Document, _Wrong] | None:
    source, found = read(path, folder)
    findings += found
    return None if source is None else _checked(source, findings)


def _checked(source: Source, findings: list[Finding]) -> tuple[Document, _Wrong] | None:
    document, found = _read(source)
    findings += found
    if document is None:
        return None
    findings += unquoted_names(document)
    if not characters.plain(source):
        findings += characters.suspicious(document)
    found, wrong = schema.check(document, _without_empty_sections(document.root))
    findings += found
    # an entry has a path of two names, below `renames` of three
    return document, frozenset(tuple(map(str, path[:depth])) for path in wrong for depth in (2, 3))


def _read(source: Source) -> tuple[Document | None, list[Finding]]:
    """Invisible characters are told alone: they are what would make the parser's words hard to follow."""
    hidden = characters.invisible(source)
    return (None, hidden) if hidden else read_yaml(source)


def _without_empty_sections(root: Value) -> Value:
    """A section whose lines are all commented out is as good as none."""
    if not isinstance(root, dict):
        return root
    return {key: value for key, value in root.items() if value != "" or key == "bureau"}
