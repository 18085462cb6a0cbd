"""Golden cases: files before, what was chosen, files after and what is said about it; as Markdown to be read.

With UPDATE_CASES=1 in the environment what comes out is written anew, to be read in the diff.
"""

from __future__ import annotations

import os
import re
import shlex
from datetime import date
from pathlib import Path

import pytest

from reconciler.amend import Amended, Choice, Wording, amend
from reconciler.desired.folder import load_contents
from reconciler.errors import InputError
from reconciler.grid import OperationKind
from tests.support.policies import DAY, small_register

PATH = Path(__file__).parent / "cases.md"
FENCE = re.compile(r"^```(?P<kind>\w+) ?(?P<name>[\w.-]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
WORDING = Wording(str, "given.yaml")


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.*)$", PATH.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def choice_of(text: str) -> Choice:
    """A choice as a command line: the operation, then key=value; names without their mail domain."""
    kind, *pairs = shlex.split(text)
    said = dict(pair.split("=", 1) for pair in pairs)
    return Choice(
        OperationKind(kind),
        tuple(f"{name}@x.se" for name in said["who"].split(",")),
        tuple(said["clients"].split(",")),
        tuple(filter(None, said.get("programs", "").split(","))),
        said.get("reason", ""),
        said.get("said", ""),
        date.fromisoformat(said["until"]) if "until" in said else None,
        said.get("ticket", ""),
    )


def outcome(files: dict[str, str], choice: Choice) -> str:
    """What becomes of the files, and what is said."""
    try:
        found = amend(
            load_contents({name: text.encode() for name, text in files.items()}),
            small_register(),
            DAY,
            choice,
            WORDING,
        )
    except InputError as error:
        told = [
            f"! {finding.position or '-'} {finding.code}: {finding.message}"
            + (f" ({finding.hint})" if finding.hint else "")
            for finding in error.findings
        ]
        return "\n".join([*told, ""])
    return shown(found)


def shown(found: Amended) -> str:
    new = dict(found.edited) | ({WORDING.file: found.added} if found.added else {})
    texts = [f"{name}:\n\n{text}\n" if len(new) > 1 or found.added else text for name, text in new.items()]
    lines = [f"* {deed.position} {deed.kind}: {deed.message}" for deed in found.how]
    lines += [f"? {one.position or '-'} {one.code}: {one.message}" for one in found.remarks]
    return "\n".join(["".join(texts) + ("---" if texts else "nothing to write"), *lines, ""])


@pytest.mark.parametrize("title", sections())
def test_case(title):
    fences = list(FENCE.finditer(sections()[title]))
    files = {fence["name"] or "access.yaml": fence["text"] for fence in fences if fence["kind"] == "yaml"}
    (choice,) = [fence["text"] for fence in fences if fence["kind"] == "choice"]
    (expected,) = [fence for fence in fences if fence["kind"] == "after"]
    got = outcome(files, choice_of(choice))
    if os.environ.get("UPDATE_CASES") == "1":
        whole = PATH.read_text(encoding="utf-8")
        start = whole.index(f"## {title}\n")
        at = whole.index("```after\n", start) + len("```after\n")
        end = at + len(expected["text"])
        PATH.write_text(whole[:at] + got + whole[end:], encoding="utf-8")
    else:
        assert got == expected["text"]
