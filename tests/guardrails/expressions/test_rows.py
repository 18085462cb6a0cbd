"""Many rows at once say what each row says alone, with one evaluation for each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Message
from reconciler.guardrails.expressions.engine import FALSE, TRUE, Joint, Look, Verdict
from reconciler.guardrails.expressions.rows import BUDGET, Column, grouped, judge_rows
from tests.guardrails.expressions.cases import cases, expressions, program


class Counting:
    """An engine's expression that notes what it is asked, and says yes to even sums."""

    parts = None

    def __init__(self, names, steps=1):
        self.look, self.asked, self._steps = Look(frozenset(names)), [], steps

    def steps(self, lengths):
        self.lengths = lengths
        return self._steps

    def judge(self, inputs):
        self.asked.append(tuple(sorted(inputs.items())))
        return TRUE if sum(map(len, inputs.values())) % 2 == 0 else FALSE


@st.composite
def columns(draw: st.DrawFn):
    """Up to four variables over up to 40 rows, some of one value, some with values that no row has."""
    count = draw(st.integers(1, 40))
    made = {}
    for name in "abcd"[: draw(st.integers(0, 4))]:
        kinds = draw(st.integers(1, 6))
        values = ["x" * i for i in range(kinds)]
        classes = draw(st.lists(st.integers(0, kinds - 1), min_size=count, max_size=count))
        made[name] = Column(np.array(classes), values) if kinds > 1 else Column.same(values[0])
    return count, made


def of_row(made, row):
    return {
        name: column.values[column.classes[row] if len(column.values) > 1 else 0]
        for name, column in made.items()
    }


@given(columns())
def test_each_row_is_judged_as_it_would_be_alone(drawn):
    count, made = drawn
    found = judge_rows(Counting(made), made, count)
    assert found.true.tolist() == [Counting(made).judge(of_row(made, row)).true for row in range(count)]


@given(columns())
def test_each_case_is_asked_once(drawn):
    count, made = drawn
    engine = Counting(made)
    judge_rows(engine, made, count)
    assert len(engine.asked) == len(set(engine.asked))
    assert set(engine.asked) == {tuple(sorted(of_row(made, row).items())) for row in range(count)}


@given(columns(), st.sampled_from([1, 7, 1 << 20, 1 << 40]))
def test_groups_are_the_same_however_many_numbers_there_could_be(drawn, spread):
    """Columns with more classes than fit beside each other are numbered anew between."""
    count, made = drawn
    spread_out = [
        (column.classes * spread, len(column.values) * spread)
        if len(column.values) > 1
        else (column.classes, 1)
        for column in made.values()
    ]
    groups, rows = grouped(spread_out, count)
    expected = [tuple(of_row(made, row).items()) for row in range(count)]
    for one in range(count):
        for other in range(count):
            assert (groups[one] == groups[other]) == (expected[one] == expected[other])
    assert [expected[row] for row in rows[groups].tolist()] == expected


@pytest.mark.slow
@given(expressions, st.lists(cases(), min_size=1, max_size=8))
def test_real_expressions_say_of_many_cases_what_they_say_of_each(text, several):
    found = program(text)
    made = {
        name: Column(np.arange(len(several)), [case[name] for case in several])
        for name in found.look.variables
    }
    if len(several) == 1:
        made = {name: Column.same(column.values[0]) for name, column in made.items()}
    judged = judge_rows(found, made, len(several))
    assert judged.true.tolist() == [found.judge(case).true for case in several]
    told = np.zeros(len(several), dtype=np.bool_)
    for _, rows in judged.whys():
        told |= rows
    assert told.tolist() == [found.judge(case).why is not None for case in several]


