"""Nothing English is left where Swedish was asked for: every help text, and what the commands say.

What commands print is searched for the fixed parts of every English text in the catalogue, and for words
that no Swedish sentence has.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from string import Formatter

import click
import pytest
from babel.messages.pofile import read_po

from reconciler.commands.cli import cli, run
from reconciler.commands.language import speak
from reconciler.errors import InputError, Message
from reconciler.formats.catalogue import LOCALE, catalogue
from reconciler.formats.text import findings_text
from reconciler.resources import resource

DAY = "--as-of 2026-11-24"

GIVEAWAYS = re.compile(
    r"\b(the|of|and|is|are|was|with|without|this|that|which|there|here|from|not|no|nothing|yes|your|"
    r"env var|default|required|usage|options|commands|error|errors|hint|warning|missing|invalid|given)\b",
    re.IGNORECASE,
)

ALLOWED = (
    r"--[a-z-]+",  # flags
    r"\b[a-z-]+\.(yaml|token|db|csv)\b",  # files
    r"RECONCILER_[A-Z_]+",
    r"\bdone\|refused\|failed\|not-done\|unknown\|unexpected\b",  # values of a flag
    r"eller none\b|yes eller no\b|till yes\b",  # values of flags and settings
    r"Värden som går att använda: [\w, ]+",  # click's list of what it takes for true and false
    r"kända är: [a-z, -]+|”(from|until|never|reason|who|clients):?”",  # keys of the YAML
    r"No such file or directory|All connection attempts failed",  # the system's words
    r"Send a token of an operator: Authorization: Bearer TOKEN\.",  # the backend's words
)
"""What is English in Swedish output too."""

SOURCE = re.compile(r"^.*\n +\^$", re.MULTILINE)
"""A line of YAML that is shown with a caret under it."""


@pytest.fixture
def say(monkeypatch, tmp_path, capsys):
    """Run a command line in Swedish in an empty folder; what it printed."""
    for name in ("RECONCILER_TOKEN", "RECONCILER_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "sv")
    monkeypatch.chdir(tmp_path)

    def call(line: str) -> str:
        run(["--lang", "sv", *shlex.split(line)])
        captured = capsys.readouterr()
        return captured.out + captured.err

    yield call
    speak("en")


@pytest.fixture
def bureau(say):
    """The example bureau."""
    say("init")
    say("bureau load --example")
    return say


def fragments() -> set[str]:
    """The fixed parts of English texts that have at least three words and are another text in Swedish."""
    with (LOCALE / "sv" / "LC_MESSAGES" / "reconciler.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id and message.id != message.string]
    texts = [text for m in messages for text in ((m.id,) if isinstance(m.id, str) else m.id)]
    parts = (part for text in texts for part, *_ in Formatter().parse(text))
    words = (" ".join(piece.split()) for part in parts for piece in part.split("\n\n"))
    return {text for text in words if len(re.findall(r"[A-Za-z]{2,}", text)) >= 3}


FRAGMENTS = fragments()


def reasons() -> tuple[str, ...]:
    """The free texts of the example's rules; they are data, in the language of whoever wrote them."""
    texts = [path.read_text(encoding="utf-8") for path in resource("policies").glob("*.yaml")]
    return tuple(found for text in texts for found in re.findall(r"reason: (.*)", text))


def english_in(text: str) -> list[str]:
    """What is English in a text, apart from the data in it."""
    flat = " ".join(SOURCE.sub("", text).split())
    found = [fragment for fragment in FRAGMENTS if fragment in flat]
    for reason in reasons():
        flat = flat.replace(reason, "")
    return found + [match[0] for match in GIVEAWAYS.finditer(re.sub("|".join(ALLOWED), "", flat))]


def commands(command: click.Command, path: tuple[str, ...] = ()):
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), (*path, name))


@pytest.mark.parametrize("path", list(commands(cli)), ids=lambda path: " ".join(path) or "reconciler")
def test_help_is_swedish(say, path):
    text = say(f"{' '.join(path)} --help")
    assert "Användning: reconciler" in text
    assert "Visa den här hjälpen och avsluta." in text
    assert english_in(text) == []


def test_help_of_one_process_follows_the_language(say, capsys):
    say("plan --help")
    assert run(["plan", "--help", "--lang", "en"]) == 0
    text = capsys.readouterr().out
    assert "Usage: reconciler plan [OPTIONS]" in text
    assert "--database TEXT" in text
    assert "Show this message and exit." in text


