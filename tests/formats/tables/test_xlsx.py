"""XLSX: what is read back is what was written; a text is never a formula; a file made to do harm does none."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import InputError
from reconciler.formats.safe import clean
from reconciler.formats.tables import Table, read_xlsx, to_xlsx
from reconciler.formats.tables.read import _unpacked
from tests.security.attacks import ATTACKS

DAY = dt.date(2026, 11, 24)
BLANK = st.characters(exclude_categories=["Cs"])


def parts(raw):
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def with_parts(raw, **changed):
    """The same file with other contents of some parts; a part is named by the end of its name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts(raw).items():
            new = next((of for end, of in changed.items() if name.endswith(f"{end}.xml")), None)
            file.writestr(name, text if new is None else new(text))
    return made.getvalue()


def small():
    return to_xlsx([Table("t", ["a"], [["x"]])])


def test_texts_figures_and_days_come_back():
    table = Table(
        "Åtkomst", ["klient", "antal", "dag", "inget"], [("0042", 7, DAY, None), ("1e3", 0, DAY, "")]
    )
    assert read_xlsx(to_xlsx([table]), "x") == {
        "Åtkomst": [
            ["klient", "antal", "dag", "inget"],
            ["0042", "7", "2026-11-24", ""],
            ["1e3", "0", "2026-11-24", ""],
        ]
    }


def test_days_before_those_that_excel_knows_stay_what_they_are():
    days = [dt.date(1, 1, 1), dt.date(1900, 2, 28), dt.date(1900, 3, 1), dt.date(9999, 12, 31)]
    read = read_xlsx(to_xlsx([Table("t", ["a"], [[day] for day in days])]), "x")["t"]
    assert [row[0] for row in read[1:]] == [day.isoformat() for day in days]


@given(st.lists(st.tuples(st.text(BLANK), st.text(BLANK)), min_size=1, max_size=5))
def test_every_text_comes_back_as_it_is_shown(rows):
    read = read_xlsx(to_xlsx([Table("t", ["a", "b"], rows)]), "x")["t"]
    shown = [[clean(one) for one in row] for row in rows]
    # empty rows at the end are nothing
    assert read[1:] + [["", ""]] * (len(shown) + 1 - len(read)) == shown


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_no_text_is_a_formula_a_link_or_a_figure(text):
    raw = to_xlsx([Table("t", ["a"], [[text], ["12"], ["https://x.example"], ["_x0041_"]])])
    assert [row[0] for row in read_xlsx(raw, "x")["t"][2:]] == ["12", "https://x.example", "_x0041_"]
    sheet = parts(raw)["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert re.findall(r'<c [^>]*t="(\w+)"', sheet) == ["inlineStr"] * 5


def test_a_formula_stays_a_text_where_somebody_edits_it():
    raw = to_xlsx([Table("t", ["a"], [["=1+1"]])])
    assert 'quotePrefix="1"' in parts(raw)["xl/styles.xml"]


def test_the_same_tables_are_the_same_bytes():
    assert small() == small()
    assert "2000-01-01" in parts(small())["docProps/core.xml"]


def test_the_headings_stay_and_filter():
    sheet = parts(to_xlsx([Table("t", ["a", "b"], [["x", "y" * 100]])]))["xl/worksheets/sheet1.xml"]
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:B2"' in sheet
    assert [float(w) for w in re.findall(r'<col [^>]*width="([0-9.]+)"', sheet)] == pytest.approx(
        [4.7, 60.7], abs=0.1
    )


def test_what_does_not_fit_into_a_sheet_goes_on_in_the_next():
    rows = [[str(number)] for number in range(7)]
    read = read_xlsx(to_xlsx([Table("t", ["a"], rows), Table("u", ["b"], [])], most=3), "x")
    assert list(read) == ["t", "t 2", "t 3", "u"]
    assert [row for sheet in read.values() for row in sheet] == [
        ["a"], *rows[:3], ["a"], *rows[3:6], ["a"], *rows[6:], ["b"],
    ]  # fmt: skip


def test_a_text_that_no_cell_can_hold_is_cut_and_not_lost():
    read = read_xlsx(to_xlsx([Table("t", ["a"], [["x" * 40_000]])]), "x")["t"]
    assert read[1][0].startswith("xxx")
    assert "…" in read[1][0]


@pytest.mark.parametrize(
    "raw", [b"", b"a;b\r\n", b"PK", b"PK\x03\x04" + b"\0" * 100, small()[:-30], small()[:2000]]
)
def test_what_is_no_such_file_is_told_of(raw):
    with pytest.raises(InputError, match="n is not an Excel file"):
        read_xlsx(raw, "n")


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("reconciler.formats.tables.read._UNPACKED", 1_000_000)
    raw = with_parts(small(), sheet1=lambda text: text + " " * 2_000_000)
    assert len(raw) < 20_000
    with pytest.raises(InputError, match="n is too large to be read"):
        read_xlsx(raw, "n")


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    """What the parser is given has been unpacked already, and no more than the file says."""
    raw = bytearray(with_parts(small(), sheet1=lambda text: text + " " * 2_000_000))
    with zipfile.ZipFile(io.BytesIO(bytes(raw))) as file:
        info = file.getinfo("xl/worksheets/sheet1.xml")
        data = file.read(info)
    for real, lie in ((info.file_size, 900), (info.CRC, zlib.crc32(data[:900]))):
        raw = raw.replace(real.to_bytes(4, "little"), lie.to_bytes(4, "little"))
    assert len(_unpacked(bytes(raw), "n")) < 20_000


@pytest.mark.parametrize("place", ["XFD1048576", "A99999999", "ZZZ100000"])
def test_a_cell_far_away_makes_no_table_of_what_is_between(place):
    raw = with_parts(small(), sheet1=lambda text: text.replace('r="A2"', f'r="{place}"'))
    assert raw != small()
    with pytest.raises(InputError, match="n is too large to be read"):
        read_xlsx(raw, "n")
