"""No line of a log can be changed, removed, inserted or moved, and no tail cut off, without its being found."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from reconciler.audit.chain import EMPTY, Found, Head, after, frame_of, lines_of, read_head, walk
from reconciler.audit.head import Kept
from reconciler.audit.verify import judge
from tests.audit.logs import entry

texts = st.text(st.characters(exclude_categories=()), max_size=12)
entries = st.lists(st.builds(entry, st.integers(0, 9), texts), min_size=1, max_size=6)


def written(of) -> tuple[list[bytes], Head]:
    lines = lines_of(of, EMPTY)
    return lines, Head(len(lines), hashlib.sha256(lines[-1]).hexdigest())


def broken(data: bytes, head: Head, *, apart: bool) -> list[int]:
    """The lines that are told to be wrong, by a head that is kept apart or one that somebody gives."""
    walked = walk(io.BytesIO(data), [head.digest])
    kept = Kept(head, 0, 0) if apart else None
    return [one.line for one in judge(walked, kept, None if apart else head).breaks]


@given(entries)
def test_a_log_as_it_was_written_is_sound_and_each_line_is_canonical_json(of):
    lines, head = written(of)
    assert broken(b"".join(lines), head, apart=True) == broken(b"".join(lines), head, apart=False) == []
    for number, line in enumerate(lines, 1):
        said = json.loads(line)
        assert rfc8785.dumps(said) + b"\n" == line
        assert set(said) == {"entry", "n", "previous"}
        assert said["n"] == number
        assert frame_of(line) is not None


@given(entries, st.data())
def test_any_change_of_a_line_is_found_and_named(of, data):
    lines, head = written(of)
    which = data.draw(st.integers(0, len(lines) - 1))
    old = lines[which]
    at = data.draw(st.integers(0, len(old) - 1))
    end = data.draw(st.integers(at, len(old)))
    new = old[:at] + data.draw(st.binary(max_size=3)) + old[end:]
    spoilt = b"".join([*lines[:which], new, *lines[which + 1 :]])
    if spoilt == b"".join(lines):
        return
    for apart in (True, False):
        told = broken(spoilt, head, apart=apart)
        # a line break that comes or goes moves what follows
        near = range(which, which + 2 + new.count(b"\n"))
        assert set(told) & set(near), (told, which)


@given(entries.filter(lambda of: len(of) > 1), st.data())
def test_a_removed_line_is_found(of, data):
    lines, head = written(of)
    which = data.draw(st.integers(0, len(lines) - 1))
    told = broken(b"".join(lines[:which] + lines[which + 1 :]), head, apart=data.draw(st.booleans()))
    assert which + 1 in told


@given(entries.filter(lambda of: len(of) > 1), st.data())
def test_lines_in_another_order_are_found(of, data):
    lines, head = written(of)
    order = data.draw(st.permutations(range(len(lines))))
    if list(order) == list(range(len(lines))):
        return
    first = next(i for i, place in enumerate(order) if i != place)
    assert first + 1 in broken(b"".join(lines[i] for i in order), head, apart=data.draw(st.booleans()))


@given(entries, st.data())
def test_an_inserted_line_is_found_however_well_it_is_made(of, data):
    lines, head = written(of)
    at = data.draw(st.integers(0, len(lines)))
    before = after(lines[at - 1], Head(at - 1)) if at else EMPTY
    forged = data.draw(
        st.one_of(
            st.sampled_from(lines),
            st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b"") + b"\n"),
            st.builds(entry, st.integers(0, 9), texts).map(lambda one: lines_of([one], before)[0]),
        )
    )
    spoilt = b"".join([*lines[:at], forged, *lines[at:]])
    told = broken(spoilt, head, apart=True)
    # at the end only the head that is kept apart can know that nothing more was written
    assert set(told) & {at, at + 1, at + 2}
    assert at == len(lines) or broken(spoilt, head, apart=False)


@given(entries, st.data())
def test_a_tail_that_is_cut_off_anywhere_is_found(of, data):
    lines, head = written(of)
    whole = b"".join(lines)
    cut = data.draw(st.integers(0, len(whole) - 1))
    left = whole[:cut]
    for apart in (True, False):
        assert left.count(b"\n") + 1 in broken(left, head, apart=apart)


@given(entries, entries, st.data())
def test_whoever_forges_a_log_from_some_line_on_is_found_by_the_head(of, forged, data):
    lines, head = written(of)
    at = data.draw(st.integers(0, len(lines) - 1))
    start = after(lines[at - 1], Head(at - 1)) if at else EMPTY
    other = lines_of(forged, start)
    if lines[at:] == other[: len(lines) - at]:
        return
    spoilt = b"".join(lines[:at] + other)
    assert walk(io.BytesIO(spoilt)).breaks == ()
    assert broken(spoilt, head, apart=True)
    assert broken(spoilt, head, apart=False)


@given(entries, st.data())
def test_a_head_of_some_time_ago_vouches_for_what_was_then(of, data):
    lines, _ = written(of)
    then = data.draw(st.integers(1, len(lines)))
    old = Head(then, hashlib.sha256(lines[then - 1]).hexdigest())
    whole = b"".join(lines)
    assert broken(whole, old, apart=False) == []
    assert broken(whole, Head(0, old.digest), apart=False) == []
    wrong = Head(then, "0" * 63 + "1")
    assert broken(whole, wrong, apart=False) == [then]


@given(entries, st.binary(min_size=1, max_size=30), entries, st.booleans())
def test_what_a_crash_left_is_told_of_and_the_chain_goes_on_behind_it(of, rest, more, headless):
    lines, head = written(of)
    fragment = rest.replace(b"\n", b"-")
    lines += lines_of(more, head, Found(fragment, headless))
    end = Head(len(lines), hashlib.sha256(lines[-1]).hexdigest())
    walked = walk(io.BytesIO(b"".join(lines)), [end.digest])
    assert walked.breaks == ()
    assert walked.torn == (len(of) + 1,)
    assert walked.headless == ((len(of) + 1,) if headless else ())
    # what was left is no place to hide anything
    changed = b"x" + lines[len(of)][1:]
    if changed != lines[len(of)]:
        spoilt = b"".join([*lines[: len(of)], changed, *lines[len(of) + 1 :]])
        assert broken(spoilt, end, apart=True)


def test_the_first_line_cannot_be_cut_away_either():
    lines, head = written([entry(1), entry(2), entry(3)])
    assert broken(b"".join(lines[1:]), head, apart=True)[0] == 1


def test_another_line_break_at_the_end_of_lines_is_found():
    lines, head = written([entry(1), entry(2)])
    whole = b"".join(lines)
    assert broken(whole.replace(b"\n", b"\r\n"), head, apart=False)
    assert set(broken(whole + b"\n", head, apart=True)) == {3}
    assert broken(b"\xef\xbb\xbf" + whole, head, apart=False)


@pytest.mark.parametrize("text", ["", "17", "17:", "0:" + "a" * 64, "17:" + "a" * 63, "x", "-1:" + "a" * 64])
def test_what_is_no_head(text):
    assert read_head(text) is None


def test_a_head_reads_as_it_is_printed():
    head = Head(17, "ab" * 32)
    assert read_head(f" {head}\n".upper()) == head
    assert read_head(head.digest) == Head(0, head.digest)
