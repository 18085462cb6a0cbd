"""The pages of one client and of one consultant, read as a browser without a script does."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from reconciler.web.addresses import client_page, consultant_page
from tests.support.reader import Reader
from tests.support.serving import serving
from tests.support.worlds import triples
from tests.web.matrix_site import MARKUP, SomeSides, bureau, large, site_of


class Table(HTMLParser):
    """The rows of the table of a page, each as the texts of its cells."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.scopes: list[str] = []
        self._in = False

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")
            self._in = True
            if tag == "th":
                self.scopes.append(said.get("scope", ""))

    def handle_endtag(self, tag):
        if tag in {"th", "td"}:
            self._in = False

    def handle_data(self, data):
        if self._in:
            self.rows[-1][-1] += data


def table_of(page: str) -> Table:
    table = Table()
    table.feed(page.partition("</table>")[0])
    return table


def shown(page: str) -> dict[str, list[str]]:
    """By the first words of each row, what its cells say to somebody who hears them."""
    rows = table_of(page).rows
    return {row[0].split("\n")[0].strip(): [re.sub(r"[✓·]", "", cell).strip() for cell in row[1:]] for row in rows}  # fmt: skip


@pytest.fixture(scope="module")
def url():
    with serving(site_of(bureau())) as found:
        yield found


@pytest.fixture
def reader(url):
    with Reader(url) as found:
        found.client.post("/sign-in", data={"x": "1"})
        yield found


def test_what_the_consultants_of_a_client_have(reader):
    page = shown(reader.get("/clients/1042"))
    assert list(page) == [
        "Consultant",
        "How many have it",
        f"{MARKUP} x@byra.example",
        "Anna Lind anna.lind@byra.example",
        "Bo Ek bo.ek@byra.example",
        "Cia Gran gone@byra.example has left",
    ]
    assert page["Consultant"] == [
        "Access",
        "Bookkeeping",
        "Invoicing",
        "Payroll",
        "Archive outside the bureau package",
    ]
    assert page["How many have it"] == ["4", "1", "1", "1", "1"]
    assert page["Anna Lind anna.lind@byra.example"] == ["yes", "yes", "no", "no", "yes"]
    assert page["Bo Ek bo.ek@byra.example"] == ["yesno programs", "no", "no", "no", "no"]
    assert set(table_of(reader.answer.text).scopes) == {"col", "row"}


def test_those_of_the_team_without_access_are_shown_when_asked_for(reader):
    assert "Åsa Ek" not in reader.get("/clients/1042")
    page = reader.send("/clients/1042", show="team")
    assert shown(page)["Åsa Ek asa.ek@byra.example"] == ["no"] * 5
    assert "5 consultants, 4 with access" in page


def test_what_a_consultant_has_where(reader):
    page = shown(reader.get("/consultants/anna.lind@byra.example"))
    assert list(page)[1:] == [
        "At how many clients",
        "1042 Malmö Bageri AB",
        "1043 Åhus Fisk AB",
        "1044 Zeta AB not connected",
        f"a/b {MARKUP}",
    ]
    assert page["At how many clients"] == ["4", "2", "1", "1", "1"]
    assert page["1043 Åhus Fisk AB"] == ["yes", "no", "no", "yes", "no"]


def test_one_looks_for_rows_by_words_tags_and_order(reader):
    reader.get("/consultants/anna.lind@byra.example")
    page = reader.send("/consultants/anna", q="ab", tag="payroll", sort="name")
    assert [row.split()[0] for row in list(shown(page))[2:]] == ["1042", "1044"]
    page = reader.send("/consultants/anna", q="", tag="", sort="name")
    assert [row.split()[0] for row in list(shown(page))[2:]] == ["a/b", "1042", "1044", "1043"]
    assert "No client fits what you look for." in reader.get("/consultants/anna.lind@byra.example?q=nothing")
    assert 'value="nothing"' in reader.answer.text