@pytest.mark.parametrize(
    ("text", "joint", "parts"),
    [
        ('access && "a" in programs', Joint.ALL, [{"access"}, {"programs"}]),
        ('client.key == "a" || !access', Joint.ANY, [{"client.key"}, {"access"}]),
        ("!(access || consultant.active)", Joint.NOT, [{"access", "consultant.active"}]),
    ],
)
def test_an_expression_is_taken_apart_where_parts_decide(text, joint, parts):
    found = program(text).parts
    assert found is not None
    assert (found[0], [part.look.variables for part in found[1]]) == (joint, parts)


@pytest.mark.parametrize(
    "text", ["access", '"a" in programs', "access ? true : false", "programs.all(p, p == 'a' && access)"]
)
def test_and_is_left_whole_where_they_do_not(text):
    assert program(text).parts is None


@dataclass
class Made:
    """An expression that is made of others."""

    parts: tuple


@dataclass
class Saying:
    """An expression that looks at nothing and always says the same."""

    verdict: Verdict
    parts = None
    look = Look(frozenset())

    def steps(self, _):
        return 1

    def judge(self, _):
        return self.verdict


UNSURE = Verdict(true=False, why=Message("unsure"))


@pytest.mark.parametrize(
    ("joint", "verdicts", "joined"),
    [
        (Joint.ALL, (TRUE, TRUE), TRUE),
        (Joint.ALL, (TRUE, FALSE), FALSE),
        (Joint.ALL, (UNSURE, FALSE), FALSE),
        (Joint.ALL, (FALSE, UNSURE), FALSE),
        (Joint.ALL, (TRUE, UNSURE), UNSURE),
        (Joint.ANY, (FALSE, FALSE), FALSE),
        (Joint.ANY, (FALSE, TRUE), TRUE),
        (Joint.ANY, (UNSURE, TRUE), TRUE),
        (Joint.ANY, (TRUE, UNSURE), TRUE),
        (Joint.ANY, (UNSURE, FALSE), UNSURE),
        (Joint.NOT, (TRUE,), FALSE),
        (Joint.NOT, (FALSE,), TRUE),
        (Joint.NOT, (UNSURE,), UNSURE),
    ],
)
def test_parts_are_joined_as_the_specification_says(joint, verdicts, joined):
    parts = tuple(Saying(verdict) for verdict in verdicts)
    found = judge_rows(Made((joint, parts)), {}, 2)
    assert [found.verdicts[group] for group in found.groups] == [joined, joined]


def test_parts_share_the_budget():
    made = {"a": Column(np.array([0, 1]), ["", "xx"])}
    steps = BUDGET // 4 - 99
    one, other = Counting("a", steps), Counting("a", steps)
    found = judge_rows(Made((Joint.ALL, (one, other))), made, 2)
    assert found.true.tolist() == [False, False]
    assert (len(one.asked), len(other.asked)) == (2, 0)
    assert "it would take too long: 2 cases" in str(found.whys()[0][0])


def test_no_rows_are_no_question():
    engine = Counting("a")
    assert judge_rows(engine, {"a": Column.same("x")}, 0).true.tolist() == []
    assert engine.asked == []


@pytest.mark.parametrize(("steps", "judged"), [(BUDGET // 4 - 100, True), (BUDGET // 4 - 99, False)])
def test_what_would_take_too_long_is_not_asked_and_denies(steps, judged):
    made = {"a": Column(np.array([0, 1, 2, 3, 3]), ["", "xx", "xxxx", "xxxxxx"])}
    engine = Counting("a", steps)
    found = judge_rows(engine, made, 5)
    assert found.true.tolist() == [judged] * 5
    assert bool(engine.asked) is judged
    if not judged:
        ((why, rows),) = found.whys()
        assert "it would take too long: 4 cases" in str(why)
        assert rows.all()


def test_the_lists_that_there_are_decide_how_long_it_takes():
    made = {"a": Column(np.array([0, 1]), [["x"], ["x", "y", "z"]])}
    engine = Counting("a")
    judge_rows(engine, made, 2)
    assert engine.lengths == {"a": 3}
