"""Long lists against the plainest way of doing the same: look at each row, sort, cut."""

from __future__ import annotations

import gc
import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Clients, Consultants, Shape
from reconciler.grid.register import Client, Consultant
from reconciler.web import index
from reconciler.web.folding import alphabetical, fold, folded, natural
from reconciler.web.index import ids_of, index_of, keys_of
from reconciler.web.lists import (
    PAGE,
    Column,
    Question,
    choose,
    clients_of,
    count_at_clients,
    count_of_consultants,
    meant,
)
from tests.support.worlds import worlds

TEXT = st.text("aåÅäÖöéØz 1209<\0\n", max_size=8)
KEY = st.text("019aÅ-", min_size=1, max_size=4) | st.from_regex(r"[0-9]{1,3}", fullmatch=True)
WORD = st.sampled_from(["payroll", "audit", "öl"])


@st.composite
def sides(draw):
    keys = draw(st.lists(KEY, unique=True, max_size=12))
    rows = [
        Client(key, draw(TEXT), draw(st.booleans()), tuple(draw(st.sets(WORD))), draw(st.none() | WORD))
        for key in keys
    ]
    return Clients.build(rows), {row.key: row for row in rows}


@st.composite
def questions(draw):
    return Question(
        words=draw(TEXT),
        tag=draw(st.just("") | WORD),
        team=draw(st.just("") | WORD),
        column=draw(st.sampled_from(Column)),
        down=draw(st.booleans()),
        page=draw(st.integers(1, 4)),
    )


def plain(text: str) -> str:
    """A text without case and accents, the long way."""
    return "".join(fold(one) for one in unicodedata.normalize("NFC", text.casefold()))


def fits(row: Client, question: Question) -> bool:
    text = f"{plain(row.key)} | {plain(row.label)}"
    words = all(word in text.split(" | ", 1)[0] or word in text.split(" | ", 1)[1] for word in plain(question.words).split())  # fmt: skip
    return (
        words
        and (not question.tag or question.tag in row.tags)
        and (not question.team or question.team == row.team)
    )


def placed(row: Client, column: Column, count: int):
    match column:
        case Column.NUMBER:
            return natural(row.key)
        case Column.NAME:
            return alphabetical([row.label])[0]
        case Column.TEAM:
            return (row.team is None, alphabetical([row.team or ""])[0])
        case Column.COUNT:
            return count


@given(sides(), questions(), st.data())
def test_what_is_found_is_what_fits_in_its_order(given_side, question, data):
    side, rows = given_side
    counts = np.array([data.draw(st.integers(0, 3)) for _ in rows], dtype=np.int64)
    kept = np.array([data.draw(st.booleans()) for _ in rows], dtype=np.bool_)
    answer = choose(side, question, counts, [kept])
    many = dict(zip(side.names, counts.tolist(), strict=True))
    expected = [
        row
        for row in sorted(rows.values(), key=lambda row: natural(row.key))
        if fits(row, question) and kept[side.names.id(row.key)]
    ]
    expected.sort(
        key=lambda row: placed(row, question.column, many[row.key]),
        reverse=False,
    )
    if question.down:
        # from last to first, and those that are alike still by number
        expected.sort(key=lambda row: natural(row.key), reverse=question.column is Column.NUMBER)
        if question.column is not Column.NUMBER:
            expected.reverse()
            expected.sort(key=lambda row: placed(row, question.column, many[row.key]))
            expected.reverse()
    assert [side.names[number] for number in answer.ids.tolist()] == [row.key for row in expected]
    assert answer.total == len(expected)


