"""`ci summary` and `ci output`: what a step hands on through files of the runner."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.commands.ci.summary import fitting
from reconciler.formats.catalogue import catalogue
from tests.security.attacks import ATTACKS

LARGEST = 1 << 20


@pytest.fixture
def summary(reconciler, tmp_path, monkeypatch):
    path = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))

    def call(text, *arguments):
        (tmp_path / "report.md").write_text(text, encoding="utf-8", newline="")
        return reconciler("ci", "summary", "report.md", *arguments)

    return call


def test_a_summary_is_added(summary, tmp_path):
    for text in ("# one\n", "two", "å\n"):
        ran = summary(text)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (tmp_path / "summary.md").read_text("utf-8") == "# one\ntwo\nå\n"


@pytest.mark.parametrize("before", [0, 1000, LARGEST - 200, LARGEST - 10, LARGEST])
@pytest.mark.parametrize("line", ["å" * 49, "x" * 999])
@pytest.mark.parametrize("more", [-1, 0, 1, 400_000])
def test_a_summary_is_never_too_large(summary, tmp_path, before, line, more):
    path = tmp_path / "summary.md"
    path.write_text("x" * before)
    size = max(LARGEST - before + more, 1)
    row = f"{line}\n"
    text = (row * (size // len(row.encode()) + 1)).encode()[: size - 1].decode(errors="ignore")
    text = f"{text}{'y' * (size - 1 - len(text.encode()))}\n"
    assert len(text.encode()) == size
    assert summary(text).code == 0
    whole = path.read_text("utf-8")[before:]
    assert path.stat().st_size <= LARGEST
    if before + size <= LARGEST:
        assert whole == text
    elif whole:
        said, _, rest = whole.partition("\n\n")
        assert said == "> The report is larger than a summary may be: the end of it is missing here."
        assert text.startswith(rest)
        assert rest == "" or rest.endswith("\n")
        # not one more line would have fitted
        following = text[len(rest) :].partition("\n")[0]
        assert path.stat().st_size + len(following.encode()) + 1 > LARGEST
    else:
        assert before > LARGEST - 100


@given(
    st.lists(st.text("xå", min_size=4, max_size=9), min_size=1, max_size=40),
    st.integers(0, 40),
    st.integers(-2, 2),
)
def test_as_much_of_a_report_is_kept_as_fits(lines, some, more):
    """Also where the room ends with a line, or a little before or behind."""
    text = "".join(f"{line}\n" for line in lines)
    start = "> The report is larger than a summary may be: the end of it is missing here.\n\n"
    room = max(len(start) + len("".join(f"{line}\n" for line in lines[:some]).encode()) + more, 0)
    said = fitting(text, room, catalogue("en"))
    if len(text.encode()) <= room:
        assert said == text
        return
    assert said == "" if room < len(start) else said.startswith(start)
    assert len(said.encode()) <= room
    kept = said.removeprefix(start)
    assert text.startswith(kept)
    following = text[len(kept) :].splitlines(keepends=True)[0]
    assert room < len(start) or len((said + following).encode()) > room


def test_that_a_summary_is_cut_is_said_in_swedish_too(summary, tmp_path):
    assert summary("x" * LARGEST, "--lang", "sv").code == 0
    said = (tmp_path / "summary.md").read_text("utf-8")
    assert said == "> Rapporten är större än en sammanfattning får vara: slutet saknas här.\n\n"


def test_without_the_variable_it_is_said(reconciler, tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    (tmp_path / "report.md").write_text("x")
    assert "GITHUB_STEP_SUMMARY is not set" in reconciler("ci", "summary", "report.md").err
    assert "GITHUB_OUTPUT is not set" in reconciler("ci", "output", "a", "b").err
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "none" / "output"))
    ran = reconciler("ci", "output", "a", "b")
    assert ran.code == 1
    assert "cannot be written" in ran.err


# -- outputs --------------------------------------------------------------------------------------------------------


def outputs(path) -> dict[str, str]:
    """What the runner reads, as it is documented: NAME=VALUE, or NAME<<MARK, lines, MARK."""
    found, lines = {}, path.read_bytes().decode().split("\n")
    while lines and lines[0]:
        line = lines.pop(0)
        if found_mark := re.fullmatch(r"([^=]+?)<<(.+)", line):
            name, mark = found_mark.groups()
            end = lines.index(mark)
            found[name], lines = "\n".join(lines[:end]), lines[end + 1 :]
        else:
            name, _, found[name] = line.partition("=")
    assert lines == [""]
    return found


@pytest.fixture
def output(reconciler, tmp_path, monkeypatch):
    path = tmp_path / "output"
    monkeypatch.setenv("GITHUB_OUTPUT", str(path))
    return lambda *arguments: reconciler("ci", "output", *arguments)


@pytest.mark.parametrize(
    "value",
    ["sha256:00", "", "a\nb", "other=1", "a<<EOF\nx\nEOF\nother=1", "end_\n", "å €", *ATTACKS.values()],
)
def test_a_value_of_any_kind_is_one_output(output, tmp_path, value):
    if "\0" not in value:
        ran = output("digest", "--", value)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
    (tmp_path / "value").write_text(f"{value}\n", encoding="utf-8", newline="")
    assert output("report", "--file", "value").code == 0
    assert output("last", "x").code == 0
    found = outputs(tmp_path / "output")
    assert set(found) == {"report", "last"} | ({"digest"} if "\0" not in value else set())
    assert found["report"].encode() == value.encode()
    assert found.get("digest", value) == value


def test_the_line_that_ends_a_value_is_another_one_each_time(output, tmp_path):
    for _ in range(5):
        assert output("a", "x").code == 0
    marks = re.findall(r"<<(.+)", (tmp_path / "output").read_text())
    assert len(set(marks)) == 5
    assert all(len(mark) > 30 for mark in marks)


@pytest.mark.parametrize("name", ["", "1a", "a b", "a=b", "a<<b", "a\nb", "å", "-a", "a.b", "a" * 101])
def test_names_that_could_be_something_else(output, tmp_path, name):
    assert output("--", name, "x").code == 64
    assert not (tmp_path / "output").exists()


def test_usage(output, tmp_path):
    assert output("a").code == 64
    assert output("a", "b", "--file", "c").code == 64
    (tmp_path / "large").write_text("x" * (LARGEST + 1))
    assert "is larger than 1,048,576 bytes" in output("a", "--file", "large").err
    assert not (tmp_path / "output").exists()


def test_a_dotenv_file(output, tmp_path):
    assert output("digest", "sha256:00", "--dotenv", "job.env").code == 0
    assert output("url", "https://x.example/?a=b", "--dotenv", "job.env").code == 0
    assert (tmp_path / "job.env").read_text() == "digest=sha256:00\nurl=https://x.example/?a=b\n"
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("a-b", "x"), ("a", "x\ny"), ("a", "x\u2028y"), ("a", " x"), ("a", "x\r")]
)
def test_what_a_dotenv_file_cannot_hold(output, tmp_path, name, value):
    ran = output(name, value, "--dotenv", "job.env")
    assert ran.code == 1
    assert "cannot stand in a dotenv file" in ran.err
    assert not (tmp_path / "job.env").exists()
