"""Every command in the README is run, and prints what the README says, to the letter.

UPDATE_CASES=1 writes the output anew, to be read in the diff.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from reconciler.commands.cli import COMMANDS
from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.docs.served import served, serves

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
FENCE = re.compile(r"^```console\n(\$ (.+)\n(?:.*\n)*?)```$", re.MULTILINE)

SLIPS = """\
access:
  payroll-leads:
    who: each-team.led
    client: tag:payroll
    programs: [payroll]
  cover:
    who: fia.temp@exempelbyran.example
    clients: [1042]
    programs: all
    until: 2027-02-30
"""


def printed(reconciler, command: str) -> str:
    words = shlex.split(command)
    if words[:2] == ["python3", "dev.py"]:
        # what dev.py does after the set-up; the set-up itself is what CI starts with
        assert words[2:] in (["demo"], ["test"])
        assert words[2:] == ["test"] or reconciler("demo").code == 0
        return ""
    assert words[0] == "reconciler"
    if serves(words[1:]):
        return served(words[1:], Path.cwd())
    ran = reconciler(*words[1:])
    # progress and the like go to stderr; a reader of the README cares for what a failure says there
    output = re.sub(r"\(job [\w-]+\)", "(job …)", ran.out or ran.err)
    return output + (f"(exit code {ran.code})\n" if ran.code else "")


def test_every_command_prints_what_the_readme_says(reconciler, tmp_path):
    (tmp_path / "slips").mkdir()
    (tmp_path / "slips" / "access.yaml").write_text(SLIPS, encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    now = FENCE.sub(lambda m: f"```console\n$ {m[2]}\n{printed(reconciler, m[2])}```", text)
    if os.environ.get("UPDATE_CASES") == "1":
        README.write_text(now, encoding="utf-8")
    assert now == text


def test_every_command_is_in_the_readme():
    text = README.read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"| `reconciler {name}" in text


def test_every_link_leads_somewhere():
    for page in [README, *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_what_is_promised_for_ci_is_what_ci_runs():
    assert "dev.py check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'tool("pytest", "-n", "auto")' in (ROOT / "dev.py").read_text(encoding="utf-8")
