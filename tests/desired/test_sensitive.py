"""`sensitive`: programs that are payroll-like, as YAML: what they mean and what is wrong."""

from __future__ import annotations

import pytest

from tests.support.policies import complaints, desired, small_register, write

REG = small_register()


def mask(*programs: str) -> int:
    return sum(1 << REG.programs.names.id(program) for program in programs)


@pytest.mark.parametrize(
    ("text", "programs"),
    [
        ("bureau: byra", ()),
        ("sensitive: [pay]", ("pay",)),
        ("sensitive: pay", ("pay",)),
        ("bundles: {office: [books, bills]}\nsensitive: [+office, pay]", ("books", "bills", "pay")),
        ("sensitive: [bank]", ("bank",)),  # outside the bureau package
        ("sensitive: all", ("books", "pay", "bills")),
    ],
)
def test_what_is_sensitive(tmp_path, text, programs):
    assert desired(tmp_path, text).sensitive == mask(*programs)


@pytest.mark.parametrize(
    ("text", "register", "expected"),
    [
        (
            "sensitive: [books, pya]",
            REG,
            ["policy.yaml:1:20 unknown-program: there is no program “pya” (did you mean “pay”?)"],
        ),
        (
            "bundles: {office: [books]}\nsensitive: [+offise]",
            None,
            ["policy.yaml:2:13 unknown-bundle: there is no bundle “offise” (did you mean “office”?)"],
        ),
        (
            "sensitve: [pay]",
            None,
            ["policy.yaml:1:1 unknown-key: “sensitve” is not known here (did you mean “sensitive”?)"],
        ),
        (
            "sensitive: {pay: books}",
            None,
            ["policy.yaml:1:12 wrong-type: “sensitive” takes one text or a list of texts"],
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, text, register, expected):
    assert complaints(write(tmp_path, policy=text), register) == expected


def test_it_is_said_once(tmp_path):
    write(tmp_path, a="sensitive: [pay]", b="sensitive: [books]")
    (found,) = complaints(tmp_path)
    assert found.startswith("b.yaml:1:1 defined-twice: sensitive is defined twice; first in ./a.yaml:1:1")
