"""Rules that people would have written are found again, in orderly bureaus and in nearly orderly ones."""

from __future__ import annotations

import numpy as np
import pytest

from reconciler.adopt import adopt
from reconciler.adopt.check import check
from reconciler.adopt.files import Writer
from reconciler.adopt.found import Kind
from reconciler.desired import load, resolve
from reconciler.desired.policy import EMPTY
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from tests.support.policies import DAY, small_register, write

TEAMS = ("lund", "malmo", "ystad", "kivik")


def orderly(left=()) -> Register:
    """Four teams of five, 25 clients each; every fourth client has payroll, every fifth is audited."""
    people = [
        Consultant(
            f"{team}{i}@x.se",
            "",
            teams=(team,),
            leads=(team,) if i == 0 else (),
            tags=("authorised",) if i < 2 else (),
            active=f"{team}{i}" not in left,
        )
        for team in TEAMS
        for i in range(5)
    ]
    companies = [
        Client(
            f"{1000 + n}",
            "",
            team=TEAMS[n % 4],
            tags=(("payroll",) if n % 16 < 4 else ()) + (("audit",) if n % 20 < 4 else ()),
        )
        for n in range(100)
    ]
    programs = [Program(name) for name in ("annual", "books", "invoices", "payroll", "receipts")]
    return Register(
        "b", "B", "UTC", Consultants.build(people), Clients.build(companies), Programs.build(programs)
    )


OWN = "own-team: {who: each-team, clients: team:self, programs: [books, invoices, receipts]}"
CASES = {
    "own team": [OWN],
    "leads": [OWN, "a: {who: each-team.lead, clients: team:self & tag:payroll, programs: [payroll]}"],
    "but": [OWN, "a: {who: each-team & tag:authorised, clients: team:self & !tag:audit, programs: [annual]}"],
    "tags": ["a: {who: tag:authorised, clients: tag:audit, programs: [annual]}"],
    "everything": ["a: {who: all, clients: all, programs: all}"],
    "one team": [OWN, "a: {who: team:lund, clients: team:lund, programs: [payroll]}"],
    "neighbours": [OWN, "a: {who: team:lund, clients: team:malmo, programs: [books]}"],
    "a person": ["a: {who: kivik3@x.se, clients: team:lund, programs: [books]}"],
    "opening only": ["a: {who: team:lund, clients: tag:audit, programs: []}"],
}


def said(adopted):
    """Rules as (who, clients, programs), and how many exceptions they have."""
    names = adopted.wish.register.programs.names
    return {
        (
            rule.who if isinstance(rule.who, str) else adopted.wish.register.consultants.names[rule.who[0]],
            rule.clients,
            tuple(name for i, name in enumerate(names) if rule.mask >> i & 1),
        ): len(rule.holes)
        for rule in adopted.rules.values()
    }


def written(texts):
    """The same of rules as they are written above."""
    import yaml

    rules = yaml.safe_load("{" + ", ".join(texts) + "}")
    names = ("annual", "books", "invoices", "payroll", "receipts")
    return {
        (r["who"], r["clients"], names if r["programs"] == "all" else tuple(r["programs"]))
        for r in rules.values()
    }


def state_of(texts, register, tmp_path) -> Access:
    return resolve(load(write(tmp_path, a="access:\n  " + "\n  ".join(texts) + "\n")), register, DAY).access


@pytest.mark.parametrize("texts", CASES.values(), ids=CASES)
def test_rules_are_found_again(texts, tmp_path):
    register = orderly()
    access = state_of(texts, register, tmp_path)
    assert said(adopt(EMPTY, register, access, DAY)) == dict.fromkeys(written(texts), 0)


def test_a_few_missing_cells_become_exceptions(tmp_path):
    register = orderly()
    access = state_of([OWN], register, tmp_path)
    masks = access.masks.copy()
    masks[[3, 77]] &= ~np.uint64(2)  # two consultants lack the books of a client
    keep = np.ones(len(masks), dtype=np.bool_)
    keep[200] = False  # and one has no access to another
    adopted = adopt(EMPTY, register, Access(access.shape, access.keys[keep], masks[keep]), DAY)
    assert said(adopted) == {("each-team", "team:self", ("books", "invoices", "receipts")): 3}
    text = Writer(adopted, str, "today").folder()["access.yaml"]
    assert "# consultants: 20, clients: 100, programs assigned: 1495, exceptions: 3" in text
    assert text.count("programs: [books]}") == 2


