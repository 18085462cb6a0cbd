"""The reference is the help of every command, in both languages; UPDATE_CASES=1 writes it anew."""

from __future__ import annotations

import os

import click
import pytest

from reconciler.commands.cli import cli
from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.docs.pages import ROOT

REFERENCES = {
    "en": (
        ROOT / "docs" / "reference.md",
        "# Reference\n\nEvery command with its options, as `--help` prints it. Generated; a test holds it to the commands.\n",
    ),
    "sv": (
        ROOT / "docs" / "sv" / "referens.md",
        "# Referens\n\nVarje kommando med sina flaggor, som `--help` skriver ut det. Genererad; ett test jämför den med"
        " kommandona.\n",
    ),
}


def commands(group: click.Group, path: tuple[str, ...] = ()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("language", REFERENCES)
def test_the_reference_is_what_help_prints(reconciler, monkeypatch, language):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("RECONCILER_LANG", language)
    path, parts = REFERENCES[language][0], [REFERENCES[language][1]]
    for words in ((), *commands(cli)):
        ran = reconciler(*words, "--help")
        assert ran.code == 0
        name = " ".join(("reconciler", *words))
        parts.append(f"{'#' * min(len(words) + 1, 3) if words else '##'} `{name}`\n\n```text\n{ran.out}```\n")
    now = "\n".join(parts)
    if os.environ.get("UPDATE_CASES") == "1":
        path.write_text(now, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == now
