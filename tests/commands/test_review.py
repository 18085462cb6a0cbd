"""`review`: a list is made of a real bureau, filled in, signed, and looked after."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from reconciler.formats.tables import Table, read_xlsx, to_xlsx
from reconciler.resources import resource
from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.commands.conftest import DAY

SCHEMA = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))
LIST = ("review", "list", *DAY)
STATUS = ("review", "status", *DAY)


def document(text):
    found = json.loads(text)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(found)
    return found


def listed(reconciler, folder, *scope):
    """A list as YAML, as a path and its text."""
    path = folder / "list.yaml"
    assert reconciler(*LIST, *scope, "--format", "yaml", "--to", "list.yaml").code == 0
    return path, path.read_text("utf-8")


def sign_all(reconciler, folder, *scope, remove=()):
    """List, decide and sign: everything is kept but rows of these numbers."""
    path, text = listed(reconciler, folder, *scope)
    parts = text.split('decision: ""')
    words = ["remove" if number in remove else "keep" for number in range(1, len(parts))]
    path.write_text("".join(part + (f"decision: {word}" if word else "") for part, word in zip(parts, [*words, ""], strict=True)), encoding="utf-8")  # fmt: skip
    return reconciler("review", "sign", "list.yaml", "--by", "lead@x.example")


def states(reconciler, *arguments):
    ran = reconciler(*STATUS, "--format", "json", *arguments)
    found = document(ran.out)
    return ran.code, {"".join(one["scope"].values()): one["state"] for one in found["standings"]}


def test_from_a_list_to_a_sign_off_that_is_checked(reconciler, example):
    assert states(reconciler) == (2, {"lund": "never", "malmo": "never", "ystad": "never"})
    for team in ("lund", "malmo", "ystad"):
        ran = sign_all(reconciler, example, "--team", team)
        assert ran.code == 0, ran.err
    kept = {path.name for path in (example / "reviews").iterdir()}
    assert kept == {f"2026-11-24-team-{team}.yaml" for team in ("lund", "malmo", "ystad")}
    assert states(reconciler) == (0, dict.fromkeys(("lund", "malmo", "ystad"), "done"))
    # it is of a day, and a year later it is due again, with --within after some days
    assert states(reconciler, "--as-of", "2027-11-24")[0] == 0
    assert states(reconciler, "--as-of", "2027-11-25")[1]["lund"] == "overdue"
    assert states(reconciler, "--as-of", "2027-02-23", "--within", "90d")[1]["lund"] == "overdue"
    # apply gives access that nobody has reviewed
    assert reconciler("apply", "--yes", *DAY).code == 3
    code, found = states(reconciler)
    assert (code, found["malmo"]) == (2, "changed")
    text = reconciler(*STATUS).out
    assert "signed by lead@x.example" in text
    assert text.count("      new: ") > 5


def test_what_was_to_go_is_watched_until_it_is_gone(reconciler, example):
    rows = document(reconciler(*LIST, "--team", "malmo", "--format", "json").out)["reviews"][0]["access"]
    assert (rows[0]["consultant"], rows[0]["programs"]) == ("bertil.ek@exempelbyran.example", ["payroll"])
    ran = sign_all(reconciler, example, "--team", "malmo", remove={1, 5, 43})
    assert "40 to keep, 3 to remove" in " ".join(ran.out.split())
    assert "bertil.ek@exempelbyran.example at 1042: payroll" in ran.out
    assert "policies/access.yaml:" in ran.out
    assert states(reconciler)[1]["malmo"] == "open"
    assert "was to go and is still there: Bertil Ek at 1042" in " ".join(reconciler(*STATUS).out.split())


def test_since_when_comes_from_what_the_bureau_remembers(reconciler, example):
    """What an apply gave has a day, what was loaded has none."""
    assert reconciler("apply", "--yes", *DAY).code == 3
    rows = document(reconciler(*LIST, "--client", "1042", "--format", "json").out)["reviews"][0]["access"]
    given = [row for row in rows if "since" in row]
    assert 0 < len(given) < len(rows)
    assert ("since 20" in reconciler(*LIST, "--client", "1042").out) is True


def test_signing_needs_neither_bureau_nor_token(reconciler, example):
    path, text = listed(reconciler, example, "--client", "1055")
    (example / "bureau.db").unlink()
    path.write_text(
        text.replace('decision: ""', "decision: keep").replace('signed-by: ""', "signed-by: anna@x.example")
    )
    ran = reconciler("review", "sign", "list.yaml", "--format", "json")
    assert (ran.code, document(ran.out)["signed-by"]) == (0, "anna@x.example")
    again = reconciler("review", "sign", "reviews/2026-11-24-client-1055.yaml")
    assert (again.code, "is signed already" in again.err) == (1, True)
    # who signs the same list once more keeps both
    assert reconciler("review", "sign", "list.yaml").code == 0
    assert (example / "reviews" / "2026-11-24-client-1055-2.yaml").exists()


def test_what_cannot_be_signed(reconciler, example):
    path, text = listed(reconciler, example, "--client", "1055")
    ran = reconciler("review", "sign", "list.yaml", "--by", "me")
    assert (ran.code, "4 rows are not decided yet, the first is row 1" in ran.err) == (1, True)
    done = text.replace('decision: ""', "decision: keep")
    path.write_text(done)
    ran = reconciler("review", "sign", "list.yaml")
    assert (ran.code, "does not say who signs it" in ran.err) == (1, True)
    path.write_text(done.replace("[payroll]", "[payments]"))
    ran = reconciler("review", "sign", "list.yaml", "--by", "me")
    assert (ran.code, "does not show what was listed" in ran.err) == (1, True)
    path.write_text(done)
    bureau = (example / "policies" / "bureau.yaml").read_text("utf-8")
    (example / "policies" / "bureau.yaml").write_text(bureau.replace("exempelbyran", "annanbyra"))
    ran = reconciler("review", "sign", "list.yaml", "--by", "me")
    assert (ran.code, "is of the bureau “exempelbyran”, and the YAML is of “annanbyra”" in ran.err) == (
        1,
        True,
    )
    assert not (example / "reviews").exists()
    assert reconciler("review", "sign", "none.xlsx", "--by", "me").code == 1


@pytest.mark.parametrize(("language", "keep"), [("en", "keep"), ("sv", "behåll")])
def test_a_workbook_is_filled_in_and_signed(reconciler, example, language, keep):
    scope = ("--client", "1055", "--lang", language)
    assert reconciler(*LIST, *scope, "--format", "xlsx", "--to", "list.xlsx").code == 0
    (first, rows), (second, about) = read_xlsx((example / "list.xlsx").read_bytes(), "x").items()
    filled = [[*row[:11], keep, "ok"] for row in rows[1:]]
    about = [list(row) for row in about]
    about[4][1] = "anna@x.example"
    raw = to_xlsx([Table(first, rows[0], filled), Table(second, about[0], about[1:])])
    (example / "list.xlsx").write_bytes(raw)
    ran = reconciler("review", "sign", "list.xlsx")
    assert ran.code == 0, ran.err
    assert states(reconciler, "--client", "1055") == (0, {"1055": "done"})


def test_a_list_that_nobody_signed_counts_nothing(reconciler, example):
    (example / "reviews").mkdir()
    path, _ = listed(reconciler, example, "--team", "malmo")
    path.rename(example / "reviews" / "left.yaml")
    ran = reconciler(*STATUS)
    assert "reviews/left.yaml is not signed, and counts nothing" in ran.err
    assert "The team malmo: never reviewed" in ran.out


def test_the_configuration_says_how_often_and_of_what(reconciler, example):
    with (example / "reconciler.yaml").open("a") as file:
        file.write("reviews: {by: client, every: 30, folder: signed}\n")
    assert sign_all(reconciler, example, "--client", "1055").code == 0
    assert (example / "signed" / "2026-11-24-client-1055.yaml").exists()
    _, found = states(reconciler)
    assert found["1055"] == "done"
    assert len(found) > 10
    assert states(reconciler, "--client", "1055", "--as-of", "2026-12-25")[1] == {"1055": "overdue"}


def test_what_is_not_there_is_told_of(reconciler, example):
    ran = reconciler(*LIST, "--team", "malmø", "--client", "nobody")
    assert ran.code == 1
    assert "no team “malmø” has clients" in ran.err
    assert "did you mean “malmo”?" in ran.err
    assert "2 errors" in ran.err
    assert reconciler(*LIST, "--format", "yaml").code == 64
    assert reconciler(*STATUS, "--within", "soon").code == 64


def test_all_formats_of_a_list(reconciler, example):
    assert len(document(reconciler(*LIST, "--format", "json").out)["reviews"]) == 3
    table = reconciler(*LIST, "--format", "csv", "--lang", "sv").out
    assert table.startswith('\ufeff"granskning av";"konsult"')
    assert reconciler(*LIST, "--by", "client").out.count("\n---") > 10