@given(st.integers(0, 350), st.integers(1, 9))
def test_pages_hold_everything_once(size, page):
    side = Clients.build(Client(f"{number}", "") for number in range(size))
    counts = np.zeros(size, dtype=np.int64)
    answer = choose(side, Question(page=page), counts)
    assert 1 <= answer.page <= answer.pages == max(1, -(-size // PAGE))
    pages = [choose(side, Question(page=number), counts).shown for number in range(1, answer.pages + 1)]
    assert all(len(shown) <= PAGE for shown in pages)
    assert (
        np.concatenate(pages).tolist() == answer.ids.tolist() == [side.names.id(f"{n}") for n in range(size)]
    )
    assert answer.start == (answer.page - 1) * PAGE


@given(st.lists(st.text(max_size=6)))
def test_many_texts_are_folded_as_each_is(texts):
    assert folded(texts) == [folded([text])[0] for text in texts]
    assert alphabetical(texts) == [alphabetical([text])[0] for text in texts]


@given(st.text(max_size=8))
def test_neither_case_nor_accents_count(text):
    for other in (
        text.upper().lower(),
        unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFC", text),
    ):
        if other.casefold() == text.casefold() or unicodedata.normalize(
            "NFC", other
        ) == unicodedata.normalize("NFC", text):
            assert folded([other]) == folded([text])
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("akesson", ["9"]),
        ("ÅKESSON", ["9"]),
        ("son & ake", ["9"]),
        ("orn", ["10"]),
        ("10 bageri", ["10"]),
        ("1 0", ["10"]),
        ("strasse", ["7"]),
        ("9 10", []),
        ("", ["7", "9", "10"]),
        ("   ", ["7", "9", "10"]),
    ],
)
def test_words_stand_anywhere(words, found):
    side = Clients.build(
        [Client("9", "Åkesson & Söner"), Client("10", "Bageri Örnen AB"), Client("7", "Straße")]
    )
    answer = choose(side, Question(words=words), np.zeros(3, dtype=np.int64))
    assert [side.names[number] for number in answer.ids.tolist()] == found


def test_numbers_go_by_how_much_they_are_and_names_as_in_swedish():
    numbers = ["10", "9", "009", "9b", "9a", "A2", "A10", "a1", "", "556000-1", "556000-10"]
    assert sorted(numbers, key=natural) == ["", "9", "009", "9a", "9b", "10", "556000-1", "556000-10", "a1", "A2", "A10"]  # fmt: skip
    names = ["Öberg", "Zorn", "Åberg", "Ängel", "Adam", "adam b", "Ædel", "Évry", "Eva", "über"]
    ordered = [name for _, name in sorted(zip(alphabetical(names), names, strict=True))]
    assert ordered == ["Adam", "adam b", "Eva", "Évry", "über", "Zorn", "Åberg", "Ædel", "Ängel", "Öberg"]


@given(worlds())
def test_how_many_have_access(world):
    access, register = world.current.access, world.register
    rows = list(access.rows())
    clients, people = register.shape.clients, register.shape.consultants
    assert count_at_clients(access).tolist() == [sum(c == n for _, c, _ in rows) for n in range(clients)]
    assert count_of_consultants(access).tolist() == [sum(p == n for p, _, _ in rows) for n in range(people)]
    some = np.arange(0, clients, 2)
    assert count_of_consultants(access, some).tolist() == [
        sum(p == n and c % 2 == 0 for p, c, _ in rows) for n in range(people)
    ]
    for chosen in ([], [0], list(range(people))):
        assert clients_of(access, np.array(chosen, dtype=np.int64)).tolist() == [
            any(c == n and p in chosen for p, c, _ in rows) for n in range(clients)
        ]


def test_nobody_has_access_to_nothing():
    access = Access.empty(Shape(0, 0, 0))
    assert (len(count_at_clients(access)), len(count_of_consultants(access))) == (0, 0)


@given(sides(), st.sets(KEY))
def test_keys_and_ids(given_side, others):
    side, rows = given_side
    for keys in (frozenset(rows) | others, frozenset(others), sorted(others)):
        ids = ids_of(side.names, keys)
        assert keys_of(side.names, ids) == sorted(set(keys) & rows.keys())
        assert ids.dtype == np.int64


def test_a_key_means_one_and_words_mean_all_that_have_them():
    people = Consultants.build(
        [Consultant("anna@byra.example", "Anna Lind"), Consultant("hanna@byra.example", "Hanna Lindh")]
    )
    assert meant(people, "anna@byra.example").tolist() == [0]
    assert meant(people, "anna").tolist() == [0, 1]
    assert meant(people, "lindh").tolist() == [1]
    assert meant(people, "nobody").tolist() == []


def test_an_index_is_made_once_and_goes_with_its_register():
    side = Clients.build([Client("1", "A")])
    assert index_of(side) is index_of(side)
    gc.collect()
    before = len(index._indexes)
    del side
    gc.collect()
    assert len(index._indexes) < before


@given(sides(), st.sets(KEY))
def test_what_is_known_of_keys_is_kept_for_the_same_keys(given_side, others):
    side, rows = given_side
    keys = frozenset(rows) | others
    known = index_of(side).know(keys)
    assert keys_of(side.names, known.ids) == sorted(rows)
    assert list(known.lost) == sorted(others - rows.keys())
    assert index_of(side).know(keys) is known
    assert index_of(side).know(frozenset(others)).lost == known.lost
