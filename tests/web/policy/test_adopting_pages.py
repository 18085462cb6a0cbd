"""Drift adopted on a page: what `drift --adopt` would write, with a reason, shown first, and saved once as a proposal."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.support.reader import forms_of
from tests.support.repositories import commit, git
from tests.web.policy.conftest import pages, reading
from tests.web.policy.test_drift_page import drift, drifted  # noqa: F401 - a fixture

WHY = "agreed <b>with</b> the client #12"


def begin(reader, *items: str, **said: str):
    """From the drift to the page of an adoption; of all where nothing is named."""
    return reader.send_form("/drift/adopt", **({"item": list(items)} if items else {"do": "all"}), **said)


def save(reader, page):
    """Give a reason, and save what is shown."""
    page = reader.send_form(page.url.path, reason=WHY)
    form = next(one for one in forms_of(page.text) if one.action.endswith("/save"))
    return reader.post(form.action, data=dict(form.fields)), form


def key_of(reader, told: dict) -> str:
    """The key of a difference of the document on the page."""
    page = reader.get("/drift").text
    for row in re.findall(r'<tr role="row"><td role="cell" class="pick">.*?</tr>', page, re.DOTALL):
        text = unescape(re.sub(r"<[^>]+>", " ", row))
        if "Gun Alm got access" in text and all(client in text for client in told["clients"]):
            return re.search(r'value="([0-9a-f]+)"', row)[1]
    raise AssertionError(page)


@pytest.fixture
def by_hand(reconciler, drifted):  # noqa: F811
    """The difference that somebody made; the rules are committed as they are."""
    commit(drifted, "As it is")
    return next(one for one in drift(reconciler)["drift"] if one["programs"] == ["payroll"] and one["clients"] == ["1041", "1042"])  # fmt: skip


def branches(folder) -> list[str]:
    return git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads/access").split()


def test_one_difference_is_adopted_and_no_other(reconciler, by_hand, folder, reader):
    before = drift(reconciler)["drift"]
    page = begin(reader, key_of(reader, by_hand))
    assert "Gun Alm got access" in page.text
    assert "Save as a proposal" not in page.text  # before a reason is given
    saved, _ = save(reader, page)
    assert saved.status_code == 200
    (branch,) = branches(folder)
    assert git(folder, "status", "--porcelain") == ""
    message = git(folder, "log", "-1", "--format=%B", branch)
    assert message.startswith("Adopt 4 changes that were made at the bureau\n")
    assert "agreed" in message
    git(folder, "merge", "--quiet", branch)
    after = drift(reconciler)["drift"]
    assert [one for one in before if one not in after] == [by_hand]
    assert [one for one in after if one not in before] == []


def test_all_is_what_the_command_adopts(reconciler, by_hand, folder, reader):
    page = begin(reader)
    page = reader.send_form(page.url.path, reason="all of it")
    shown = {
        line[2:]
        for line in unescape(
            re.sub(r"<[^>]+>", "", page.text.split("What changes in the rules")[1])
        ).splitlines()
        if line.startswith(("+ ", "− "))
    }
    # what no rule may give is not silent
    left = page.text.split("This stays different all the same")[1].split("</section>")[0]
    assert "Ivar Gren got access at 1057" in unescape(left)
    assert "has left the bureau" in left
    told = reconciler("drift", "--adopt", "--reason", "all of it", "--yes").out
    written = {line[1:] for line in told.splitlines() if re.match(r"[+-](?![+-])", line)}
    assert written
    assert {line.strip() for line in written} == {line.strip() for line in shown}


def test_sent_again_it_is_one_proposal(by_hand, folder, reader):
    saved, form = save(reader, begin(reader, key_of(reader, by_hand)))
    assert reader.post(form.action, data=dict(form.fields)).url == saved.url
    assert len(branches(folder)) == 1


def test_a_reason_is_asked_for(by_hand, folder, reader):
    page = begin(reader, key_of(reader, by_hand))
    assert reader.send_form(page.url.path, reason="  ").status_code == 422
    assert reader.send_form(f"{page.url.path}/save", seal="x").status_code == 200
    assert branches(folder) == []


def test_where_something_has_moved_nothing_is_saved(by_hand, folder, reader):
    page = begin(reader, key_of(reader, by_hand))
    page = reader.send_form(page.url.path, reason=WHY)
    assert "&lt;b&gt;with" in page.text
    assert "<b>with" not in page.text
    form = next(one for one in forms_of(page.text) if one.action.endswith("/save"))
    rules = folder / "policies" / "access.yaml"
    rules.write_text("# somebody was here\n" + rules.read_text("utf-8"), encoding="utf-8")
    commit(folder, "meanwhile")
    (folder / "policies" / "more.yaml").write_text("access:\n  more: {who: gun.alm@exempelbyran.example, clients: ['1041'], programs: [payroll]}\n", encoding="utf-8")  # fmt: skip
    commit(folder, "and more")
    answer = reader.post(form.action, data=dict(form.fields))
    assert answer.status_code == 409
    assert "nothing was saved" in answer.text
    assert branches(folder) == []


def test_what_a_guardrail_forbids_is_named_and_left_out(by_hand, folder, reader):
    (folder / "policies" / "more.yaml").write_text(
        "guardrails:\n  require:\n    pay-with-a-ticket: {programs: [payroll], ticket: 'HR-[0-9]+'}\n",
        encoding="utf-8",
    )
    commit(folder, "A guardrail")
    page = begin(reader)
    assert page.status_code == 200
    forbidden = page.text.split("Not adopted, as a guardrail forbids it")[1].split("</section>")[0]
    assert "Gun Alm" in forbidden
    assert "Payroll" in forbidden
    assert "(pay-with-a-ticket)" in forbidden
    lines = re.findall(r'<span class="gain">(.*)', page.text)
    assert not [line for line in lines if "payroll" in line]


def test_without_git_it_is_written_in_place(reconciler, example):
    assert reconciler("apply", "--yes").code == 3
    rules = example / "policies" / "access.yaml"
    before = rules.read_text("utf-8")
    rules.write_text(before + '\n  by-hand: {who: gun.alm@exempelbyran.example, clients: ["1041"], programs: [payroll]}\n', encoding="utf-8")  # fmt: skip
    assert reconciler("apply", "--yes", "--client", "1041").code in {0, 3}
    rules.write_text(before, encoding="utf-8")
    with pages() as (url, _, links), reading(url, links) as reader:
        saved, _ = save(reader, begin(reader))
        assert saved.status_code == 200
        assert "the rules are written as they were shown" in saved.text
    assert not [
        one for one in drift(reconciler)["drift"] if one["programs"] == ["payroll"] and one["kind"] == "given"
    ]


def test_what_is_not_ticked_is_not_adopted(by_hand, folder, reader):
    assert reader.send_form("/drift/adopt", do="some").status_code == 400
    assert reader.get("/drift/adopt/nothing").status_code == 404
    page = begin(reader, "0123456789abcdef0123")
    assert "There is nothing that can be adopted" in page.text
    assert "is not there any more" in page.text
