"""A YAML file that is no policy, such as reconciler.yaml, read with the same care and against its own schema."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.desired import schema
from reconciler.desired.findings import fail_or_warnings
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import read
from reconciler.errors import Message

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.desired.document import Value
    from reconciler.errors import Finding


def read_checked(path: Path, schema_name: str) -> dict[str, Value]:
    """Read one file.

    Args:
        path: of the file.
        schema_name: the schema that it must satisfy, such as "schemas/config.schema.json".

    Returns:
        Its data; every scalar is the text that was written.

    Raises:
        InputError: with everything that is wrong with it.
    """
    findings: list[Finding] = []
    source, found = read(path, path.parent)
    findings += found
    root: Value = {}
    if source is not None:
        document, found = read_yaml(source)
        findings += found
        if document is not None:
            root = document.root
            findings += schema.check(document, root, schema_name)[0]
    fail_or_warnings(_discreet(findings))
    assert isinstance(root, dict), "the schema says so"
    return root


def _discreet(findings: list[Finding]) -> list[Finding]:
    """The same findings; where somebody may have written a token, its line is not shown and not repeated."""
    told = [(finding, _about_a_token(finding)) for finding in findings]
    lines = {finding.position.line for finding, about in told if about and finding.position}
    return [
        replace(about or finding, excerpt="")
        if finding.position and finding.position.line in lines
        else finding
        for finding, about in told
    ]


def _about_a_token(finding: Finding) -> Finding | None:
    """The finding in words that do not repeat what stands there; None where it is about something else."""
    match finding.message.values.get("key"):
        case "token":
            message = Message("a token never stands in this file")
            hint = Message("put it into a file, a variable or the keyring, and write here where it is")
        case "token-env":
            message = Message("“token-env” takes the name of a variable")
            hint = Message("write it in capitals, such as RECONCILER_TOKEN_ANNA")
        case _:
            return None
    return replace(finding, message=message, hint=hint)
