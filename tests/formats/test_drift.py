"""Drift as people read it, to the letter, in both languages; and what Prometheus reads."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.desired.values import Unlisted
from reconciler.formats import show_drift
from reconciler.formats.catalogue import catalogue
from reconciler.formats.metrics import KINDS, Checked, metrics_text
from reconciler.plan import build
from reconciler.plan.drift import Drift, Kind, Question, Told
from reconciler.plan.history import Deed, Doer
from reconciler.plan.origins import find_drift
from tests.security.attacks import ATTACKS, judge_json, judge_text
from tests.security.markdown import judge_markdown
from tests.support.worlds import access, current, desired, operator, register

DAY = dt.date(2026, 11, 24)


def deed(day: int, who: str, client: str, what: str, by: Doer | None, *, given=True, outside=False) -> Deed:
    words = what.split()
    programs = tuple(word for word in words if word != "access")
    at = f"2026-11-{day:02}T12:00:00Z"
    return Deed(at, who, client, given, "access" in words, programs, outside, by)


def made(
    name="Karin Ek", run="20261104T0900-ab12", *, told=Told.TOLD, since=None, unlisted=Unlisted.REMOVE
) -> Drift:
    """One of everything."""
    reg = register(["anna", "bo", "cia"], ["1042", "1043"], ["bookkeeping", "payroll"], left=["cia"])
    want = access(reg, ("bo", "1042", "bookkeeping"), ("bo", "1042", "payroll"), ("anna", "1043", None))
    have = access(
        reg,
        ("anna", "1042", "payroll"),
        ("bo", "1042", "bookkeeping"),
        ("cia", "1042", "payroll"),
        ("bo", "1043", "payroll"),
    )
    wish = desired(reg, want, unlisted=unlisted)
    wish = replace(wish, rules=(replace(wish.rules[0], reason="since 2024"),))
    plan = build(wish, current(reg, have, operator(reg, "me", system=["1042"])), DAY)
    karin, me = Doer("karin", name, "j1", None), Doer("me", "Ingrid Admin", "j2", run)
    deeds = [
        deed(4, "bo", "1042", "payroll", me, given=False),
        deed(3, "anna", "1042", "access payroll", karin),
        deed(1, "bo", "1043", "access payroll", None, outside=True),
    ]
    return find_drift(wish, plan, Question(since), deeds if told is Told.TOLD else None, told)


ENGLISH = """\
Drift at Test & Co on 2026-11-24
Operator: Me

By Ingrid Admin: 1 change
-------------------------
  - Bo lost programs
      at 1042 Company 1042
      programs: payroll
      on 2026-11-04, in the run 20261104T0900-ab12
      the rule rule (since 2024) gives it

By Karin Ek: 2 changes
----------------------
  + Anna got access
      at 1042 Company 1042
      programs: payroll
      on 2026-11-03
      no rule gives it

By no operation of the bureau: 2 changes
----------------------------------------
  + Bo got access
      at 1043 Company 1043
      programs: payroll
      on 2026-11-01
      no rule gives it
      apply cannot change it: needs a system administrator at the client
      who could: none of the operators

Nobody knows by whom: 2 changes
-------------------------------
  + Cia got access
      at 1042 Company 1042
      programs: payroll
      has left the bureau

Wanted by the rules and never given: 1 change
---------------------------------------------
  - Anna has no access
      at 1043 Company 1043
      the rule rule (since 2024) gives it
      apply cannot change it: needs a system administrator at the client
      who could: none of the operators

Summary: given: 3 accesses and 3 programs; removed: 1 program; missing: 1
access; 3 changes blocked.
"""

SWEDISH = """\
Avvikelser hos Test & Co den 2026-11-24
Operatör: Me

Av Ingrid Admin: 1 ändring
--------------------------
  - Bo förlorade program
      hos 1042 Company 1042
      program: payroll
      den 2026-11-04, i körningen 20261104T0900-ab12
      regeln rule (since 2024) ger det

Av Karin Ek: 2 ändringar
------------------------
  + Anna fick åtkomst
      hos 1042 Company 1042
      program: payroll
      den 2026-11-03
      ingen regel ger det

Utan någon åtgärd i byrån: 2 ändringar
--------------------------------------
  + Bo fick åtkomst
      hos 1043 Company 1043
      program: payroll
      den 2026-11-01
      ingen regel ger det
      apply kan inte ändra det: kräver en systemadministratör hos klienten
      kan göras av: ingen av operatörerna

Ingen vet av vem: 2 ändringar
-----------------------------
  + Cia fick åtkomst
      hos 1042 Company 1042
      program: payroll
      har slutat på byrån

