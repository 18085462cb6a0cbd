"""The dialog as somebody goes through it whose browser runs no script: marks, steps, what is told, what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.grid import OperationKind
from reconciler.web.drafts import marks_of
from reconciler.web.lists import Question
from reconciler.web.preview import MOST_PAIRS
from reconciler.web.said import selector
from tests.support.reader import Reader
from tests.web.small import example, large, small

ANNA, BO, CIA, DAG, EVA = "anna.lind@byra.example", "bo.ek@byra.example", "cia@byra.example", "dag@byra.example", "eva@byra.example"  # fmt: skip


@pytest.fixture(scope="module")
def site():
    with small(example()) as made:
        yield made


@pytest.fixture
def reader(site):
    site.seen = example()
    with Reader(site.url) as one:
        one.get("/in")
        yield one


def shown(reader) -> list[str]:
    """The keys on the page, in their order."""
    return list_of(reader, "shown")


def list_of(reader, name: str) -> list[str]:
    """All values of a field of the form of the page."""
    return [value for one, value in form(reader).fields if one == name]


def form(reader):
    for action in ("/clients/marks", "/consultants", "/operation", "/programs"):
        try:
            return reader.form(action)
        except AssertionError:
            continue
    raise AssertionError(f"no form on {reader.path}")


def marked(site) -> frozenset[str]:
    return marks_of(site.session).clients


def begin(reader, *keys: str) -> str:
    """Mark clients and begin; the draft's address."""
    reader.get("/clients")
    reader.send("/clients/marks", tick=list(keys))
    made = reader.form("/clients/marks")
    made.action = "/manage"
    reader.follow(reader.post(made))
    return reader.path.rpartition("/")[0]


# -- the client list -------------------------------------------------------------------------------------------------


def test_the_list_shows_what_there_is(reader):
    page = reader.get("/clients")
    assert shown(reader) == ["9", "10", "1042", "1043", "2201"]
    assert "Åkesson &amp; Söner &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "not connected" in page
    assert "1–5 of 5" in page
    assert 'href="/clients/1042"' in page


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("q=akes", ["9"]),
        ("q=10", ["10", "1042", "1043"]),
        ("tag=payroll", ["9", "10", "2201"]),
        ("tag=payroll&team=Malm%C3%B6&q=ab", ["10", "2201"]),
        ("tag=nothing", []),
        ("consultant=anna", ["9", "10"]),
        ("consultant=bo.ek%40byra.example", ["10"]),
        ("consultant=nobody", []),
        ("sort=name", ["10", "1042", "1043", "2201", "9"]),
        ("sort=-name", ["9", "2201", "1043", "1042", "10"]),
        ("sort=-count", ["9", "10", "1042", "1043", "2201"]),
        ("sort=team", ["1042", "1043", "9", "10", "2201"]),
        ("sort=nonsense&page=99999", ["9", "10", "1042", "1043", "2201"]),
        ("marked=1", []),
    ],
)
def test_what_is_looked_for_is_found(reader, query, keys):
    page = reader.get(f"/clients?{query}")
    assert shown(reader) == keys
    assert ("There is no such client." in page) == (keys == [])


def test_the_column_that_it_is_sorted_by_is_told(reader):
    page = reader.get("/clients?sort=-name")
    assert page.count('aria-sort="descending"') == 1
    assert 'aria-sort="descending"><button name="to-sort" value="name">' in page
    reader.send("/clients/marks", **{"to-sort": "name"})
    assert "sort=name" in reader.path


