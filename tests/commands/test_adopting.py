"""`drift --adopt` on a real bureau: what was done behind the YAML's back stands in it afterwards, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.commands import adopting
from reconciler.grid import OperationKind
from tests.commands.conftest import DAY
from tests.commands.test_drift import behind_the_back, loaded

RULES = """\
# about all of it
bureau: exempelbyran

manage:
  unlisted: remove
  clients: ["1060"]
  consultants: bertil.ek@exempelbyran.example
  taken-over: exempelbyran

access:
  # his own
  own:
    who: bertil.ek@exempelbyran.example
    clients: ["1060"]  # only there
    programs: [invoicing, receipts]
    # more to come
"""

GIVEN = """\
--- /dev/null
+++ policies/adopted-2026-11-24.yaml
"""

TAKEN = """\
--- policies/access.yaml
+++ policies/access.yaml
@@ -13,4 +13,6 @@
     who: bertil.ek@exempelbyran.example
     clients: ["1060"]  # only there
     programs: [invoicing, receipts]
+    # the bureau has it otherwise: as Karin wanted (adopted on 2026-11-24)
+    except: {who: bertil.ek@exempelbyran.example, clients: ["1060"], programs: [receipts]}
     # more to come
"""


def write_rules(example: Path, more: str = "") -> None:
    for path in (example / "policies").glob("*.yaml"):
        path.unlink()
    (example / "policies" / "access.yaml").write_text(RULES + more, encoding="utf-8")


def contents(example: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (example / "policies").iterdir()}


@pytest.fixture
def calm(reconciler, example) -> Path:
    """A bureau that is what the YAML says."""
    write_rules(example)
    assert reconciler("apply", *DAY, "--yes").code == 0
    assert reconciler("drift", *DAY).code == 0
    return example


def test_given_and_taken(reconciler, calm):
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "receipts")
    ran = reconciler("drift", *DAY, "--adopt", "--reason", "as Karin wanted", "--yes")
    assert ran.code == 0, ran.err
    assert TAKEN in ran.out
    assert GIVEN in ran.out
    assert "+    reason: as Karin wanted (adopted on 2026-11-24)\n" in ran.out
    assert "wrote policies/access.yaml\nwrote policies/adopted-2026-11-24.yaml\n" in ran.out
    after = contents(calm)
    assert after.keys() == {"access.yaml", "adopted-2026-11-24.yaml"}
    kept = [line for line in after["access.yaml"].decode().splitlines() if "except" not in line]
    assert [line for line in kept if "has it otherwise" not in line] == RULES.splitlines()
    assert reconciler("drift", *DAY).code == 0
    assert reconciler("fmt", "--check").code == 0
    assert reconciler("validate", *DAY).out == "The YAML is sound; 0 warnings.\n"
    # nothing is left to adopt
    assert reconciler("drift", *DAY, "--adopt").code == 0
    assert contents(calm) == after


def test_access_that_is_gone(reconciler, calm):
    behind_the_back(calm, OperationKind.REMOVE_ACCESS)
    ran = reconciler("drift", *DAY, "--adopt", "--yes", "--lang", "sv")
    assert ran.code == 0, ran.out + ran.err
    assert 'except: {who: bertil.ek@exempelbyran.example, clients: ["1060"]}' in ran.out
    assert "# byrån har det på annat sätt: övertaget den 2026-11-24" in ran.out
    assert reconciler("drift", *DAY).code == 0


def test_what_is_only_not_applied_yet_is_not_adopted_away(reconciler, calm):
    write_rules(
        calm, "\n  new: {who: bertil.ek@exempelbyran.example, clients: ['1060'], programs: [payroll]}\n"
    )
    before = contents(calm)
    ran = reconciler("drift", *DAY, "--adopt", "--yes")
    assert ran.code == 3
    assert "There is nothing that can be adopted." in ran.out
    assert "Wanted by the rules and never given: 1 change" in ran.out
    assert contents(calm) == before


def test_nothing_is_written_without_a_yes(reconciler, calm, monkeypatch):
    loaded(calm, "payroll")
    before = contents(calm)
    ran = reconciler("drift", *DAY, "--adopt")
    assert ran.code == 64
    assert GIVEN in ran.out  # what it is about is shown
    monkeypatch.setattr(adopting, "asked", lambda _say: False)
    ran = reconciler("drift", *DAY, "--adopt")
    assert ran.code == 130
    assert "Nothing was written." in ran.err
    assert contents(calm) == before


def test_a_file_that_changes_while_it_is_asked(reconciler, calm, monkeypatch):
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "receipts")
    path = calm / "policies" / "access.yaml"

    def edit(_say) -> bool:
        path.write_text(RULES.replace("his own", "her own"), encoding="utf-8")
        return True

    monkeypatch.setattr(adopting, "asked", edit)
    ran = reconciler("drift", *DAY, "--adopt")
    assert ran.code == 1
    assert "policies/access.yaml has changed meanwhile; nothing was written" in ran.err
    assert contents(calm) == {"access.yaml": RULES.replace("his own", "her own").encode()}


def test_a_file_that_cannot_be_written_leaves_nothing(reconciler, calm, monkeypatch):
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "receipts")
    before = contents(calm)

    def fail(self, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", fail)
        ran = reconciler("drift", *DAY, "--adopt", "--yes")
    assert ran.code == 1
    assert contents(calm) == before


DENIAL = """
never:
  apart:
    who: bertil.ek@exempelbyran.example
    clients: ["1060"]
    programs: [payroll]
    reason: his own company
