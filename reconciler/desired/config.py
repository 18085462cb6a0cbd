"""A YAML file that is no policy, such as reconciler.yaml, read with the same care and against its own schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired import schema
from reconciler.desired.findings import fail_or_warnings
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import read

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
    fail_or_warnings(findings)
    assert isinstance(root, dict), "the schema says so"
    return root
