"""Access reviews: what is listed, what a file may say, and how a review stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.policy import EMPTY
from reconciler.errors import InputError
from reconciler.formats.catalogue import catalogue
from reconciler.formats.tables import Table, read_xlsx, to_xlsx
from reconciler.formats.tables.review import read_workbook, reviews_table, workbook
from reconciler.formats.text.review import list_to_fill_in, sign_off
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.invisible import unseen
from reconciler.plan.grounds import Ground
from reconciler.plan.history import Deed, Doer
from reconciler.review import Decision, Item, Made, Review, Scope, ScopeKind, SignOff
from reconciler.review.collect import reviews
from reconciler.review.file import read_review
from reconciler.review.since import Since
from reconciler.review.status import State, standings
from reconciler.review.units import units
from tests.security.attacks import ATTACKS
from tests.support.worlds import access, current, desired, triples, worlds

DAY = dt.date(2026, 11, 24)
EN, SV = catalogue("en"), catalogue("sv")
NOBODY = Since((), "Europe/Stockholm")
LETTERS = st.characters(exclude_categories=["Cs"]).filter(lambda one: not unseen(one))
TEXTS = st.text(LETTERS, min_size=1, max_size=12)
ITEMS = st.builds(
    Item,
    consultant=TEXTS,
    client=TEXTS,
    programs=st.lists(TEXTS, max_size=3).map(tuple),
    ground=st.sampled_from(Ground),
    rules=st.lists(TEXTS, max_size=2).map(tuple),
    since=st.none() | st.dates(),
    until=st.none() | st.dates(),
)
REVIEWS = st.builds(
    Review,
    bureau=TEXTS,
    scope=st.builds(Scope, st.sampled_from(ScopeKind), TEXTS),
    date=st.dates(),
    items=st.lists(ITEMS, min_size=1, max_size=4).map(tuple),
)


def small():
    """Anna leads the team of 1 and 2; nobody has 3 in a team."""
    reg = Register(
        "test", "Test & Co", "Europe/Stockholm",
        Consultants.build([Consultant("anna", "Anna", teams=("a",), leads=("a",)), Consultant("bo", "Bo")]),
        Clients.build([Client("1", "One", team="a"), Client("2", "Two", team="a"), Client("3", "Three"), Client("4", "Four")]),
        Programs.build([Program("books"), Program("pay")]),
    )  # fmt: skip
    state = access(reg, ("anna", "1", "books"), ("bo", "2", "pay"), ("bo", "2", "books"), ("anna", "3", None))
    return desired(reg, access(reg, ("anna", "1", "books"), ("bo", "2", "books"))), current(reg, state)


def listed(by=ScopeKind.TEAM, since=NOBODY):
    wish, now = small()
    return reviews(wish, now, DAY, units(EMPTY, now.register, by), since)


def one_review():
    return listed()[0]


def test_a_team_reviews_its_clients_and_a_client_of_no_team_is_one_by_itself():
    assert [(one.scope, len(one.items)) for one in listed()] == [
        (Scope(ScopeKind.TEAM, "a"), 3),
        (Scope(ScopeKind.CLIENT, "3"), 1),
    ]
    assert [one.scope.name for one in listed(ScopeKind.CLIENT)] == ["1", "2", "3"]
    _, now = small()
    assert [unit.leads for unit in units(EMPTY, now.register, ScopeKind.TEAM)] == [("anna",), (), ()]


def test_what_no_rule_gives_comes_first_then_what_ends_first():
    wish, now = small()
    rules = (replace(wish.rules[0], until=DAY),)
    found = reviews(replace(wish, rules=rules), now, DAY, units(EMPTY, now.register, ScopeKind.TEAM), NOBODY)
    assert [(item.consultant, item.programs, item.ground, item.until) for item in found[0].items] == [
        ("bo", ("pay",), Ground.NONE, None),
        ("anna", ("books",), Ground.RULE, DAY),
        ("bo", ("books",), Ground.RULE, DAY),
    ]


@given(worlds())
def test_everything_that_somebody_has_is_listed_once(world):
    register = world.register
    found = reviews(world.desired, world.current, DAY, units(EMPTY, register, ScopeKind.TEAM), NOBODY)
    said = [
        (item.consultant, item.client, program)
        for one in found
        for item in one.items
        for program in (item.programs or (None,))
    ]
    held = triples(register, world.current.access)
    bare = {
        cell for cell in held if cell[2] is None and (cell[0], cell[1]) not in {c[:2] for c in held if c[2]}
    }
    assert sorted(map(str, said)) == sorted(map(str, {c for c in held if c[2]} | bare))


def deed(at, given=True, programs=("books",), outside=False, access=False):
    doer = None if outside else Doer("me", "Me", "j", None)
    return Deed(at, "anna", "1", given, access, programs, outside, doer)


@pytest.mark.parametrize(
    ("deeds", "day"),
    [
        ([], None),
        ([deed("2026-03-31T22:30:00Z")], dt.date(2026, 4, 1)),  # a day is a day in the bureau's time zone
        ([deed("2026-05-01T10:00:00Z"), deed("2026-01-01T10:00:00Z")], dt.date(2026, 5, 1)),
        ([deed("2026-05-01T10:00:00Z", given=False), deed("2026-01-01T10:00:00Z")], None),
        ([deed("2026-05-01T10:00:00Z", programs=("pay",))], None),
        ([deed("2026-05-01T10:00:00Z", outside=True)], None),
    ],
)
def test_since_is_when_an_operation_gave_it_last(deeds, day):
    assert Since(deeds, "Europe/Stockholm").day("anna", "1", "books") == day
    assert listed(since=Since(deeds, "Europe/Stockholm"))[0].items[1].since == day


def test_what_was_given_on_another_day_is_a_row_of_its_own():
    told = [
        Deed("2026-05-01T10:00:00Z", "bo", "2", True, True, ("books",), False, None),
        Deed("2026-07-01T10:00:00Z", "anna", "3", True, True, (), False, None),
    ]
    wish, now = small()
    found = reviews(
        replace(wish, access=access(now.register), sources=desired(now.register, access(now.register)).sources),
        now, DAY, units(EMPTY, now.register, ScopeKind.TEAM), Since(told, "Europe/Stockholm"),
    )  # fmt: skip
    assert [(item.consultant, item.programs, item.since) for one in found for item in one.items] == [
        ("anna", ("books",), None),
        ("bo", ("books",), dt.date(2026, 5, 1)),
        ("bo", ("pay",), None),
        ("anna", (), dt.date(2026, 7, 1)),
    ]


@given(REVIEWS, st.data())
def test_a_sign_off_is_read_as_it_was_written(tmp_path_factory, review, data):
    makes = st.builds(Made, st.sampled_from(Decision), st.text(LETTERS))
    signed = SignOff(review, tuple(data.draw(makes) for _ in review.items), "anna", DAY)
    path = tmp_path_factory.mktemp("signed") / "x.yaml"
    path.write_text(sign_off(signed, EN), encoding="utf-8")
    assert read_review(path) == signed


def fill_in(text, *decisions):
    for decision in decisions:
        text = text.replace('decision: ""', f"decision: {decision}", 1)
    return text


def read(tmp_path, text):
    path = tmp_path / "list.yaml"
    path.write_text(text, encoding="utf-8")
    return read_review(path)


def test_a_list_is_filled_in_in_either_language(tmp_path):
    _, now = small()
    text = fill_in(list_to_fill_in(one_review(), now.register, EN), "keep", "ta bort", "behåll")
    found = read(tmp_path, text)
    assert [made.decision for made in found.made] == [Decision.KEEP, Decision.REMOVE, Decision.KEEP]
    assert (found.review, found.by, found.at) == (one_review(), "", None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("consultant: bo", "consultant: anna"),
        ("programs: [pay]", "programs: [books]"),
        ("rules: []", "rules: [rule]"),
        ("why: none", "why: rule"),
        ("date: 2026-11-24", "date: 2026-11-25"),
        ("team: a", "team: b"),
        ("bureau: test", "bureau: best"),
    ],
)
def test_a_list_that_shows_something_else_is_refused(tmp_path, old, new):
    _, now = small()
    text = list_to_fill_in(one_review(), now.register, EN)
    assert old in text
    with pytest.raises(InputError, match="does not show what was listed"):
        read(tmp_path, text.replace(old, new, 1))


def test_a_row_that_is_left_out_is_missed(tmp_path):
    _, now = small()
    text = list_to_fill_in(one_review(), now.register, EN)
    start, end = text.index("  # Bo at 2 Two: pay"), text.index("  # Anna at 1 One: books")
    with pytest.raises(InputError, match="does not show what was listed"):
        read(tmp_path, text[:start] + text[end:])


@pytest.mark.parametrize("text", ["a: b\n", "access: {}\n", "", "bureau: [\n"])
def test_what_is_no_list_is_told_of(tmp_path, text):
    with pytest.raises(InputError):
        read(tmp_path, text)


def filled_in(say, decisions=(), review=None, change=lambda rows: rows, by=""):
    """A workbook as somebody would save it: the rows as they were read, with decisions."""
    _, now = small()
    raw = to_xlsx(workbook(review or one_review(), now.register, say))
    (first, rows), (second, about) = read_xlsx(raw, "x").items()
    rows, about = [list(row) for row in rows], [list(row) for row in about]
    for row, (decision, note) in zip(rows[1:], decisions, strict=False):
        row[11:13] = decision, note
    about[4][1] = by
    rows = change(rows)
    return to_xlsx([Table(first, rows[0], rows[1:]), Table(second, about[0], about[1:])])


@pytest.mark.parametrize(("say", "words"), [(EN, ("keep", "remove")), (SV, ("behåll", "Ta bort"))])
def test_a_workbook_is_filled_in_and_may_be_sorted(say, words):
    keep, remove = words
    made = [(keep, ""), (remove, "left the team"), (keep, " ")]
    raw = filled_in(say, made, change=lambda rows: [rows[0], *reversed(rows[1:]), [""] * 13], by=" anna ")
    found = read_workbook(raw, "x")
    assert found.review == one_review()
    assert found.by == "anna"
    assert found.made == (Made(Decision.KEEP), Made(Decision.REMOVE, "left the team"), Made(Decision.KEEP))


@given(REVIEWS)
def test_every_workbook_comes_back(review):
    _, now = small()
    assert read_workbook(to_xlsx(workbook(review, now.register, SV)), "x") == SignOff(
        review, (Made(),) * len(review.items)
    )


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_a_workbook_comes_back_whatever_a_key_holds(text):
    item = Item(text, text, (text,), Ground.RULE, (text,))
    review = Review(text, Scope(ScopeKind.TEAM, text), DAY, (item,))
    _, now = small()
    assert read_workbook(to_xlsx(workbook(review, now.register, EN)), "x").review == review


@pytest.mark.parametrize(("column", "text"), [(0, "9"), (0, "1"), (1, "bo"), (3, "2"), (6, "pay"), (7, "x"), (8, "x"), (10, "2026-01-01")])  # fmt: skip
def test_a_row_that_shows_something_else_is_refused(column, text):
    def change(rows):
        rows[2][column] = text
        return rows

    with pytest.raises(InputError, match="does not show what was listed"):
        read_workbook(filled_in(EN, change=change), "x")


def test_a_word_that_is_no_decision_is_told_of():
    with pytest.raises(InputError, match="row 1 says “maybe”, which is neither keep nor remove"):
        read_workbook(filled_in(EN, [("maybe", "")]), "x")


def test_a_row_that_somebody_deleted_is_not_decided():
    found = read_workbook(filled_in(EN, [("keep", "")] * 3, change=lambda rows: rows[:-1]), "x")
    assert [made.decision for made in found.made] == [Decision.KEEP, Decision.KEEP, None]


def test_another_workbook_is_told_of():
    for tables in (
        [Table("a", ["x"], [["1"]])],
        [Table("a", ["x"], []), Table("b", ["x", "y"], [["1", "2"]] * 9)],
        [Table("a", ["x"], []), Table("b", ["x", "y"], [["1", "e30="]] * 6)],
    ):
        with pytest.raises(InputError, match="is no access review"):
            read_workbook(to_xlsx(tables), "x")


def test_all_lists_in_one_table():
    _, now = small()
    table = reviews_table(listed(), now.register, EN)
    assert [row[0] for row in table.rows] == ["the team a"] * 3 + ["the client 3 Three"]


def signed(review, *decisions, on=DAY, by="anna"):
    return SignOff(replace(review, date=on), tuple(Made(one) for one in decisions), by, on)


KEEP, REMOVE = Decision.KEEP, Decision.REMOVE
BEFORE = DAY - dt.timedelta(days=91)


@pytest.mark.parametrize(
    ("decisions", "on", "state"),
    [
        ((KEEP, KEEP, KEEP), DAY, State.DONE),
        ((KEEP, KEEP, KEEP), DAY - dt.timedelta(days=90), State.DONE),
        ((KEEP, KEEP, KEEP), BEFORE, State.OVERDUE),
        ((REMOVE, KEEP, KEEP), DAY, State.OPEN),
    ],
)
def test_how_a_review_stands(decisions, on, state):
    found = standings([], [], [], DAY, 90)
    assert found == []
    _, now = small()
    all_units = units(EMPTY, now.register, ScopeKind.TEAM)
    one, other = standings(all_units, listed(), [signed(one_review(), *decisions, on=on)], DAY, 90)
    assert one.state is state
    assert one.leads == ("anna",)
    assert (other.state, other.signed) == (State.NEVER, None)
    assert [item.programs for item in one.left] == ([("pay",)] if REMOVE in decisions else [])


def test_what_somebody_has_got_since_is_told_and_what_they_lost_is_not():
    review = one_review()
    fewer = replace(review, items=review.items[1:])
    _, now = small()
    all_units = units(EMPTY, now.register, ScopeKind.TEAM)
    one, *_ = standings(all_units, [review], [signed(fewer, KEEP, KEEP)], DAY, 90)
    assert (one.state, one.new) == (State.CHANGED, (("bo", "2", ("pay",)),))
    one, *_ = standings(all_units, [fewer], [signed(review, KEEP, KEEP, KEEP)], DAY, 90)
    assert one.state is State.DONE
    # what was to go and went is done
    one, *_ = standings(all_units, [fewer], [signed(review, REMOVE, KEEP, KEEP)], DAY, 90)
    assert one.state is State.DONE


def test_the_latest_sign_off_counts():
    review = one_review()
    old, new = (
        signed(review, KEEP, KEEP, KEEP, on=BEFORE, by="old"),
        signed(review, KEEP, KEEP, KEEP, by="new"),
    )
    _, now = small()
    all_units = units(EMPTY, now.register, ScopeKind.TEAM)
    for order in ((old, new), (new, old)):
        assert standings(all_units, [review], order, DAY, 90)[0].signed == new


@given(REVIEWS, REVIEWS)
def test_a_digest_is_of_one_review_alone(one, other):
    assert (one.digest == other.digest) is (one == other)