"""

TOGETHER = """
guardrails:
  never-together:
    four-eyes: {programs: [receipts, payroll], reason: two people}
"""

REQUIRE = """
guardrails:
  require:
    payroll-case: {programs: [payroll], ticket: "HR-[0-9]+"}
"""

PROTECTED = """
guardrails:
  protected: {who: bertil.ek@exempelbyran.example, clients: ["1060"]}
"""

EXPRESSION = """
guardrails:
  expressions:
    no-payroll:
      action: grant
      must: '!("payroll" in programs)'
      message: {en: payroll is for the payroll team}
"""


@pytest.mark.parametrize(
    ("guardrail", "says"),
    [
        (DENIAL, "the rule apart (his own company) forbids it"),
        (TOGETHER, "nobody may have these programs together at a client (four-eyes)"),
        (REQUIRE, "the rule does not carry what it must (payroll-case)"),
    ],
    ids=["denial", "together", "require"],
)
def test_what_a_guardrail_forbids_is_not_adopted(reconciler, calm, guardrail, says):
    write_rules(calm, guardrail)
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "annual-accounts", "payroll")
    ran = reconciler("drift", *DAY, "--adopt", "--yes")
    assert ran.code == 3, ran.err
    assert says in " ".join(ran.out.split()), ran.out
    added = (calm / "policies" / "adopted-2026-11-24.yaml").read_text()
    assert "programs: [annual-accounts]" in added
    assert "payroll" not in added
    left = reconciler("drift", *DAY)
    assert left.code == 2
    assert "programs: Payroll" in left.out
    assert "Annual accounts" not in left.out


def test_what_an_expression_forbids_is_not_adopted(reconciler, calm):
    write_rules(calm, EXPRESSION)
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    ran = reconciler("drift", *DAY, "--adopt", "--yes")
    assert ran.code == 3, ran.err
    assert "payroll is for the payroll team (no-payroll)" in ran.out
    assert contents(calm).keys() == {"access.yaml"}


def test_a_removal_of_what_is_protected_is_not_adopted(reconciler, calm):
    behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "receipts")
    write_rules(calm, PROTECTED)
    before = contents(calm)
    ran = reconciler("drift", *DAY, "--adopt", "--yes")
    assert ran.code == 3
    assert "Not adopted, as a guardrail forbids it" in ran.out
    assert "it is protected" in ran.out
    assert contents(calm) == before


def test_a_part_of_it(reconciler, calm):
    loaded(calm, "payroll")
    for flags in (
        ("--since", "2999-01-01"),
        ("--client", "1042"),
        ("--consultant", "anna.lind@exempelbyran.example"),
    ):
        before = contents(calm)
        assert reconciler("drift", *DAY, *flags, "--adopt", "--yes").code == 0
        assert contents(calm) == before
    assert reconciler("drift", *DAY, "--since", "2000-01-01", "--adopt", "--yes").code == 0
    assert reconciler("drift", *DAY).code == 0


@pytest.mark.parametrize(
    "flags", [("--adopt", "--format", "json"), ("--reason", "x"), ("--yes",)], ids=" ".join
)
def test_wrong_usage(reconciler, calm, flags):
    assert reconciler("drift", *DAY, *flags).code == 64


def test_a_reason_is_made_safe(reconciler, calm):
    loaded(calm, "payroll")
    assert reconciler("drift", *DAY, "--adopt", "--yes", "--reason", 'a\u202eb: "c" #\n- d').code == 0
    added = (calm / "policies" / "adopted-2026-11-24.yaml").read_text(encoding="utf-8")
    assert "\u202e" not in added
    assert reconciler("drift", *DAY).code == 0
    assert reconciler("fmt", "--check", "policies/adopted-2026-11-24.yaml").code == 0