Reglerna vill ha det, och det har aldrig getts: 1 ändring
---------------------------------------------------------
  - Anna har inte åtkomst
      hos 1043 Company 1043
      regeln rule (since 2024) ger det
      apply kan inte ändra det: kräver en systemadministratör hos klienten
      kan göras av: ingen av operatörerna

Sammanfattning: givet: 3 åtkomster och 3 program; borttaget: 1 program; saknas:
1 åtkomst; 3 ändringar blockeras.
"""


@pytest.mark.parametrize(("language", "expected"), [("en", ENGLISH), ("sv", SWEDISH)])
def test_to_the_letter(language, expected):
    assert show_drift(made(), "text", catalogue(language)) == expected


def test_where_the_backend_does_not_tell():
    text = show_drift(made(told=Told.NOT_OFFERED), "text", catalogue("en"))
    assert "Nobody knows by whom: 6 changes" in text
    assert "Wanted by the rules and not there: 2 changes" in text
    assert text.endswith("\nThe backend does not tell who changed what.\n")
    assert "--since, or a filter" in show_drift(made(told=Told.TOO_MANY), "text", catalogue("en"))


def test_a_part_of_time():
    text = show_drift(made(since=dt.date(2026, 11, 4)), "text", catalogue("en"))
    assert "Bo lost programs" in text
    assert "Anna" not in text
    assert "7 older differences, or ones of which nobody knows since when, are left out." in text
    text = show_drift(made(since=DAY), "text", catalogue("en"))
    assert "Nothing was changed since 2026-11-24." in text
    assert "8 older differences" in text


def test_what_may_stay():
    text = show_drift(made(unlisted=Unlisted.REPORT), "text", catalogue("en"))
    assert "  ? Anna got access\n" in text
    assert "no rule mentions it; it is left as it is" in text
    assert "left as it is: 3 accesses and 3 programs" in text.replace("\n", " ")


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_names_and_runs_do_no_harm(text):
    drift = made(text, text)
    for language in ("en", "sv"):
        assert judge_text(show_drift(drift, "text", catalogue(language), full=True)) == []
    shown = show_drift(drift, "json", catalogue("en"))
    assert judge_json(shown) == []
    assert {"operator": "me", "name": "Ingrid Admin", "run": text} in [
        item["by"] for item in json.loads(shown)["drift"]
    ]


def samples(content: bytes) -> dict[tuple[str, ...], float]:
    """Every figure by its name and labels."""
    return {
        (one.name, *one.labels.values()): one.value
        for family in text_string_to_metric_families(content.decode())
        for one in family.samples
    }


def test_figures_for_prometheus():
    assert {*KINDS} == {*Kind}
    found = samples(metrics_text(Checked("b", False, {"given": (1, 2)}, 3, 4), 1e9, 0.5))
    assert found == {
        **{
            ("reconciler_drift_differences", "b", kind, what): 0
            for kind in KINDS
            for what in ("access", "program")
        },
        ("reconciler_drift_differences", "b", "given", "access"): 1,
        ("reconciler_drift_differences", "b", "given", "program"): 2,
        ("reconciler_drift_in_sync", "b"): 0,
        ("reconciler_drift_blocked", "b"): 3,
        ("reconciler_drift_violations", "b"): 4,
        ("reconciler_drift_checked_timestamp_seconds", "b"): 1e9,
        ("reconciler_drift_duration_seconds", "b"): 0.5,
    }


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_no_bureau_forges_a_figure(text):
    assert {key[1] for key in samples(metrics_text(Checked(text, True), 1, 1))} == {text}
    assert {len(key) for key in samples(metrics_text(Checked(text, True), 1, 1))} == {2, 4}


@pytest.mark.parametrize("language", ["en", "sv"])
def test_markdown_tells_by_whom_and_when(language):
    text = show_drift(made(), "markdown", catalogue(language))
    title, head, *rows = (line for line in text.split("\n") if line.startswith(("#### ", "| ")))
    assert title == (
        "#### By whom and when: 5 changes" if language == "en" else "#### Av vem och när: 5 ändringar"
    )
    assert head.count("|") == 6
    if language == "en":
        assert rows[:3] == [
            "| Ingrid Admin | 2026-11-04 | Bo | 1042 Company 1042 | lost payroll |",
            "| Karin Ek | 2026-11-03 | Anna | 1042 Company 1042 | got access with payroll |",
            "| no operation of the bureau | 2026-11-01 | Bo | 1043 Company 1043 | got access with payroll |",
        ]
    assert "By whom" not in show_drift(made(told=Told.NOT_OFFERED), "markdown", catalogue("en"))


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_names_do_no_harm_in_markdown(text):
    shown = show_drift(made(text), "markdown", catalogue("en"))
    assert judge_text(shown.replace("<!-- reconciler:complete -->", "")) == []
    assert judge_markdown(shown) == []
