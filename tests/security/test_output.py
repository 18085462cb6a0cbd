"""No name, reason, label, file or answer does harm where it is printed: a table of attacks over every output.

One bureau holds all attacks at once: as keys and names of consultants, clients, programs, operators, as tags and teams;
its rules hold them as names and reasons. Every command prints it in every format, and judges read what came out.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reconciler.apply import Ended, Item, Result, Results
from reconciler.apply.orders import start
from reconciler.audit.entries import Approval, ApprovalKind, Source, plan_refused, run_begun
from reconciler.audit.log import Log
from reconciler.backends.problems import Place, refused, unanswered
from reconciler.bureau.csvload import Cells, add_cells
from reconciler.bureau.operators import OperatorRow, Right, RightName, insert_operator
from reconciler.bureau.registers import insert_bureau, insert_clients, insert_consultants
from reconciler.bureau.store import Store
from reconciler.commands.cli import run
from reconciler.commands.failures import tell
from reconciler.desired import load
from reconciler.errors import Finding, InputError, Message, Position
from reconciler.flow.files import write_tokens
from reconciler.formats import show_applied, show_error
from reconciler.formats.catalogue import catalogue
from reconciler.formats.safe import clean
from reconciler.formats.tables import read_xlsx
from reconciler.grid import Outcome
from reconciler.grid.register import Client, Consultant, Program
from reconciler.guardrails import Refusal
from reconciler.invisible import unseen
from reconciler.register.rows import HEADERS
from tests.audit.runs import AT, run_of, small_plan
from tests.security.attacks import (
    ATTACKS,
    judge_csv,
    judge_github,
    judge_html,
    judge_json,
    judge_text,
    judge_xlsx,
    judge_xml,
    strings_in,
)
from tests.security.markdown import judge_markdown

KEYS = [f"{text[:200]}{i}" for i, text in enumerate(ATTACKS.values())]
"""Attacks as keys: no longer than the bureau allows, and each another one."""

DAY = ("--as-of", "2026-11-24")


def make_bureau(folder: Path) -> None:
    """Everybody holds a program at two clients that the rules forbid, and gets another everywhere."""
    labels = list(ATTACKS.values())
    with contextlib.closing(Store.open(folder / "bureau.db")) as store, store.write() as db:
        programs = [Program("payroll", {"en": labels[0], "sv": labels[0]}), Program("books")]
        programs += [Program(key, {"en": label}) for key, label in zip(KEYS[:20], labels, strict=False)]
        bureau = insert_bureau(db, "byra", "::error::\x1b[31mbureau", "Europe/Stockholm", programs)
        insert_consultants(
            db,
            bureau.number,
            [
                Consultant(key, label, tags=("t", key), teams=(KEYS[i % 7],))
                for i, (key, label) in enumerate(zip(KEYS, labels, strict=True))
            ],
        )
        insert_clients(
            db,
            bureau.number,
            [
                Client(key, label, connected=i % 9 != 1, tags=("t", key), team=KEYS[i % 7])
                for i, (key, label) in enumerate(zip(KEYS, labels, strict=True))
            ],
        )
        people, places = KEYS * 2, [KEYS[0]] * len(KEYS) + [KEYS[-1]] * len(KEYS)
        add_cells(db, bureau.number, Cells(people, places, ["books"] * len(people)))
        some = tuple(KEYS[: len(KEYS) // 2])
        me = OperatorRow("me", labels[1], None, True, (Right(RightName.SYSTEM_ADMINISTRATOR, (), some),))
        other = OperatorRow(
            KEYS[2], labels[2], None, True, (Right(RightName.SYSTEM_ADMINISTRATOR, (), None),)
        )
        tokens = {
            name: insert_operator(db, bureau.number, row) for name, row in (("me", me), ("other", other))
        }
    write_tokens(folder / "tokens", tokens)
    (folder / "reconciler.yaml").write_text(
        "operators:\n  me: {token-file: tokens/me.token}\n  other: {token-file: tokens/other.token}\n"
    )


def make_rules(folder: Path) -> None:
    """A rule for each attack that YAML takes for a name and a reason, in files of the most hostile names there can be."""
    policies = folder / "policies"
    policies.mkdir()
    manage = {"manage": {"unlisted": "remove", "taken-over": "byra"}, "bureau": "byra"}
    (policies / "manage.yaml").write_text(json.dumps(manage))
    taken = []
    for i, text in enumerate(ATTACKS.values()):
        path = policies / _file_name(text, i)
        # a rule is named as an attack where the schema lets it; a reason may hold more
        for name in ("".join(text[:150].split()), f"rule{i}"):
            said = {"who": "tag:t", "clients": "tag:t", "reason": text}
            given = {**said, "programs": ["payroll"], "until": "2026-11-30", "ticket": text}
            rules = {"access": {name: given}, "never": {f"{name}-n": {**said, "programs": ["books"]}}}
            path.write_text(json.dumps(rules, ensure_ascii=False), encoding="utf-8", errors="surrogatepass")
            try:
                load(policies)
            except InputError:
                path.unlink()
            else:
                taken.append(text)
                break
    assert len(taken) > len(ATTACKS) // 3


def make_register(folder: Path) -> None:
    """One that has nobody yet, so that everybody is told as new."""
    (folder / "register").mkdir()
    for name, header in HEADERS.items():
        row = "byra,B,UTC\n" if name == "bureau" else ""
        (folder / "register" / f"{name}.csv").write_text(f"{','.join(header)}\n{row}")


def _file_name(text: str, number: int) -> str:
    name = "".join(c for c in text if c not in "/\0")[:40].lstrip(".")
    return f"{name} {number}.yaml"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    make_bureau(folder)
    make_rules(folder)
    make_register(folder)
    return folder


@pytest.fixture
def reconciler(hostile, monkeypatch, capsysbinary):
    monkeypatch.chdir(hostile)
    monkeypatch.setenv("RECONCILER_DATABASE", "bureau.db")
    monkeypatch.setenv("RECONCILER_TOKEN_FILE", "tokens/me.token")
    for name in ("RECONCILER_TOKEN", "RECONCILER_LANG"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> tuple[int, bytes, bytes]:
        code = run(list(arguments))
        captured = capsysbinary.readouterr()
        assert code != 70, captured.err
        return code, captured.out, captured.err

    return call


READING = [
    ("plan", *DAY),
    ("plan", *DAY, "--full"),
    ("plan", *DAY, "--full", "--as", "all"),
    ("drift", *DAY, "--full"),
    ("drift", *DAY, "--since", "2000-01-01"),
    ("rights", "--full"),
    ("rights", "--missing", *DAY, "--full"),
    ("validate", *DAY),
    ("register", "check", "--full"),
    ("who", *DAY, "--full"),
    ("who", *DAY, "--desired"),
    ("review", "list", *DAY, "--full"),
    ("review", "list", *DAY, "--by", "client"),
    ("review", "status", *DAY, "--full"),
    ("explain", KEYS[0], KEYS[0], *DAY, "--full"),
    ("explain", KEYS[0], KEYS[1], "payroll", *DAY),
]
"""Commands that print a plan, the bureau or the rules."""

TABLES = [("who", *DAY), ("plan", *DAY), ("review", "list", *DAY)]
"""Those of them that print tables."""


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("arguments", READING, ids=lambda arguments: ascii(" ".join(arguments))[:60])
def test_as_text(reconciler, arguments, language):
    _code, out, err = reconciler(*arguments, "--lang", language)
    assert out, err
    assert judge_text(out.decode()) == []
    assert judge_text(err.decode()) == []


@pytest.mark.parametrize("arguments", READING, ids=lambda arguments: ascii(" ".join(arguments))[:60])
def test_as_json_which_keeps_every_name_as_it_is(reconciler, arguments):
    _code, out, _err = reconciler(*arguments, "--format", "json")
    assert judge_json(out.decode()) == []
    if arguments[0] in {"plan", "who", "drift"}:
        assert set(KEYS) <= strings_in(json.loads(out)) | {KEYS[1]}


@pytest.mark.parametrize("operator", ["me", "all"])
@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_plan_that_was_kept(reconciler, operator, language):
    assert reconciler("plan", *DAY, "--as", operator, "--out", "kept.json")[0] == 0
    for form, judge in (("text", judge_text), ("json", judge_json)):
        code, out, err = reconciler("show", "kept.json", "--full", "--lang", language, "--format", form)
        assert code == 0
        assert judge(out.decode()) == []
        assert judge_text(err.decode()) == []


@pytest.mark.parametrize("place", [(), ("--fits", "bitbucket"), ("--fits", "github")], ids=" ".join)
@pytest.mark.parametrize(
    "arguments", [("plan", *DAY), ("plan", *DAY, "--full"), ("drift", *DAY)], ids=" ".join
)
def test_as_a_comment(reconciler, arguments, place):
    _code, out, err = reconciler(*arguments, *place, "--format", "markdown")
    assert judge_markdown(out.decode()) == []
    assert judge_text(err.decode()) == []
    assert len(out) > 10_000


PAGES = [("plan", *DAY), ("plan", *DAY, "--full"), ("drift", *DAY), ("review", "list", *DAY)]
"""Commands that print a page."""


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("arguments", PAGES, ids=" ".join)
def test_as_a_page(reconciler, arguments, language):
    _code, out, err = reconciler(*arguments, "--format", "html", "--lang", language)
    assert judge_html(out.decode()) == []
    assert judge_text(err.decode()) == []
    # what would act in a log does not act in the page that is printed there either, its one long line of data apart
    lines = [line for line in out.decode().split("\n") if 'id="data"' not in line]
    assert judge_text("\n".join(lines)) == []
    assert out.count(b"&lt;script&gt;alert(1)&lt;/script&gt;") > (1 if arguments[0] == "review" else 3)


def test_the_judge_of_pages_finds_what_stems_from_a_name(reconciler):
    page = reconciler("plan", *DAY, "--format", "html")[1].decode()
    for text in (
        "<b>",
        "<img src=x onerror=alert(1)>",
        "<!-- -->",
        "</td>",
        '<a href="https://evil.example">x</a>',
    ):
        assert judge_html(page.replace("&lt;script&gt;", text)) != [], text
    for text in ("<", "&", "]]>", "'", '"', "x"):
        assert judge_html(page.replace("&lt;script&gt;", text.replace("<", "&lt;"))) == [], text
    assert judge_html(page.replace("const page", "let page")) == ["the policy does not name what runs"]


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("command", ["plan", "drift"])
def test_as_remarks(reconciler, command, language):
    for form, judge in (("github", judge_github), ("sarif", judge_json), ("gitlab", judge_json)):
        _code, out, err = reconciler(command, *DAY, "--format", form, "--lang", language)
        assert judge(out.decode()) == []
        assert judge_text(err.decode()) == []
        assert out


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_remarks_that_are_attacks(text):
    short = text[:200]  # no name of a file or a rule is longer
    message, place = Message("{it}", it=text), Position(short, 3, 4)
    for error in (
        InputError(message, message),
        InputError.of([Finding(short, message, place, message, text, also=(place,))]),
    ):
        for form, judge in (
            ("github", judge_github), ("sarif", judge_json), ("gitlab", judge_json), ("junit", judge_xml),
        ):  # fmt: skip
            assert judge(show_error(error, form, catalogue("en"))) == []


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("sv", ";")])
def test_as_a_table(reconciler, language, separator):
    for arguments in TABLES:
        _code, out, _err = reconciler(*arguments, "--format", "csv", "--lang", language)
        assert len(out.splitlines()) > len(KEYS)
        assert judge_csv(out, separator) == []


@pytest.mark.parametrize("language", ["en", "sv"])
def test_as_a_workbook(reconciler, language):
    for arguments in TABLES:
        _code, out, _err = reconciler(*arguments, "--format", "xlsx", "--lang", language)
        assert judge_xlsx(out) == []
        read = [one for rows in read_xlsx(out, "x").values() for row in rows for one in row]
        assert {clean(key) for key in KEYS} <= {*read, clean(KEYS[1])}


def test_as_what_an_editor_offers(reconciler):
    _code, out, _err = reconciler("schema", "--for-editor")
    assert judge_json(out.decode()) == []
    offered = json.loads(out)["$defs"]["who"]["defaultSnippets"]
    for one in offered:  # nothing of a name is a place to fill in, or ends the line that it is typed in
        typed = re.sub(r"\\[$}\\]", "", one["body"])
        assert "$" not in typed
        assert "\n" not in typed
    assert len(offered) > len(KEYS) // 2


def test_a_review_is_listed_signed_and_looked_after(call):
    kinds = ("a formula", "a script", "red text", "letters that show nothing", "the end of a cell")
    for number in [list(ATTACKS).index(kind) for kind in kinds]:
        for form in ("yaml", "xlsx"):
            name = f"list{number}.{form}"
            out, err = call("review", "list", *DAY, "--client", KEYS[number], "--format", form, "--to", name)
            assert (out, err) == ("", "")
        assert judge_xlsx(Path(f"list{number}.xlsx").read_bytes()) == []
        text = Path(f"list{number}.yaml").read_text("utf-8")
        assert [ascii(one) for one in text if one != "\n" and unseen(one)] == []
        Path("list.yaml").write_text(text.replace('decision: ""', "decision: remove"), "utf-8")
        for by in ("me", ATTACKS["red text"], ATTACKS["a workflow command"]):
            out, err = call("review", "sign", "list.yaml", "--by", by)
            assert out or err
            assert judge_text(out + err) == []
    assert any(Path("reviews").iterdir())
    out, err = call("review", "status", *DAY, "--by", "client", "--full")
    assert judge_text(out + err) == []
    assert "is still there" in out


@pytest.fixture
def call(hostile, tmp_path, monkeypatch, capsysbinary):
    """Run a command on a hostile bureau of its own, with what a hostile pipeline says of itself."""
    make_bureau(tmp_path)
    (tmp_path / "policies").symlink_to(hostile / "policies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_DATABASE", "bureau.db")
    monkeypatch.setenv("RECONCILER_TOKEN_FILE", "tokens/me.token")
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("GITHUB_RUN_ID", "1\x1b[31m")
    monkeypatch.setenv("GITHUB_ACTOR", "::error::octocat\u202e")

    def call(*arguments: str) -> tuple[str, str]:
        assert run(list(arguments)) != 70
        captured = capsysbinary.readouterr()
        return captured.out.decode(), captured.err.decode()

    return call


def test_drift_that_is_adopted(call):
    shutil.copytree("policies", "mine")
    Path("mine", "manage.yaml").write_text(json.dumps({"bureau": "byra"}))
    for path in Path("mine").glob("*.yaml"):  # what is forbidden cannot be adopted
        document = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(
            json.dumps({key: document[key] for key in document if key != "never"}), encoding="utf-8"
        )
    where = ("--policies", "mine", *DAY)
    out, err = call("drift", "--adopt", "--yes", "--reason", "::error::\u202e\x1b[31m", "--full", *where)
    assert "adopted-2026-11-24.yaml" in out, err
    assert judge_text(out) == []
    assert judge_text(err) == []
    text = Path("mine", "adopted-2026-11-24.yaml").read_text(encoding="utf-8")
    assert [ascii(one) for one in text if one != "\n" and unseen(one)] == []


@pytest.mark.slow
def test_a_run_and_what_is_imported(call):
    for arguments in (
        ("import", "--policies", "found", *DAY),
        ("register", "pull"),
        ("apply", "--yes", "--full", *DAY),
        ("runs",),
    ):
        out, err = call(*arguments)
        assert out, err
        assert judge_text(out) == []
        assert judge_text(err) == []
    assert judge_json(call("apply", "--yes", *DAY, "--format", "json")[0]) == []
    assert judge_markdown(call("apply", "--yes", *DAY, "--format", "markdown")[0]) == []
    Path("older").mkdir()
    Path("older/a.yaml").write_text("bureau: byra\n")
    for language in ("en", "sv"):
        for sides in (("older",), ("policies", "older")):
            out, err = call("diff", *sides, *DAY, "--full", "--lang", language)
            assert out, err
            assert judge_text(out) == []
            assert judge_json(call("diff", *sides, *DAY, "--format", "json")[0]) == []
            assert judge_markdown(call("diff", *sides, *DAY, "--format", "markdown")[0]) == []
            assert judge_html(call("diff", *sides, *DAY, "--format", "html")[0]) == []
            assert judge_github(call("diff", *sides, *DAY, "--format", "github")[0]) == []
    assert judge_text(call("diff", "\x1b[31m::error::x")[1]) == []
    for text in ATTACKS.values():
        form = "".join(
            f"### {field}\n\n{text}\n\n"
            for field in ("Consultants", "Clients", "Programs", "Until", "Reason")
        )
        Path("form.md").write_text(form, encoding="utf-8", errors="surrogatepass")
        out, err = call("request", "--from-issue", "form.md", *DAY)
        assert err
        assert judge_text(out) + judge_text(err) == []
    assert judge_json(call("runs", "--format", "json")[0]) == []
    assert load(Path("found")).assignments
    for path in Path("found").iterdir():
        text = path.read_text(encoding="utf-8")
        assert [ascii(one) for one in text if one != "\n" and unseen(one)] == []


def hostile_run(text: str):
    """The entries of a run that hold an attack wherever they hold a text."""
    source = Source(text, text, text, text, text, text, dirty=True, policies=text)
    approval = Approval(ApprovalKind.FILE, text, text, (text,))
    plan = small_plan(reason=text, rule=text).refused((Refusal("x", 2, 1, Message("{name}", name=text)),))
    refused = plan_refused(plan, AT, source)
    return [
        refused | {"bureau": text, "operator": text},
        *(
            spoilt(entry, text)
            for entry in [run_begun(plan, "a", AT, source, approval), *run_of(plan, "a")[1:]]
        ),
    ]


def spoilt(entry: dict, text: str) -> dict:
    """An entry whose names are attacks."""
    changed = {"bureau": text, "operator": text, "run": text or "a", "job": text, "stopped": text}
    blocks = [
        {**one, "consultants": [text], "clients": [text], "programs": [text], "reason": text}
        for one in entry.get("blocks", [])
    ]
    names = {name: [text] for name in ("consultants", "clients", "programs") if name in entry}
    return {
        **entry,
        **{name: value for name, value in changed.items() if name in entry},
        **names,
        **({"blocks": blocks} if blocks else {}),
    }


def test_what_the_audit_log_tells(call, tmp_path):
    log = Log(tmp_path / "audit.jsonl", tmp_path / "head.json")
    for text in ATTACKS.values():
        log.append(hostile_run(text))
    where = ("--audit-log", "audit.jsonl")
    head = ("--head", str(log.kept().head))
    for arguments in (
        ("show", *where),
        ("show", *where, "--full", "--lang", "sv"),
        ("verify", *where, *head),
    ):
        out, err = call("audit", *arguments)
        assert out, err
        assert judge_text(out) == []
        assert judge_text(err) == []
    for arguments in (("show", *where), ("verify", *where, *head)):
        assert judge_json(call("audit", *arguments, "--format", "json")[0]) == []
    for language, separator in (("en", ","), ("sv", ";")):
        table = call("audit", "show", *where, "--format", "csv", "--lang", language)[0]
        assert table.count("\r\n") > len(ATTACKS)
        assert judge_csv(table.encode(), separator) == []
    assert call("audit", "show", *where, "--format", "xlsx", "--to", "log.xlsx")[0] == ""
    assert judge_xlsx(Path("log.xlsx").read_bytes()) == []
    # a log that somebody has spoilt is told of as safely
    Path("audit.jsonl").write_bytes(b"\x1b[31m::error::\n" + Path("audit.jsonl").read_bytes())
    for command in ("show", "verify"):
        out, err = call("audit", command, *where)
        assert judge_text(err) == []
        assert err


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_what_a_backend_answers(text, capsysbinary):
    """Problem documents, headers, jobs, reasons and names that nobody asked for."""
    say = catalogue("en")
    place = Place("https://bureau.example", "canary-token", text)
    header = text.encode().replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
    for status in (301, 400, 401, 403, 404, 409, 410, 503):
        problem = {"code": text, "detail": text, "title": text}
        answer = httpx.Response(
            status, headers=[(b"location", header)], json=problem, request=httpx.Request("GET", "https://x")
        )
        for error in (refused(answer, f"/v1/{text}", place), unanswered(httpx.ReadError(text), place)):
            tell(error, say)
    plan = small_plan()
    order = start(plan, text).results[0].order
    items = (Item(text, text, access=True, programs=(text,), outcome=Outcome.REFUSED, reason=text),)
    cells = ((text, text, text),)
    one = Result(0, order, Ended.UNFINISHED, text, items, cells, cells, Message("{why}", why=text))
    results = Results(text, (one, replace(one, job=None)), stopped=Message("{why}", why=text))
    shown = show_applied(plan, results, plan, (), form="text", say=say, full=True)
    captured = capsysbinary.readouterr()
    assert captured.err
    assert judge_text(captured.err.decode()) == []
    assert judge_text(shown) == []
    assert judge_json(show_applied(plan, results, plan, (), form="json", say=say)) == []


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_errors_about_what_was_written(hostile, tmp_path, monkeypatch, capsysbinary, text):
    """Wrong arguments, unknown names, files that are missing or wrong: in all of them the attack is told of."""
    monkeypatch.chdir(tmp_path)
    argument = text.replace("\0", "")
    name = _file_name(text, 0)
    (tmp_path / "policies").mkdir()
    wrong = {"access": {text: {"who": text, "clients": "::x", "programs": [text], text: text}}, text: text}
    (tmp_path / "policies" / name).write_text(json.dumps(wrong, ensure_ascii=False), errors="surrogatepass")
    (tmp_path / "reconciler.yaml").write_text(json.dumps({"backend": {"kind": text[:99]}, text: text}))
    database = (
        "--database",
        str(hostile / "bureau.db"),
        "--token-file",
        str(hostile / "tokens" / "me.token"),
    )
    commands = [
        ("plan",),
        ("validate", "--offline", "--config", "none.yaml"),
        (argument,),
        ("plan", argument),
        ("plan", f"--{argument}"),
        ("plan", "--as-of", argument),
        ("plan", "--policies", argument[:99], *database),
        ("plan", "--allow", argument),
        ("apply", "--expect", argument),
        ("apply", argument[:99]),
        ("show", argument[:99]),
        ("fmt", argument[:99]),
        ("explain", argument, argument, argument, "--policies", str(hostile / "policies"), *database),
        (
            "who",
            "--client",
            argument,
            "--program",
            argument,
            "--policies",
            str(hostile / "policies"),
            *database,
        ),
        ("plan", "--database", argument[:99], "--token-file", argument[:99]),
        ("plan", "--url", argument, "--token-file", argument[:99]),
        ("runs", "show", argument),
        ("audit", "verify", "--head", argument),
        ("audit", "verify", "--audit-log", argument[:99]),
        ("audit", "show", "--outcome", argument),
        ("bureau", "create", argument, "--database", "new.db", "--timezone", argument),
        ("import", "--into", argument[:99], "--file", argument),
        ("ci", "comment", "--kind", argument, "--body", "x"),
        ("ci", "comment", "--kind", "plan", "--body", argument[:99]),
        ("ci", "comment", "--kind", "plan", "--body", "x", "--bureau", argument),
        ("ci", "approved", "--by", argument),
        ("ci", "pull-request", "--title", argument, "--body", argument[:99], "--branch", argument),
        ("ci", "summary", argument[:99]),
        ("ci", "output", argument, "--file", argument[:99]),
    ]
    for command in commands:
        code = run(list(command))
        captured = capsysbinary.readouterr()
        assert code not in {0, 70} or command[0] in {"runs", "bureau"}, (command, captured.err)
        assert judge_text(captured.out.decode()) == [], command
        assert judge_text(captured.err.decode()) == [], command


def test_the_judges_find_every_attack_that_is_printed_as_it_is():
    harmless = {
        "a name from right to left", "Arabic", "combining marks", "a Markdown link", "a Markdown image", "an HTML comment",
        "a mention", "a Markdown table", "a script", "an event handler", "an entity", "a format string",
        "a workflow command after words",
    }  # fmt: skip
    for name, text in ATTACKS.items():
        table = text.replace('"', '""')
        found = [
            *judge_text(text),
            *judge_csv(f'"a","{table}"\r\n'.encode(), ","),
            *judge_csv(f'"a";"{table}"\r\n'.encode(), ";"),
        ]
        assert found or name in harmless, name


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE consultant SET name = CAST(x'41ff42' AS TEXT)",
        "UPDATE client SET id = CAST(x'c328' AS TEXT) WHERE number = 3",
        """UPDATE client SET tags = '["\\ud800"]'""",
        """UPDATE program SET labels = '{"en": "\\udfff"}'""",
        "UPDATE bureau SET name = CAST(x'ff' AS TEXT)",
        "UPDATE operator SET name = CAST(x'80' AS TEXT)",
    ],
)
def test_a_database_that_holds_what_is_no_text(call, spoil):
    """It is an error of the bureau's, told in a line and without a trace of its inside."""
    with contextlib.closing(sqlite3.connect("bureau.db")) as db, db:
        db.execute(spoil)
    backend = {"kind": "embedded", "database": "bureau.db", "retries": "0"}
    Path("reconciler.yaml").write_text(json.dumps({"backend": backend}))
    for arguments in (("plan", *DAY), ("rights", "--format", "json"), ("who", *DAY, "--format", "csv")):
        out, err = call(*arguments)
        assert judge_text(err) == []
        assert "Traceback" not in err
        assert out or "error:" in err
        assert not out.startswith("{") or judge_json(out) == []
