"""The schema in a real editor's language server: what is completed, shown, inserted and marked, in both languages.

Needs Node and what `npm ci --prefix tests/editor` installs; RECONCILER_EDITOR=required fails where they are lacking.
"""

from __future__ import annotations

import os

import pytest

from reconciler.commands.cli import run
from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.editor.client import Editor, is_installed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def editors(tmp_path_factory):
    """An editor by language, on the schema of the example bureau."""
    if not is_installed():
        assert os.environ.get("RECONCILER_EDITOR") != "required", "yaml-language-server is not there"
        pytest.skip("yaml-language-server is not installed: npm ci --prefix tests/editor")
    folder = tmp_path_factory.mktemp("editor")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("RECONCILER_")]:
            patch.delenv(name)
        patch.chdir(folder)
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        assert run(["init"]) == 0
        assert run(["bureau", "load", "--example"]) == 0
    found = {}
    for language in ("en", "sv"):
        schema = folder / f"{language}.schema.json"
        schema.write_text(_schema(folder, language), encoding="utf-8")
        found[language] = Editor(folder, schema)
    yield found
    for editor in found.values():
        editor.close()


def _schema(folder, language: str) -> str:
    import contextlib
    import io

    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        assert run(["schema", "--for-editor", "--lang", language]) == 0
    return printed.getvalue()


RULE = "access:\n  payroll-malmo:\n"


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("|", {"bureau", "manage", "teams", "bundles", "access", "never", "guardrails"}),
        (f"{RULE}    |", {"who", "clients", "programs", "until", "reason", "ticket"}),
        (
            f"{RULE}    who: |",
            {"each-team", "team:malmo", "team:malmo.lead", "tag:temporary", "anna.lind@exempelbyran.example"},
        ),
        (f"{RULE}    who: [|]", {"team:malmo", "anna.lind@exempelbyran.example"}),
        (f"{RULE}    clients:\n      - |", {"all", "team:self", "tag:payroll", "1042"}),
        (f"{RULE}    programs: [|]", {"all", "+standard", "payroll"}),
        ("manage:\n  unlisted: |", {"remove", "report", "keep"}),
        ("teams:\n  malmo:\n    members: |", {"tag:temporary", "anna.lind@exempelbyran.example"}),
    ],
)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_what_is_offered(editors, language, text, offered):
    assert offered <= set(editors[language].complete(text))


def test_a_client_comes_with_its_name_and_in_quotes(editors):
    item = editors["en"].complete(f"{RULE}    clients: [|]")["1042"]
    assert item["documentation"] == "Sofielunds Bageri AB"
    assert item["insertText"] == '"1042"'


def test_a_new_rule_comes_as_a_snippet_with_all_that_it_needs(editors):
    item = editors["sv"].complete(f"{RULE}    |")["Regel som ger åtkomst"]
    assert item["insertTextFormat"] == 2, "a snippet"
    assert [line.split(":")[0] for line in item["insertText"].splitlines() if ":" in line] == [
        "who",
        "clients",
        "programs",
    ]


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", f"{RULE}    un|til: 2027-01-01", "The last day, YYYY-MM-DD; needs a reason."),
        ("sv", f"{RULE}    un|til: 2027-01-01", "Sista dagen, ÅÅÅÅ-MM-DD; kräver ett skäl."),
        ("en", "manage:\n  unlisted: rem|ove", "it goes, where the folder has taken it over"),
        ("sv", "manage:\n  unlisted: rem|ove", "den tas bort, där mappen har tagit över den"),
        ("sv", "ne|ver: {}", "intressekonflikter"),
    ],
)
def test_what_is_shown_over_a_word(editors, language, text, shown):
    assert shown in editors[language].hover(text).replace("\\", "")


RIGHT = 'access:\n  x:\n    who: team:malmo & !tag:temporary\n    clients: ["1042", "9999"]\n    programs: [payroll, +any]\n'


def test_what_is_right_is_not_marked(editors):
    assert editors["en"].problems(RIGHT) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("payroll", "payrol"), "6: there is no such program in the bureau package"),
        (('"1042"', "1042"), '5: Incorrect type. Expected "string".'),
        (("who", "whom"), "4: Property whom is not allowed."),
        (("    programs: [payroll, +any]\n", ""), '3: Missing property "programs".'),
    ],
)
def test_what_is_wrong_is_marked_at_its_line(editors, change, problem):
    assert problem in editors["en"].problems(RIGHT.replace(*change))


def test_the_example_that_users_start_from_is_not_marked(editors):
    for path in sorted((editors["en"].folder / "policies").glob("*.yaml")):
        assert editors["en"].problems(path.read_text(encoding="utf-8")) == [], path.name