def test_every_button_sends_the_ticks_along(reader, site):
    reader.get("/clients?tag=payroll")
    for button in ({"do": "look", "q": "ab"}, {"to-sort": "-name"}, {"to-page": "1"}):
        reader.get("/clients?tag=payroll")
        reader.send("/clients/marks", tick=["9", "2201"], **button)
        assert "tag=payroll" in reader.path
        assert marked(site) == {"9", "2201"}
    # what is not shown stays as it was, what is shown and not ticked does not
    reader.get("/clients?q=104")
    reader.send("/clients/marks", tick=["1042"])
    assert marked(site) == {"9", "2201", "1042"}
    reader.get("/clients?q=zebra")
    reader.send("/clients/marks", tick=[])
    assert marked(site) == {"9", "1042"}
    page = reader.get("/clients?marked=1")
    assert shown(reader) == ["9", "1042"]
    assert "2 clients are marked" in page


def test_all_that_is_found_is_marked_at_once_and_unmarked(reader, site):
    page = reader.get("/clients?q=ab")
    assert "Mark all 3 found" in page
    page = reader.send("/clients/marks", do="all")
    assert marked(site) == {"10", "1043", "2201"}
    assert "3 clients are marked" in page
    page = reader.send("/clients/marks", do="none")
    assert marked(site) == frozenset()
    assert "No client is marked" in page


def test_what_is_no_client_is_not_marked(reader, site):
    reader.get("/clients")
    reader.send("/clients/marks", shown=["9", "nothing"], tick=["9", "nothing", "10"])
    assert marked(site) == {"9"}


def test_a_tick_sent_by_itself_answers_with_the_number(reader, site):
    reader.get("/clients")
    answer = reader.post(reader.form("/clients/marks"), do="tick", shown=["10"], tick=["10"])
    assert answer.status_code == 200
    assert "1 client is marked" in answer.text
    assert len(answer.text) < 200
    assert marked(site) == {"10"}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "all"),
        ("tag=payroll", "tag:payroll"),
        ("team=Lund", "team:Lund"),
        ("tag=payroll&team=Malm%C3%B6", "tag:payroll & team:Malmö"),
        ("tag=stor+kund", ""),
        ("q=ab", ""),
        ("consultant=anna", ""),
    ],
)
def test_what_is_marked_by_what_it_has_in_common_is_said_so(reader, site, query, said):
    reader.get(f"/clients?{query}")
    reader.send("/clients/marks", do="all")
    assert marks_of(site.session).said == said
    reader.send("/clients/marks", do="all")
    assert marks_of(site.session).said == said, "the same again changes nothing"
    reader.get("/clients")
    keys = list_of(reader, "tick")
    reader.send("/clients/marks", tick=keys[1:])
    assert marks_of(site.session).said == ""
    reader.send("/clients/marks", tick=keys)
    assert marks_of(site.session).said == "", "each one marked is not all by what they have in common"


def test_what_was_marked_before_makes_it_unsaid(reader, site):
    reader.get("/clients?q=1042")
    reader.send("/clients/marks", tick=["1042"])
    reader.get("/clients?tag=payroll")
    reader.send("/clients/marks", do="all")
    assert (len(marked(site)), marks_of(site.session).said) == (4, "")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question(team="self"), ""),
        (Question(team="malmo.lead"), ""),
        (Question(tag="a&b"), ""),
        (Question(tag="a b"), ""),
        (Question(tag='"a"'), ""),
        (Question(tag="all"), "tag:all"),
        (Question(tag="tag:x"), "tag:tag:x"),
        (Question(tag="a", marked=True), ""),
        (Question(tag="a | team:b"), ""),
    ],
)
def test_what_yaml_cannot_say_is_not_said(question, said):
    assert selector(question) == said


def test_marks_are_kept_on_many_pages(site):
    with Reader(site.url) as reader:
        site.seen = large(10, 450, 5)
        reader.get("/in")
        page = reader.get("/clients")
        assert "1–100 of 450" in page
        assert "Mark 100 on this page" in page
        assert "Mark all 450 clients" in page
        assert ("to-page", "1") not in reader.form("/clients/marks").buttons
        reader.send("/clients/marks", do="page")
        page = reader.send("/clients/marks", **{"to-page": "5"})
        assert "401–450 of 450" in page
        assert ("to-page", "6") not in reader.form("/clients/marks").buttons
        reader.send("/clients/marks", tick=["100449"], **{"to-page": "2"})
        assert len(marked(site)) == 101
        page = reader.send("/clients/marks", do="all", team="team 001")
        assert len(marked(site)) == 101 + 90 - 20
        assert "171 clients are marked" in page