def test_a_team_that_is_otherwise_is_left_out_of_the_rule_for_all(tmp_path):
    teams = [f"t{i:02}" for i in range(12)]
    people = [Consultant(f"{team}-{i}", "", teams=(team,)) for team in teams for i in range(3)]
    companies = [Client(f"{team}{i}", "", team=team) for team in teams for i in range(6)]
    register = Register(
        "b", "B", "UTC", Consultants.build(people), Clients.build(companies), Programs.build([Program("a")])
    )
    access = state_of(["r: {who: each-team, clients: team:self, programs: [a]}"], register, tmp_path)
    odd = register.clients.teams["t07"]
    adopted = adopt(EMPTY, register, access.where(~np.isin(access.clients, odd)), DAY)
    text = Writer(adopted, str, "today").folder()["access.yaml"]
    assert "except: {who: team:t07, clients: team:t07}" in text
    assert len(adopted.rules) == 1


def test_whoever_has_left_is_excepted_and_told(tmp_path):
    access = state_of([OWN], orderly(), tmp_path)
    register = orderly(left=("lund3",))
    adopted = adopt(EMPTY, register, access, DAY)
    texts = Writer(adopted, str, "today").folder()
    check(adopted, EMPTY, texts, DAY)
    assert "except: {who: lund3@x.se}" in texts["access.yaml"]
    assert "# left out: whoever has left" in texts["access.yaml"]
    assert len(adopted.left.gone) == 25
    # who has left and holds nothing need not be named
    nothing = adopt(EMPTY, register, access.restrict(register.consultants.active), DAY)
    assert said(nothing) == dict.fromkeys(written([OWN]), 0)


def test_names_say_what_a_rule_is_about_and_never_clash(tmp_path):
    register = orderly()
    texts = [
        *CASES["leads"],
        CASES["neighbours"][1].replace("a:", "b:"),
        CASES["a person"][0].replace("a:", "c:"),
    ]
    adopted = adopt(EMPTY, register, state_of(texts, register, tmp_path), DAY)
    assert sorted(adopted.rules) == ["kivik3-lund-books", "leads-payroll", "lund-malmo-books", "own-team"]
    policy = load(
        write(tmp_path, a="access:\n  own-team: {who: all, clients: tag:audit, programs: [annual]}\n")
    )
    (tmp_path / "b").mkdir()
    more = adopt(policy, register, state_of([OWN], register, tmp_path / "b"), DAY)
    assert sorted(more.rules) == ["own-team-2"]


def test_what_fits_nothing_is_a_block_or_in_the_list():
    register = orderly()
    block = [(i, j, 1) for i in (2, 8, 14) for j in (3, 41, 70)]
    adopted = adopt(EMPTY, register, Access.from_triples(register.shape, [*block, (19, 30, 3)]), DAY)
    assert {name: rule.kind for name, rule in adopted.rules.items()} == {
        "books": Kind.BLOCK,
        "ystad4": Kind.UNSORTED,
    }
    files = Writer(adopted, str, "today").folder()
    assert list(files) == ["bureau.yaml", "access.yaml", "unsorted.yaml"]
    assert "UNSORTED" in files["unsorted.yaml"]
    assert '  ystad4: {who: ystad4@x.se, clients: ["1030"], programs: [payroll]}\n' in files["unsorted.yaml"]


def test_an_empty_bureau_is_a_folder_without_rules():
    register = small_register()
    adopted = adopt(EMPTY, register, Access.empty(register.shape), DAY)
    assert list(Writer(adopted, str, "today").folder()) == ["bureau.yaml"]


def test_bundles_are_what_several_rules_give(tmp_path):
    register = orderly()
    texts = [
        f"{team}: {{who: team:{team}, clients: 'team:{team} & !tag:{tag}', programs: [books, receipts]}}"
        for team, tag in zip(TEAMS, ("audit", "payroll", "audit", "payroll"), strict=True)
    ]
    adopted = adopt(EMPTY, register, state_of(texts, register, tmp_path), DAY)
    assert dict(adopted.bundles) == {"standard": 0b10010}
    files = Writer(adopted, str, "today").folder()
    assert "standard: [books, receipts]" in files["bureau.yaml"]
    assert files["access.yaml"].count("programs: [+standard]") == len(adopted.rules)
