"""Proposals: what is listed, how each stands and what it means, and what can be done with one."""

from __future__ import annotations

import pytest

from tests.support.reader import Form
from tests.support.repositories import commit, git
from tests.web.policy.flows import ANNA, BERTIL, DAVID, begin, save, say, visiting, words


@pytest.fixture
def visitor(site):
    url, _, links = site
    with visiting(url, links) as reader:
        yield reader


@pytest.fixture
def branch(visitor) -> str:
    begin(visitor, "give-access", ["1042"], [DAVID], ["payroll"])
    say(visitor)
    return save(visitor)


def changed(folder, old: str, new: str) -> None:
    path = folder / "policies" / "access.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    commit(folder)


def test_the_list_says_what_who_and_when(visitor, branch):
    page = words(visitor.get("/proposals"))
    assert "1 waits" in page
    assert "Give David Holm Payroll at 1042 Sofielunds Bageri AB Anna Lind" in page
    assert branch in visitor.answer.text


def test_its_page_says_what_it_means_in_words_first(visitor, branch):
    page = words(visitor.get(f"/proposals/{branch}"))
    assert page.index("1 person gains access") < page.index("+ David Holm") < page.index("who: david.holm")


@pytest.mark.parametrize(
    "path", ["/proposals/access/nothing", "/proposals/main", "/proposals/../x", "/proposals/"]
)
def test_what_is_no_proposal(visitor, branch, path):
    assert visitor.client.get(path).status_code in {303, 307, 404}


def test_it_is_part_of_the_rules_when_it_is_merged_and_can_be_removed(folder, visitor, branch):
    git(folder, "merge", "--quiet", "--no-ff", "-m", "Merge", branch)
    assert "1 is part of the rules" in words(visitor.get("/proposals"))
    assert "merged" in words(visitor.get(f"/proposals/{branch}"))
    visitor.send("/proposals/remove")
    assert branch not in git(folder, "branch", "--list")
    assert "0 wait" in words(visitor.answer.text)


def test_what_is_not_merged_is_not_removed(folder, visitor, branch):
    tip = git(folder, "rev-parse", branch).strip()
    form = Form("/proposals/remove", "post", [csrf(visitor), ("branch", branch), ("tip", tip)])
    assert visitor.post(form).status_code == 400
    assert branch in git(folder, "branch", "--list")


def csrf(visitor) -> tuple[str, str]:
    visitor.get("/")
    return visitor.form("/sign-out").fields[0]


def test_it_falls_behind(folder, visitor, branch):
    (folder / "README.md").write_text("more\n")
    commit(folder)
    assert "open, and behind" in words(visitor.get("/proposals"))
    assert "both can be put together" in visitor.get(f"/proposals/{branch}")


def test_it_is_in_conflict(folder, visitor, branch):
    path = folder / "policies" / "access.yaml"
    path.write_text(path.read_text("utf-8").rstrip("\n") + "  # another end\n", encoding="utf-8")
    commit(folder)
    assert "in conflict" in words(visitor.get("/proposals"))
    assert "<code>policies/access.yaml</code>" in visitor.get(f"/proposals/{branch}")


def test_a_proposal_whose_yaml_is_broken_says_so(folder, visitor, branch):
    git(folder, "switch", "--quiet", branch)
    (folder / "policies" / "access.yaml").write_text("access: {\n")
    commit(folder)
    git(folder, "switch", "--quiet", "main")
    page = visitor.get(f"/proposals/{branch}")
    assert "It cannot be told" in page
    assert "policies/access.yaml:" in page


def test_what_else_it_changes_is_told(folder, visitor, branch):
    git(folder, "switch", "--quiet", branch)
    (folder / "setup.sh").write_text("echo 1\n")
    (folder / "policies" / "teams.yaml").unlink()
    commit(folder)
    git(folder, "switch", "--quiet", "main")
    page = words(visitor.get(f"/proposals/{branch}"))
    assert "It also changes 1 other file of the repository" in page
    assert "− teams:" in page


def test_somebody_added_to_it_meanwhile(folder, visitor, branch):
    old = git(folder, "rev-parse", branch).strip()
    for action in ("pull-request", "remove"):
        form = Form(f"/proposals/{action}", "post", [csrf(visitor), ("branch", branch), ("tip", "0" * 40)])
        assert visitor.post(form).status_code == 409
    assert git(folder, "rev-parse", branch).strip() == old


def test_without_a_forge_it_says_how_to_push(folder, visitor, branch, tmp_path_factory):
    assert "no remote" in visitor.get(f"/proposals/{branch}")
    shared = tmp_path_factory.mktemp("shared")
    git(shared, "init", "--quiet", "--bare")
    git(folder, "remote", "add", "origin", str(shared))
    page = visitor.get(f"/proposals/{branch}")
    assert f"git push origin {branch}" in page
    assert "/proposals/pull-request" not in page
    git(folder, *f"push --quiet origin {branch}".split())
    assert branch in git(shared, "branch", "--list")


def test_a_page_of_one_does_not_change_with_what_is_checked_out(folder, visitor, branch):
    """It is what the proposal gives and takes, not what the rules have got since."""
    changed(folder, "[payroll]", "[payroll, receipts]")
    page = words(visitor.get(f"/proposals/{branch}"))
    assert "1 person gains access" in page
    assert "Receipts" not in page.partition("What changes in the rules")[0]


def test_messages_and_names_of_strangers_are_text(folder, visitor, branch):
    git(folder, "switch", "--quiet", branch)
    (folder / "policies" / "access.yaml").write_text(
        "access: {}\n# <script>1</script> \u202e\n", encoding="utf-8"
    )
    git(folder, "add", "--all")
    git(
        folder,
        "commit",
        "--quiet",
        "-m",
        "<script>1</script>\n\n<b>\u202ebold\n",
        "--author",
        "&<i> <x@y.example>",
    )
    git(folder, "switch", "--quiet", "main")
    for page in (visitor.get("/proposals"), visitor.get(f"/proposals/{branch}")):
        assert "<script>1" not in page
        assert "<b>" not in page
        assert "\u202e" not in page
        assert "&lt;script&gt;1" in page


def test_who_goes_on_with_one_that_is_gone_starts_anew(folder, visitor, branch):
    visitor.get(f"/proposals/{branch}")
    visitor.send("/proposals/go-on")
    git(folder, "branch", "-D", branch)
    assert "You go on" not in visitor.get("/clients")
    begin(visitor, "remove-access", ["1042"], [BERTIL])
    say(visitor)
    assert save(visitor) != branch


def test_removing_the_one_that_one_goes_on_with(folder, visitor, branch):
    visitor.get(f"/proposals/{branch}")
    visitor.send("/proposals/go-on")
    git(folder, "merge", "--quiet", branch)
    visitor.get(f"/proposals/{branch}")
    visitor.send("/proposals/remove")
    assert "You go on" not in visitor.answer.text


def test_there_are_many(folder, visitor):
    tip = git(folder, "rev-parse", "HEAD").strip()
    for number in range(60):
        git(folder, "branch", f"access/one-{number}", tip)
    assert "60 are part of the rules" in words(visitor.get("/proposals"))
    begin(visitor, "remove-programs", ["1042"], [ANNA], ["invoicing"])
    assert "access/one" not in visitor.answer.text