# -- the steps -------------------------------------------------------------------------------------------------------


def test_nothing_is_begun_with_nothing_marked(reader):
    reader.get("/clients")
    made = reader.form("/clients/marks")
    made.action = "/manage"
    answer = reader.post(made)
    assert answer.status_code == 400
    assert 'href="/clients"' in answer.text
    assert "Mark the clients in the list first" in answer.text


def test_giving_access_from_the_list_to_the_check(reader, site):
    path = begin(reader, "9", "10")
    assert reader.path == f"{path}/operation"
    page = reader.send("/operation", operation="give-access", do="next")
    assert reader.path == f"{path}/consultants"
    assert shown(reader) == [CIA, ANNA, BO, DAG], "who has left is not offered"
    assert "2 of 2" in page
    page = reader.send("/consultants", tick=[ANNA, DAG], do="next")
    assert reader.path == f"{path}/programs"
    assert list_of(reader, "program") == ["bookkeeping", "invoicing", "payroll"], "all are ticked"
    assert "needs a system administrator at the client" in page
    page = reader.send("/programs", program=["bookkeeping", "payroll"], do="next")
    assert reader.path == f"{path}/check"
    assert "Give access and assign Bookkeeping and Payroll &lt;u&gt;: Anna Lind and Dag Öberg at 2 clients" in page  # fmt: skip
    draft = site.drafts[-1]
    assert (draft.marks.clients, draft.kind) == ({"9", "10"}, OperationKind.GIVE_ACCESS)
    assert (draft.consultants, draft.programs) == ((ANNA, DAG), ("bookkeeping", "payroll"))


def test_access_without_programs(reader, site):
    path = begin(reader, "9")
    reader.send("/operation", operation="give-access", do="next")
    reader.send("/consultants", tick=[BO], do="next")
    reader.send("/programs", do="none")
    assert reader.path == f"{path}/programs"
    assert list_of(reader, "program") == []
    page = reader.send("/programs", do="next")
    assert "Give access without programs: Bo Ek at 1 client" in page
    assert site.drafts[-1].programs == ()


def test_access_is_removed_with_all_programs(reader, site):
    path = begin(reader, "9", "10")
    page = reader.send("/operation", operation="remove-access", do="next")
    assert shown(reader) == [ANNA, BO, EVA], "who has most there comes first, who has nothing is not shown"
    assert "has left" in page
    reader.send("/consultants", do="look", who="all", tick=[])
    assert shown(reader) == [ANNA, BO, EVA, CIA, DAG]
    assert "Programs" not in page.split("<ol")[1].split("</ol>")[0]
    page = reader.send("/consultants", do="all", who="")
    assert "3 are ticked" in page
    page = reader.send("/consultants", drop=BO)
    page = reader.send("/consultants", do="next")
    assert reader.path == f"{path}/check"
    assert "Remove access: Anna Lind and Eva Gått at 2 clients" in page
    assert reader.client.get(f"{path}/programs").headers["location"] == f"{path}/check"


def test_programs_are_removed(reader, site):
    path = begin(reader, "10")
    reader.send("/operation", operation="remove-programs", do="next")
    reader.send("/consultants", tick=[ANNA], do="next")
    form = reader.form("/programs")
    assert form.choices["program"] == ["bookkeeping", "invoicing", "payroll"], "bank is outside the package"
    assert list_of(reader, "program") == []
    answer = reader.post(form, do="next")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'href="#programs"' in answer.text
    assert "Tick at least one program." in answer.text
    answer = reader.post(form, do="next", program=["bank"])
    assert answer.status_code == 422
    page = reader.send("/programs", program=["bookkeeping", "bank"], do="next")
    assert "Remove Bookkeeping: Anna Lind at 1 client" in page
    assert reader.path == f"{path}/check"


