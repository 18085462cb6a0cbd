"""The pages of the docs as scripts: what they tell the reader to type is typed, and what they show is compared.

A fence of `console` begins with `$ ` and a command, `reconciler` or `git`, perhaps with `> FILE`; below it stands what it
prints; of one that serves, what it says until it is ready. The line “Write this as `FILE`:” (“Skriv detta som `FILE`:”) before a fence of YAML or Markdown makes that file.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from tests.docs.served import served, serves

ROOT = Path(__file__).parents[2]

STEP = re.compile(
    r"^(?:(?:Write this as|Skriv detta som) `(?P<file>[^`]+)`:\n\n```(?:yaml|markdown)\n(?P<content>.*?)^```$"
    r"|```console\n\$ (?P<command>[^\n]+)\n(?P<printed>.*?)^```$)",
    re.MULTILINE | re.DOTALL,
)

PAGES = sorted(page for page in (ROOT / "docs").rglob("*.md") if "```console\n$ " in page.read_text("utf-8"))


_DIFFERS = ((r"\((jobb?) [\w-]+\)", r"(\1 …)"), (r"\b(\d+):[0-9a-f]{64}\b", r"\1:…"))
"""What is another one in each run: ids of jobs, heads of the audit log."""


def play(page: str, reconciler, folder: Path) -> str:
    """Do all that a page says, in a folder; the page with what was really printed."""

    def step(found: re.Match[str]) -> str:
        if found["file"]:
            path = folder / found["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found["content"], encoding="utf-8")
            return found[0]
        return f"```console\n$ {found['command']}\n{printed(found['command'], reconciler, folder)}```"

    return STEP.sub(step, page)


def printed(command: str, reconciler, folder: Path) -> str:
    """What a command prints, and its exit code where that is not 0."""
    words = shlex.split(command)
    if serves(words[1:]):
        return served(words[1:], folder)
    target = folder / words.pop() if words[-2:-1] == [">"] else None
    if target:
        words.pop()
    if words[0] == "git":
        ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
        code, out, err = ran.returncode, ran.stdout, ran.stderr
    else:
        assert words[0] == "reconciler", command
        code, out, err = (lambda ran: (ran.code, ran.out, ran.err))(reconciler(*words[1:]))
    if target:
        target.write_text(out, encoding="utf-8")
        out = ""
    shown = out or ("" if target else err)
    for pattern, told in _DIFFERS:
        shown = re.sub(pattern, told, shown)
    word = "avslutningskod" if os.environ["RECONCILER_LANG"] == "sv" else "exit code"
    return shown + (f"({word} {code})\n" if code else "")
