"""What is shown of a changed text: all that differs, and nothing that does not stand there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.formats.lines import AROUND, MOST, Mark, changed_lines, seen

LINES = st.lists(st.sampled_from(["a", "b", "c", "  d: 1", ""]), max_size=30)


def text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def replayed(old: list[str], hunks) -> list[str]:
    """The old lines with the hunks put into them, by the numbers that they show."""
    made, at = [], 0
    for hunk in hunks:
        for line in hunk:
            if line.mark is Mark.GONE:
                assert old[line.number - 1] == line.text
                while at < line.number - 1:
                    made.append(old[at])
                    at += 1
                at += 1
            else:
                while len(made) < line.number - 1:
                    made.append(old[at])
                    at += 1
                assert len(made) == line.number - 1
                made.append(line.text)
                at += line.mark is Mark.SAME
    return made + old[at:]


@given(LINES, LINES)
def test_what_is_shown_makes_the_new_text_of_the_old_one(old, new):
    assert replayed(old, changed_lines(text(old), text(new))) == new


@given(LINES, LINES)
def test_little_is_shown_of_what_stays(old, new):
    for hunk in changed_lines(text(old), text(new)):
        marks = "".join("." if line.mark is Mark.SAME else "x" for line in hunk)
        assert "." * (2 * AROUND + 1) not in marks
        assert not marks.startswith("." * (AROUND + 1))
        assert not marks.endswith("." * (AROUND + 1))


def test_nothing_is_shown_where_nothing_differs():
    assert changed_lines(b"a\n", b"a\n") == []


def test_ends_of_lines_count():
    (hunk,) = changed_lines(b"a\r\n", b"a\n")
    assert [line.mark for line in hunk] == [Mark.GONE, Mark.NEW]


def test_one_line_of_very_many_is_found_at_once():
    old = [str(number) for number in range(300_000)]
    new = [*old[:200_000], "here", *old[200_000:]]
    (hunk,) = changed_lines(text(old), text(new))
    assert [line.text for line in hunk if line.mark is Mark.NEW] == ["here"]
    assert len(hunk) == 2 * AROUND + 1


def test_where_very_many_differ_all_are_shown_as_new():
    old, new = (
        [f"{number}" for number in range(MOST + 1)],
        [f"{number}x" for number in range(MOST + 1)],
    )
    (hunk,) = changed_lines(text(old), text(new))
    assert sum(line.mark is Mark.NEW for line in hunk) == MOST + 1


def test_nothing_is_hidden_in_a_line():
    assert seen("a\u202eb\tc\u200b") == "a\\u202eb\tc\\u200b"
    assert seen('räksmörgås: ["1042"]') == 'räksmörgås: ["1042"]'