def test_what_is_missing_is_told_on_the_same_page(reader):
    begin(reader, "10")
    answer = reader.post(reader.form("/operation"), do="next")
    assert answer.status_code == 422
    assert "Choose one of the three operations." in answer.text
    answer = reader.post(reader.form("/operation"), do="next", operation="everything")
    assert answer.status_code == 422
    reader.send("/operation", operation="give-access", do="next")
    answer = reader.post(reader.form("/consultants"), do="next")
    assert answer.status_code == 422
    assert answer.text.count("Tick at least one consultant.") == 2, "at the top, and at the list"


def test_later_steps_wait_for_earlier_ones(reader):
    path = begin(reader, "10")
    for step in ("consultants", "programs", "check"):
        assert reader.client.get(f"{path}/{step}").headers["location"] == f"{path}/operation"
    reader.send("/operation", operation="give-access", do="next")
    for step in ("programs", "check"):
        assert reader.client.get(f"{path}/{step}").headers["location"] == f"{path}/consultants"
    assert reader.client.get(path).headers["location"] == f"{path}/consultants"


def test_the_way_back_keeps_everything(reader, site):
    path = begin(reader, "10")
    reader.send("/operation", operation="give-access", do="next")
    reader.send("/consultants", tick=[BO], **{"to-step": "operation"})
    assert reader.path == f"{path}/operation"
    assert list_of(reader, "operation") == ["give-access"]
    reader.send("/operation", do="next")
    assert list_of(reader, "tick") == [BO]
    reader.send("/consultants", do="next")
    reader.send("/programs", program=["payroll"], **{"to-step": "consultants"})
    assert reader.path == f"{path}/consultants"
    reader.send("/consultants", do="next")
    assert list_of(reader, "program") == ["payroll"]
    reader.send("/programs", **{"to-step": "operation"})
    reader.send("/operation", operation="remove-programs", do="next")
    assert list_of(reader, "tick") == [BO]
    reader.send("/consultants", do="next")
    assert list_of(reader, "program") == [], "another operation, other programs"


def test_who_has_left_is_given_nothing_whatever_was_ticked_before(reader):
    begin(reader, "9")
    reader.send("/operation", operation="remove-access", do="next")
    reader.send("/consultants", tick=[EVA, ANNA], **{"to-step": "operation"})
    reader.send("/operation", operation="give-access", do="next")
    assert list_of(reader, "tick") == [ANNA]


def test_consultants_are_looked_for_ticked_and_taken_away(reader, site):
    path = begin(reader, "9")
    reader.send("/operation", operation="give-access", do="next")
    reader.send("/consultants", tick=[ANNA], do="look", q="oberg")
    assert shown(reader) == [DAG]
    page = reader.send("/consultants", tick=[DAG], do="look", q="", team="Lund")
    assert shown(reader) == [CIA, DAG]
    assert "2 are ticked" in page
    page = reader.send("/consultants", do="all")
    assert "3 are ticked" in page
    assert "&lt;b&gt;Cia&lt;/b&gt; &amp; Åke" in page
    page = reader.send("/consultants", drop=CIA)
    assert "2 are ticked" in page
    answer = reader.post(reader.form("/consultants"), do="tick", shown=[CIA], tick=[CIA])
    assert "3 are ticked" in answer.text
    page = reader.send("/consultants", do="none", shown=[], tick=[])
    assert "Nobody is ticked yet." in page
    assert reader.path.startswith(f"{path}/consultants?")


