"""The last step of the dialog over the YAML: what it shows is what is saved, and nothing else is ever written."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from reconciler.flow.contents import Contents
from reconciler.flow.revision import find_revision
from tests.support.repositories import commit, git
from tests.web.policy.conftest import pages
from tests.web.policy.flows import ANNA, BERTIL, DAVID, begin, save, say, visiting, words

THREE = [
    ("give-access", ["1042"], [DAVID], ["payroll"]),
    ("remove-access", ["1042"], [BERTIL], []),
    ("remove-programs", ["1042"], [ANNA], ["invoicing"]),
]


@pytest.fixture
def visitor(site):
    url, _, links = site
    with visiting(url, links) as reader:
        yield reader


def branches(folder) -> list[str]:
    return git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads").split()


def tree(folder) -> tuple[str, str]:
    """What is checked out, and what stands in the folder."""
    return git(folder, "rev-parse", "HEAD"), git(folder, "status", "--porcelain")


def test_nothing_is_shown_before_there_is_a_reason(visitor):
    begin(visitor, *THREE[0])
    assert "What it means" not in visitor.answer.text
    visitor.answer = visitor.post(visitor.form("/check"), reason="  ")
    assert visitor.answer.status_code == 422
    assert 'aria-describedby="reason-wrong"' in visitor.answer.text
    assert "Write why." in visitor.answer.text
    assert "What it means" in say(visitor)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("reason", "x" * 501, "at most 500"),
        ("ticket", "x" * 101, "at most 100"),
        ("until", "31/3", "as 2027-03-31"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_kept(visitor, field, value, told):
    begin(visitor, *THREE[0])
    visitor.answer = visitor.post(visitor.form("/check"), **{"reason": "why", field: value})
    assert visitor.answer.status_code == 422
    assert told in visitor.answer.text
    assert dict(visitor.form("/check").fields)[field] == value


def test_a_last_day_that_has_passed_is_refused(visitor):
    begin(visitor, *THREE[0])
    page = say(visitor, until="2020-01-01")
    assert "This cannot be saved" in page
    assert "2020-01-01 has passed" in page
    assert "/save" not in page


@pytest.mark.parametrize("chosen", THREE, ids=lambda one: one[0])
def test_what_is_shown_is_what_is_committed(folder, visitor, chosen):
    before = tree(folder)
    begin(visitor, *chosen)
    page = say(visitor, "because of <i>Eva</i>", ticket="BYR-1")
    assert branches(folder) == ["main"]
    shown = re.findall(r'<span class="(gain|loss)">. (.*)\n', page)
    branch = save(visitor)
    assert branches(folder) == [branch, "main"]
    assert tree(folder) == before
    # a line that gets another end, and nothing else, would be seen as changed
    diff = git(folder, "diff", "--unified=0", "main", branch).split("\n")
    lines = [line for line in diff if re.match(r"[+-](?![+-])", line)]
    marks = {"gain": "+", "loss": "-"}
    told = [marks[mark] + text.replace("&#34;", '"').replace("&#39;", "'") for mark, text in shown]
    assert [line.replace("&lt;", "<").replace("&gt;", ">") for line in told] == lines
    message = git(folder, "log", "-1", "--format=%an <%ae>%n%B", branch)
    assert message.startswith("Anna Lind <anna@x.example>\n")
    assert "because of <i>Eva</i>" in message
    assert "BYR-1" in message
    assert "<i>Eva" not in page
    assert git(folder, "diff", "--name-only", "main", branch).split() == ["policies/access.yaml"]


@pytest.mark.parametrize("chosen", THREE, ids=lambda one: one[0])
def test_what_the_page_says_is_what_a_plan_of_the_proposal_says(folder, reconciler, visitor, chosen):
    """Checked out, the proposal has a plan with what was shown, which the plan of main has not."""
    pair = ("--consultant", chosen[2][0], "--client", "1042")
    begin(visitor, *chosen)
    shown = words(say(visitor)).partition("What it means")[2]
    before, all_before = plan_of(reconciler, *pair), plan_of(reconciler)
    branch = save(visitor)
    git(folder, "switch", "--quiet", branch)
    after, all_after = plan_of(reconciler, *pair), plan_of(reconciler)
    new = cells(after) - cells(before)
    assert new
    named = {program for program, name in PROGRAMS.items() if name in shown.partition("What changes")[0]}
    if chosen[0] == "remove-access":  # whose programs go with it, without being named
        assert new == {""}
        assert (totals(after) - totals(before))["programs-removed"] == len(named)
    else:
        assert new == named
    assert totals(after) - totals(before) == totals(all_after) - totals(all_before)


PROGRAMS = {
    "payroll": "Payroll",
    "invoicing": "Invoicing",
    "bookkeeping": "Bookkeeping",
    "receipts": "Receipts",
}


def plan_of(reconciler, *filters: str) -> dict:
    return json.loads(reconciler("plan", *filters, "--format", "json").out)


def cells(plan: dict) -> set[str]:
    """The programs of a plan for one pair."""
    return {program for one in [*plan["operations"], *plan["blocked"]] for program in one["programs"] or [""]}


def totals(plan: dict) -> Counter:
    return Counter({name: value for name, value in plan["summary"].items() if isinstance(value, int)})


def test_sent_twice_it_is_saved_once(folder, visitor):
    begin(visitor, *THREE[0])
    say(visitor)
    form = visitor.form("/save")
    first, second = visitor.post(form), visitor.post(form)
    assert first.headers["location"] == second.headers["location"]
    assert len(branches(folder)) == 2
    assert visitor.get(form.action.replace("/save", "/check")) == visitor.get(first.headers["location"])


def test_the_yaml_was_committed_meanwhile(folder, visitor):
    begin(visitor, *THREE[0])
    say(visitor)
    path = folder / "policies" / "access.yaml"
    path.write_text("# a new line\n" + path.read_text("utf-8"), encoding="utf-8")
    commit(folder)
    visitor.answer = visitor.post(visitor.form("/save"))
    assert visitor.answer.status_code == 409
    assert "Something has changed since this was shown" in visitor.answer.text
    assert branches(folder) == ["main"]
    assert dict(visitor.form("/check").fields)["reason"] == "covers for Eva"
    branch = save(visitor)
    assert git(folder, "show", f"{branch}:policies/access.yaml").startswith("# a new line\n")


def test_the_yaml_is_broken_meanwhile(folder, visitor):
    begin(visitor, *THREE[0])
    say(visitor)
    path = folder / "policies" / "access.yaml"
    path.write_text("access: {\n", encoding="utf-8")
    commit(folder)
    visitor.answer = visitor.post(visitor.form("/save"))
    assert visitor.answer.status_code == 409
    assert "policies/access.yaml:" in visitor.answer.text
    assert "access.yaml" in visitor.get(visitor.path.replace("/save", "/check"))
    assert "1042" in visitor.get("/clients?q=1042")


def test_what_is_not_committed_is_left_alone_and_told(folder, visitor):
    path = folder / "policies" / "access.yaml"
    own = path.read_text("utf-8") + "# not committed\n"
    path.write_text(own, encoding="utf-8")
    begin(visitor, *THREE[0])
    assert "1 file of the rules is not as it is committed" in say(visitor)
    branch = save(visitor)
    assert "not committed" not in git(folder, "show", f"{branch}:policies/access.yaml")
    assert path.read_text("utf-8") == own


def test_two_on_one_proposal_lose_nothing(folder, site, visitor):
    url, _, links = site
    begin(visitor, *THREE[0])
    say(visitor)
    branch = save(visitor)
    with visiting(url, links) as other:
        for reader, chosen in ((visitor, THREE[1]), (other, THREE[2])):
            begin(reader, *chosen)
            say(reader, into=branch)
        assert save(visitor) == branch
        other.answer = other.post(other.form("/save"))
        assert other.answer.status_code == 409
        assert "Something has changed since this was shown" in other.answer.text
        assert save(other) == branch
    text = git(folder, "show", f"{branch}:policies/access.yaml")
    assert git(folder, "rev-list", "--count", f"main..{branch}").strip() == "3"
    assert DAVID in text.replace(git(folder, "show", "main:policies/access.yaml"), "")
    assert text.count(BERTIL) > 0
    revision = find_revision(folder, branch)
    assert Contents.of(folder / "policies", revision).policy()


def test_two_new_proposals_of_one_name_are_two(folder, site, visitor):
    url, _, links = site
    with visiting(url, links) as other:
        for reader in (visitor, other):
            begin(reader, *THREE[0])
            say(reader)
        first = save(visitor)
        other.answer = other.post(other.form("/save"))
        assert other.answer.status_code == 409
        assert save(other) == f"{first}-2"
    assert len(branches(folder)) == 3


def test_the_proposal_is_gone_meanwhile(folder, visitor):
    begin(visitor, *THREE[0])
    say(visitor)
    branch = save(visitor)
    begin(visitor, *THREE[1])
    say(visitor, into=branch)
    git(folder, "branch", "-D", branch)
    visitor.answer = visitor.post(visitor.form("/save"))
    assert visitor.answer.status_code == 409
    assert "is gone" in visitor.answer.text
    assert dict(visitor.form("/check").fields)["reason"] == "covers for Eva"
    say(visitor)
    assert save(visitor) != branch


def test_going_on_with_a_proposal_is_said_everywhere(folder, visitor):
    begin(visitor, *THREE[0])
    say(visitor)
    branch = save(visitor)
    visitor.send("/proposals/go-on")
    for path in ("/", "/clients", "/proposals"):
        assert f"You go on with the proposal {branch}" in words(visitor.get(path))
    begin(visitor, *THREE[1])
    assert dict(visitor.form("/check").fields)["into"] == branch
    say(visitor)
    assert "Add to the proposal" in visitor.answer.text
    assert save(visitor) == branch
    assert "2 changes" in words(visitor.answer.text)
    visitor.get("/proposals")
    visitor.send("/proposals/go-on")
    assert "You go on" not in visitor.get("/clients")


def test_what_the_rules_say_already_is_not_saved(visitor, folder):
    begin(visitor, "give-access", ["1042"], [ANNA], ["bookkeeping"])
    page = say(visitor)
    assert "The rules say this already" in page
    assert "/save" not in page


def test_what_a_denial_forbids_is_told_with_its_place(visitor, folder):
    denials = (folder / "policies" / "denials.yaml").read_text("utf-8")
    who = re.search(r"who: (\S+)", denials)[1]
    where = re.search(r'clients: \["?(\d+)', denials)[1]
    begin(visitor, "give-access", [where], [who], ["bookkeeping"])
    page = say(visitor)
    assert "This cannot be saved" in page
    assert "policies/denials.yaml:" in page


def test_without_git_the_files_are_written_as_shown(example, monkeypatch):
    path = example / "policies" / "access.yaml"
    before = path.read_bytes()
    with pages() as (url, _, links), visiting(url, links) as reader:
        begin(reader, *THREE[0])
        page = say(reader)
        assert "in no git repository" in page
        assert path.read_bytes() == before
        form = reader.form("/save")
        path.write_bytes(before + b"# theirs\n")
        reader.answer = reader.post(form)
        assert reader.answer.status_code == 409
        reader.send("/save")
        assert "Saved: the rules are written" in reader.answer.text
        assert reader.post(form).headers["location"] == reader.path
        assert "in no git repository" in reader.get("/proposals")
    after = path.read_bytes()
    assert b"# theirs\n" in after
    assert b"david.holm@exempelbyran.example" in after.replace(before, b"")


def test_git_that_knows_no_author_is_told_before(folder, monkeypatch, visitor):
    (folder / "gitconfig").write_text("", encoding="utf-8")
    begin(visitor, *THREE[0])
    page = say(visitor)
    assert "git does not know who you are" in page
    assert "/save" not in page


def test_the_bureau_is_away_meanwhile(site, visitor, monkeypatch):
    from reconciler.errors import Message, Unreachable

    _, desk, _ = site
    begin(visitor, *THREE[0])

    def gone(*_):
        raise Unreachable(Message("away"))

    for name in ("unchanged", "current", "operators"):
        monkeypatch.setattr(desk.bureau.backend, name, gone)
    desk.bureau.forget()
    page = say(visitor)
    assert "The bureau does not answer" in page
    assert save(visitor)


def test_a_draft_of_somebody_else_is_not_there(visitor):
    assert visitor.client.get("/manage/nothing/check").status_code == 404


def test_names_are_text_wherever_they_stand(folder, visitor):
    settings = folder / "gitconfig"
    settings.write_text('[user]\nname = "&lt;b&gt;Eve"\nemail = eve@x.example\n')
    path = folder / "policies" / "access.yaml"
    path.write_text(
        path.read_text("utf-8").replace("payroll-leads:", '"<script>1</script>":'), encoding="utf-8"
    )
    commit(folder)
    begin(visitor, "remove-programs", ["1042"], [ANNA], ["payroll"])
    pages = [say(visitor, "<img src=x>")]
    save(visitor)
    pages.append(visitor.answer.text)
    pages.append(visitor.get("/proposals"))
    for page in pages:
        for name in ("<b>Eve", "<img", "<script>1"):
            assert name not in page
    assert "&amp;lt;b&amp;gt;Eve" in pages[1]