@pytest.mark.parametrize(
    "line",
    [
        "",
        "plna",
        "--langg",
        "--lang de",
        "plan --ful",
        "plan --jobb",
        "plan --client",
        "plan --full=1",
        "plan --ahead x",
        "plan --ahead 5000",
        "plan --as-of 2026-02-30",
        "plan --format xml",
        "plan a",
        "plan a b",
        "apply --job-timeout 0",
        "completion",
        "completion tcsh",
        "bureau",
        "bureau create",
        "bureau create x --database .",
        "bureau load",
        "bureau load x --bureau y",
        "bureau load --programs-per-client 99",
        "bureau serve --tls-key nix.pem",
        "bureau serve --rate-limit x",
        "bureau operators list",
        "bureau operators add x --bureau y --write-token t --program-administrator payroll",
        "demo reconciler.yaml",
        "import --file x",
        "fmt nix.yaml",
    ],
)
def test_wrong_usage_is_told_in_swedish(say, line):
    Path("reconciler.yaml").touch()
    text = say(line)
    assert text
    assert english_in(text) == [], text


def test_a_flag_that_is_neither_yes_nor_no_is_told_in_swedish(say, monkeypatch):
    monkeypatch.setenv("RECONCILER_FULL", "kanske")
    assert english_in(say("plan")) == []


def test_the_whole_flow_is_swedish(bureau):
    lines = (
        "validate",
        "validate --offline",
        "rights",
        f"plan --full {DAY}",
        f"drift {DAY}",
        f"apply --yes --full {DAY}",
        f"plan {DAY}",
        f"drift {DAY} --consultant anna.lind@exempelbyran.example",
        f"plan {DAY} --allow removals=1 --only grants",
        f"explain 'Anna Lind' 1042 {DAY}",
        f"explain gun 1062 {DAY}",
        f"explain ivar 1052 lön {DAY}",
        f"explain fia 1055 {DAY}",
        f"explain anna 1041 skatteportalen {DAY}",
        f"who --full {DAY}",
        f"who --desired --program lön {DAY}",
        f"who --client 1042 --format csv {DAY}",
        f"who --desired --client 1064 --consultant anna {DAY}",
        f"import {DAY}",
        f"import --policies funna {DAY}",
        f"import --into policies {DAY}",
        f"import --into policies --file ../x {DAY}",
        "fmt",
        "fmt --check --policies policies",
        "bureau operators list --bureau exempelbyran",
        "bureau operators revoke reader --bureau exempelbyran",
        "bureau operators token reader --bureau exempelbyran --write-token ny.token",
        "bureau operators add ny --bureau exempelbyran --write-token ny2.token --system-administrator all",
        "bureau operators rights ny --bureau exempelbyran --program-administrator payroll=1041,1042",
        "bureau operators list --bureau exempelbyran",
        "rights --token-file tokens/reader.token",
        "rights --token-file ny2.token",
        "bureau create min --database min.db --program lön",
        "demo",
    )
    texts = {line: bureau(line) for line in lines}
    found = {line: english_in(text) for line, text in texts.items()}
    assert {line: words for line, words in found.items() if words} == {}
    assert "Ger åtkomst till klienter: " in texts[f"plan --full {DAY}"]
    assert "Efterkontroll: " in texts[f"apply --yes --full {DAY}"]