def test_what_is_gone_is_told(reader, site):
    begin(reader, "9", "10")
    reader.send("/operation", operation="give-access", do="next")
    reader.send("/consultants", tick=[ANNA, BO], do="next")
    whole = site.seen
    fewer = large(3, 3, 1)
    site.seen = replace(fewer, register=replace(fewer.register, programs=whole.register.programs))
    page = reader.get(reader.path)
    assert "2 marked clients are not at the bureau any more: 10, 9" in page
    assert f"2 consultants are not at the bureau any more: {ANNA}, {BO}" in page
    path = reader.path.replace("programs", "consultants")
    reader.get(path)
    answer = reader.post(reader.form("/consultants"), do="next")
    assert answer.status_code == 422
    site.seen = whole


def test_too_much_for_one_job_is_told(reader, site):
    site.seen = large(2_000, 5_000, 250)
    reader.get("/clients")
    reader.send("/clients/marks", do="all")
    made = reader.form("/clients/marks")
    made.action = "/manage"
    reader.follow(reader.post(made))
    reader.send("/operation", operation="give-access", do="next")
    page = reader.send("/consultants", do="all")
    assert "2,000 are ticked" in page
    assert "1,940 more" in page
    answer = reader.post(reader.form("/consultants"), do="next")
    assert answer.status_code == 422
    assert f"{MOST_PAIRS:,}" in answer.text


def test_a_draft_that_is_saved_leads_to_what_came_of_it(reader):
    path = begin(reader, "9")
    reader.send("/operation", operation="remove-access", do="next")
    earlier = reader.form("/consultants")
    reader.send("/consultants", tick=[ANNA], do="next")
    token = dict(earlier.fields)["csrf"]
    assert reader.client.post(f"{path}/save", data={"csrf": token}).headers["location"] == "/consultants"
    for step in ("", "/operation", "/consultants", "/check"):
        assert reader.client.get(path + step).headers["location"] == "/consultants"
    assert reader.post(earlier, tick=[BO]).headers["location"] == "/consultants"


def test_drafts_are_of_their_session(site, reader):
    path = begin(reader, "9")
    with Reader(site.url) as other:
        other.get("/in")
        assert other.client.get(f"{path}/operation").status_code == 404
        assert other.client.get("/manage/nothing/operation").status_code == 404


def test_a_page_of_one_client_begins_with_it(reader, site):
    reader.get("/clients")
    made = reader.form("/clients/marks")
    made.action = "/manage"
    reader.follow(reader.post(made, shown=[], client="1042", consultant=ANNA))
    reader.send("/operation", operation="give-access", do="next")
    assert list_of(reader, "tick") == [ANNA]
    assert marked(site) == frozenset(), "what is marked stays as it was"


def test_it_speaks_swedish(site):
    with Reader(site.url, "sv") as reader:
        site.seen = example()
        reader.get("/in")
        page = reader.get("/clients")
        assert "Hantera åtkomst" in page
        begin(reader, "9")
        reader.send("/operation", operation="give-access", do="next")
        reader.send("/consultants", tick=[ANNA], do="next")
        page = reader.send("/programs", program=["payroll"], do="next")
        assert "Ge åtkomst och tilldela Lön &lt;u&gt;: Anna Lind hos 1 klient" in page


# -- consultants -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", [CIA, ANNA, BO, DAG, EVA]),
        ("q=ek", [BO]),
        ("team=Lund", [CIA, DAG, EVA]),
        ("sort=-count", [ANNA, BO, EVA, CIA, DAG]),
        ("sort=number", [ANNA, BO, CIA, DAG, EVA]),
        ("to-sort=number&sort=name", [ANNA, BO, CIA, DAG, EVA]),
        ("q=nobody", []),
    ],
)
def test_consultants_are_listed(reader, query, keys):
    page = reader.get(f"/consultants?{query}")
    links = [part.split('"')[0] for part in page.split('href="/consultants/')[1:]]
    assert links == [key.replace("@", "%40") for key in keys]
    assert ("has left" in page) == (EVA in keys)
