"""Each case in tests/cases/*.md is a bureau, its rules, and what commands print about them.

A file starts with the bureau that its cases share, as CSV in fences that are named after the files of
policies/example. Each `## case` then has its rules in a yaml fence, and console fences: a line `$ reconciler …`
and what it prints, to the letter; where the exit code is not 0, a last line `[exit N]`. With
UPDATE_CASES=1 in the environment the expected output is written anew, to be read in the diff.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from pathlib import Path

import pytest

from reconciler.bureau.example import load_example
from reconciler.bureau.store import Store
from reconciler.commands.cli import run
from reconciler.flow.files import write_tokens

FOLDER = Path(__file__).parent
FENCE = re.compile(r"^```(?P<kind>\w+)(?: (?P<name>\S+))?\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
UPDATE = os.environ.get("UPDATE_CASES") == "1"


def sections(path: Path) -> list[tuple[str, str]]:
    parts = re.split(r"^(## .*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return list(zip(["", *parts[1::2]], parts[::2], strict=True))


def cases():
    for path in sorted(FOLDER.glob("*.md")):
        for title, _ in sections(path)[1:]:
            yield pytest.param(path, title, id=f"{path.stem}: {title.removeprefix('## ')}")


@pytest.mark.parametrize(("path", "title"), list(cases()))
def test_case(path, title, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_LANG", "en")
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("RECONCILER_DATABASE", "bureau.db")
    monkeypatch.setenv("RECONCILER_TOKEN_FILE", "tokens/me.token")
    texts = dict(sections(path))
    make_bureau(texts[""], tmp_path)
    (tmp_path / "policies").mkdir()
    for fence in FENCE.finditer(texts[title]):
        if fence["kind"] == "yaml":
            (tmp_path / "policies" / (fence["name"] or "access.yaml")).write_text(
                fence["text"], encoding="utf-8"
            )
        else:
            assert fence["kind"] == "console", f"a fence of kind {fence['kind']} means nothing here"
            got = console(fence["text"])
            if UPDATE:
                rewrite(path, title, fence["text"], got)
            else:
                assert got == fence["text"]


def make_bureau(text: str, folder: Path) -> None:
    files = folder / "bureau"
    files.mkdir()
    for fence in FENCE.finditer(text):
        (files / fence["name"]).write_text(fence["text"], encoding="utf-8")
    with contextlib.closing(Store.open(folder / "bureau.db")) as store:
        write_tokens(folder / "tokens", load_example(store, files))


def console(expected: str) -> str:
    """What the fence says now: its command, what it prints, its exit code."""
    command = expected.partition("\n")[0]
    assert command.startswith("$ reconciler ")
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        code = run(shlex.split(command)[2:])
    printed = re.sub(r"\((job|jobb) [\w-]+\)", r"(\1 …)", output.getvalue())
    # the day on which the case's bureau was made
    printed = re.sub(r"^( {6}(?:on|den)) \d{4}-\d\d-\d\d$", r"\1 …", printed, flags=re.MULTILINE)
    printed = re.sub(r"\| \d{4}-\d\d-\d\d \|", "| … |", printed)
    printed = re.sub(r" (\d+:)[0-9a-f]{64}$", r" \1…", printed, flags=re.MULTILINE)
    return f"{command}\n{printed}" + (f"[exit {code}]\n" if code else "")


def rewrite(path: Path, title: str, expected: str, got: str) -> None:
    whole = path.read_text(encoding="utf-8")
    start = whole.index(f"{title}\n")
    at = whole.index(f"```console\n{expected}```", start)
    rest = whole[at:].replace(expected, got, 1)
    path.write_text(whole[:at] + rest, encoding="utf-8")