def test_a_filter_that_nothing_has_is_still_shown(reader):
    page = reader.get("/clients/1042?team=no+such+%3Cteam%3E")
    assert "<option selected>no such &lt;team&gt;</option>" in page
    assert "Nobody here fits what you look for." in page


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/clients/1042", "You may give and remove access here, and assign every program of the bureau package."),
        ("/clients/1043", "You may assign and remove Bookkeeping and Payroll here, for those who have access; you may not give or remove access."),
        ("/clients/1044", "The bureau is not connected to this client: nothing can be given or removed here."),
        ("/clients/a%2Fb", "You may give and remove nothing here."),
        ("/consultants/anna.lind@byra.example", "Of these clients you may give and remove everything at 1, certain programs at 1, and nothing at 2."),
        ("/consultants/bo.ek@byra.example", "At each of these clients you may give and remove access and every program."),
        ("/consultants/asa.ek@byra.example", "There is no client to which Åsa Ek has access."),
    ],
)  # fmt: skip
def test_what_one_may_hand_out_is_said_in_one_sentence(reader, path, said):
    assert f"<p>{said}</p>" in unescape(reader.get(path)) or f'<p role="status">{said}</p>' in reader.answer.text  # fmt: skip


def test_what_is_known_of_them(reader):
    page = re.sub(r"\s+", " ", reader.get("/consultants/anna.lind@byra.example"))
    for said in ("malmö (leads it)", ">senior<", "<dd>active</dd>", "<dd>anna.lind@byra.example</dd>"):
        assert said in page
    assert "<dd>has left</dd>" in reader.get("/consultants/gone@byra.example")
    assert "<dt>Connected</dt><dd>no</dd>" in reader.get("/clients/1044")


def test_managing_access_begins_with_this_client(reader):
    reader.get("/clients/a%2Fb")
    form = reader.form("/manage")
    assert form.method == "post"
    assert ("client", "a/b") in form.fields
    assert [name for name, value in form.fields if value] == ["csrf", "client"]


def test_markup_in_names_is_text(reader):
    for path in ("/clients/a%2Fb", "/clients/1042", "/consultants/x@byra.example"):
        page = reader.get(path)
        assert MARKUP not in page
        assert MARKUP in unescape(page)


def test_each_page_leads_to_those_of_its_rows(reader):
    assert f'href="{consultant_page("bo.ek@byra.example")}"' in reader.get("/clients/1042")
    page = reader.get("/consultants/anna.lind@byra.example")
    assert f'href="{client_page("a/b")}"' in page
    assert client_page("a/b") == "/clients/a%2Fb"


@pytest.mark.parametrize("path", ["/clients/9999", "/consultants/nobody", "/clients/", "/consultants/a/b"])
def test_what_is_not_there(reader, path):
    assert reader.client.get(path).status_code == 404


def test_nobody_sees_them_without_signing_in(url):
    with Reader(url) as reader:
        for path in ("/clients/1042", "/consultants/bo.ek@byra.example"):
            assert reader.client.get(path).headers["location"].startswith("/sign-in?")


def test_each_cell_leads_on_where_its_site_says_so():
    with serving(site_of(bureau(), SomeSides())) as url, Reader(url) as reader:
        reader.client.post("/sign-in", data={"x": "1"})
        page = unescape(reader.get("/clients/1042"))
        assert 'href="/explain?consultant=bo.ek%40byra.example&client=1042&program=payroll"' in page
        assert 'href="/explain?consultant=bo.ek%40byra.example&client=1042"' in page
        assert shown(page)["Bo Ek bo.ek@byra.example"][1] == "no, why?"
        page = unescape(reader.get("/consultants/bo.ek@byra.example"))
        assert 'href="/explain?consultant=bo.ek%40byra.example&client=1042&program=archive"' not in page


def test_the_pages_of_a_large_table_are_together_what_there_is():
    seen = large(250, 30)
    with serving(site_of(seen)) as url, Reader(url, "sv") as reader:
        reader.client.post("/sign-in", data={"x": "1"})
        found, path = set(), "/consultants/p00000@byra.example?sort=name&q=bolaget"
        while path:
            rows = shown(reader.get(path))
            heads = next(iter(rows.values()))
            for name, cells in list(rows.items())[2:]:
                found |= {(name.split()[0], head) for head, cell in zip(heads, cells, strict=True) if cell.startswith("ja")}  # fmt: skip
            following = re.search(r'href="([^"]*)" rel="next"', reader.answer.text)
            path = unescape(following[1]) if following else ""
        mine = {cell[1:] for cell in triples(seen.register, seen.access) if cell[0] == "p00000@byra.example"}
        outside = " utanför byråpaketet"
        assert {(client, head.removesuffix(outside)) for client, head in found} == {
            (client, program or "Åtkomst") for client, program in mine
        }
        assert "Sida 3 av 3" in reader.answer.text