@pytest.mark.parametrize(
    "line",
    [
        "init",
        "demo .",
        "bureau load --example",
        "bureau load nix.csv --bureau exempelbyran",
        "bureau load access.csv --bureau exempelbyran --programs-per-client 4",
        "bureau create exempelbyran",
        "bureau create ny --timezone Mars/Olympus",
        "bureau create ny --database reconciler.yaml",
        "bureau operators list --bureau nix",
        "bureau operators add it-admin --bureau exempelbyran --write-token ny.token",
        "bureau operators add ny --bureau exempelbyran --write-token ny.token --system-administrator 9",
        "bureau operators revoke nix --bureau exempelbyran",
        "plan --database nix.db",
        "plan --policies nix",
        "plan --backend nix",
        "plan --token-file nix.token",
        "plan --token-file reconciler.yaml",
        "plan --token-file tokens/wrong.token",
        "plan --url http://bureau.example",
        "plan --url nix",
        "plan --url http://127.0.0.1:9",
        "plan --config broken.yaml",
        "plan --policies broken",
        "plan --policies unknown",
        "plan --consultant nix",
        "plan --client 'a & ('",
        "plan --tag nix",
        "plan --team nix",
        "explain nix 1042",
        "explain 'Ana Lind' 10 lönn",
        "who --consultant nix --client 10 --program lönn",
        "who --format xml",
        f"apply {DAY}",
        f"apply --yes {DAY} --policies empty",
        f"apply --yes {DAY} --policies strict",
        f"plan --full {DAY} --policies strict --client 1041",
        f"plan --full {DAY} --policies strict --client 1041 --only grants",
        f"explain anna 1041 {DAY} --policies strict",
        f"plan {DAY} --policies guarded",
        f"plan {DAY} --policies unguarded",
        f"plan {DAY} --allow removal=1",
        f"plan {DAY} --allow removals",
        f"plan {DAY} --allow takeover=1000",
    ],
)
def test_failures_are_told_in_swedish(bureau, line):
    write_failures()
    text = bureau(line)
    assert text
    assert english_in(text) == [], text


def write_failures() -> None:
    """Files with things that are wrong."""
    files = {
        "access.csv": "consultant,client\nanna,1041\n",
        "broken.yaml": "polices: x\nbackend: {kind: [a]}\n",
        "broken/a.yaml": "access:\n  a: {who: all, clients: 1042, until: 2026-13-01, programs: [x]}\n  a: {}\n",
        "broken/b.yaml": "access:\n\tb: {}\n",
        "broken/c.yaml": 'access:\n  c: {who: "@", clients: "team:self", programs: [+x], extra: 1}\n',
        "unknown/a.yaml": "bureau: annan\nmanage: {unlisted: remove}\naccess:\n"
        "  a: {who: anna.lind, clients: ['9999'], programs: [lön]}\n",
        "strict/a.yaml": "manage: {unlisted: remove, taken-over: {clients: tag:payroll}}\naccess: {}\n"
        "never: {x: {who: [cecilia.berg@exempelbyran.example, anna.lind@exempelbyran.example], clients: all}}\n"
        "guardrails:\n  protected: {who: anna.lind@exempelbyran.example}\n"
        "  limits: {removals: 1, removals-per-client: 1, removals-per-consultant: 1, operations: 0,"
        " consultants-per-client: 9, system-administrators-per-client: 9}\n",
        "guarded/a.yaml": "manage: {max-removals: 2%, taken-over: 1}\nguardrails:\n"
        "  protected: {reason: x}\n  limits: {removals: x, grants: 1%}\n  require: {r: {reason: x}}\n",
        "unguarded/a.yaml": "manage: {taken-over: exempelbyra}\nguardrails: {protected: {who: anna.lnd}}\n",
        "empty/a.yaml": "manage: {unlisted: remove, taken-over: exempelbyran}\nguardrails: {limits: {removals: 1}}\naccess: {}\n",
    }
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    Path("tokens/wrong.token").write_text("fel\n", encoding="utf-8")
    Path("tokens/wrong.token").chmod(0o600)


def test_a_bug_is_told_in_swedish(say, monkeypatch, capsys):
    from reconciler.commands.failures import record

    monkeypatch.setenv("RECONCILER_LOG_DIR", "logs")
    record(ZeroDivisionError(), catalogue("sv"))
    assert english_in(capsys.readouterr().err) == []


def test_findings_are_swedish_with_their_hints():
    from reconciler.errors import Finding, Position

    finding = Finding(
        "x",
        Message("there is no team “{name}”", name="x"),
        Position("a.yaml"),
        Message("did you mean “{name}”?", name="y"),
        also=(Position("b.yaml", 2, 3),),
    )
    text = findings_text(InputError.of([finding]).findings, catalogue("sv"))
    assert (
        text
        == "a.yaml:1:1: fel: det finns inget team ”x”\n    se även b.yaml:2:3\n    tips: menade du ”y”?\n"
    )


def test_the_search_finds_english():
    assert english_in("hos the klient") == ["the"]
    assert english_in("varför: needs a system administrator\n  at the client") != []
    assert english_in("använd --no-default eller RECONCILER_OF") == []
