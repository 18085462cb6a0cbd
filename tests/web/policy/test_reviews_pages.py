"""Access reviews on pages: as the commands say them, decided row by row, signed once, and kept where git keeps things."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest

from reconciler.review import Decision
from reconciler.review.file import read_review
from tests.support.reader import forms_of
from tests.support.repositories import git
from tests.web.policy.conftest import pages, reading

PATH = "/reviews/team/malmo"
BY = "lead@x.example"


def status(reconciler) -> dict:
    return json.loads(reconciler("review", "status", "--format", "json").out)


def listed(reconciler) -> dict:
    return json.loads(reconciler("review", "list", "--team", "malmo", "--format", "json").out)["reviews"][0]


def the_form(reader, path: str = PATH):
    return next(form for form in forms_of(reader.get(path).text) if form.action == path)


def send(reader, do: str = "sign", *, path: str = PATH, decision: str = "keep", by: str = BY, **changes: str):
    """Send the form with everything decided alike, but for what is named."""
    form = the_form(reader, path)
    said = dict(form.fields) | {name: decision for name in form.choices if name.startswith("d-") and decision}
    return reader.post(path, data={**said, "by": by, "do": do, **changes})


def rows(reader, path: str = PATH) -> list[str]:
    return [name for name in the_form(reader, path).choices if name.startswith("d-")]


def branches(folder) -> list[str]:
    return git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads/access").split()


def test_how_they_stand_is_what_the_command_says(reconciler, reader):
    told = status(reconciler)
    assert reader.get("/reviews.json").json() == told
    page = reader.get("/reviews").text
    for one in told["standings"]:
        (kind, name), *_ = one["scope"].items()
        assert f'href="/reviews/{kind}/{quote(name, safe="")}"' in page
    assert "3 of 3 reviews are to be done" in page


def test_the_rows_are_those_of_the_list_and_nothing_is_decided_beforehand(reconciler, reader):
    review = listed(reconciler)
    page = reader.get(PATH).text
    assert len(rows(reader)) == len(review["access"])
    assert review["digest"] in page
    assert "checked" not in page.replace('role="', "")


def test_from_the_form_to_a_sign_off_on_a_branch(reconciler, reader, folder):
    review, before = listed(reconciler), git(folder, "status", "--porcelain")
    removed = rows(reader)[0]
    page = send(reader, **{removed: "remove", removed.replace("d-", "n-", 1): "<b>left</b> in May"})
    assert page.status_code == 200
    assert page.url.path.startswith("/reviews/signed/")
    assert f"{len(review['access']) - 1} to keep, 1 to remove" in page.text
    assert "&lt;b&gt;left&lt;/b&gt; in May" in page.text
    assert git(folder, "status", "--porcelain") == before  # nobody's working tree is touched
    (branch,) = branches(folder)
    name = f"reviews/{review['date']}-team-malmo.yaml"
    assert git(folder, "diff", "--name-only", "main", branch).split() == [name]
    (folder / "signed.yaml").write_text(git(folder, "show", f"{branch}:{name}"), encoding="utf-8")
    signed = read_review(folder / "signed.yaml")
    assert signed.review.digest == review["digest"]
    assert (signed.by, signed.at.isoformat()) == (BY, review["date"])
    assert [made.decision for made in signed.made].count(Decision.REMOVE) == 1
    assert f'href="/proposals/{quote(branch)}"' in reader.get("/reviews").text
    # merged, it counts
    git(folder, "merge", "--quiet", branch)
    states = {one["scope"]["team"]: one["state"] for one in status(reconciler)["standings"]}
    assert states["malmo"] in {"done", "open"}
    assert "waiting to become part" not in reader.get("/reviews").text
    assert reader.get("/reviews.json").json() == status(reconciler)
    message = git(folder, "log", "-1", "--format=%B", branch)
    assert message.startswith("Access review of the team malmo, signed\n")
    assert f"signed by {BY}" in " ".join(message.split())


def test_where_there_is_no_git_it_is_a_file(reconciler, example):
    with pages() as (url, _, links), reading(url, links) as reader:
        assert "It is kept in the file" in send(reader).text
    assert [path.name for path in (example / "reviews").iterdir()] == [
        f"{listed(reconciler)['date']}-team-malmo.yaml"
    ]
    assert status(reconciler)["standings"][1]["state"] == "done"


def test_it_is_signed_once(reader, folder):
    form = dict(the_form(reader).fields)
    said = {**form, **dict.fromkeys(rows(reader), "keep"), "by": BY, "do": "sign"}
    paths = {reader.post(PATH, data=said).url.path for _ in range(3)}
    assert len(paths) == 1
    assert len(branches(folder)) == 1


def test_what_is_not_decided_is_not_signed(reader, folder):
    first, *_ = rows(reader)
    page = send(reader, decision="", by="", **{first: "keep"})
    assert page.status_code == 422
    assert "rows are not decided yet" in page.text
    assert "Write who signs it" in page.text
    assert send(reader, decision="", **{first: "maybe"}).status_code == 422
    assert branches(folder) == []


def test_what_is_filled_in_is_kept_until_it_is_signed(reader, site):
    url, _, links = site
    first, second, *_ = rows(reader)
    page = send(
        reader, "keep", decision="", by="", **{second: "remove", second.replace("d-", "n-", 1): "why"}
    )
    assert "Kept for this session: 1 of" in page.text
    form = the_form(reader)
    assert (second, "remove") in form.fields
    assert (second.replace("d-", "n-", 1), "why") in form.fields
    assert first not in dict(form.fields)
    assert "begun" in reader.get("/reviews").text
    with reading(url, links) as other:
        assert second not in dict(the_form(other).fields)


def test_where_the_list_has_changed_it_is_not_signed_and_decisions_stay(reconciler, reader, folder):
    form = dict(the_form(reader).fields) | dict.fromkeys(rows(reader), "keep")
    assert reconciler("apply", "--team", "malmo", "--only", "grants", "--yes").code in {0, 3}
    page = reader.post(PATH, data={**form, "by": BY, "do": "sign"})
    assert page.status_code == 422
    assert "The list is not as it was shown" in page.text
    assert "checked" in page.text
    assert branches(folder) == []


def test_what_was_kept_before_may_be_kept_at_once_and_nothing_else(reconciler, reader, folder):
    removed = rows(reader)[1]
    send(reader, **{removed: "remove"})
    git(folder, "merge", "--quiet", branches(folder)[0])
    form = the_form(reader)
    assert form.choices["unchanged"] == ["keep"]
    assert "unchanged" not in dict(form.fields)  # it is not ticked beforehand
    page = reader.post(PATH, data={**dict(form.fields), "by": BY, "do": "sign", "unchanged": "keep"})
    assert page.status_code == 422
    assert "1 row is not decided yet" in page.text
    assert "kept on" in page.text


def test_names_are_text(reader, folder):
    (folder / "policies" / "odd.yaml").write_text(
        'access:\n  odd:\n    who: gun.alm@exempelbyran.example\n    clients: ["1041"]\n    programs: [payroll]\n'
        '    reason: "<script>alert(1)</script>"\n    until: 2090-01-01\n',
        encoding="utf-8",
    )
    assert "<script>alert" not in reader.get(PATH).text
    page = send(reader, "keep", by="<img src=x onerror=alert(1)>").text
    assert "<img" not in page
    assert "&lt;img" in page


@pytest.mark.parametrize(
    "path", ["/reviews/team/nobody", "/reviews/other/malmo", "/reviews/client/0", "/reviews/signed/x"]
)
def test_what_is_not_there(reader, path):
    assert reader.get(path).status_code in {400, 404}
    assert "Traceback" not in reader.get(path).text


def test_a_client_alone_can_be_reviewed(reconciler, reader, folder):
    page = send(reader, path="/reviews/client/1042")
    assert "1042" in page.text
    review = json.loads(reconciler("review", "list", "--client", "1042", "--format", "json").out)["reviews"][
        0
    ]
    name = f"reviews/{review['date']}-client-1042.yaml"
    assert re.search(re.escape(review["digest"]), git(folder, "show", f"{branches(folder)[0]}:{name}"))


def test_what_is_to_go_opens_the_dialog_with_it(reader, folder):
    page = reader.get(PATH).text
    given = next(
        key
        for key in rows(reader)
        if "no rule gives it" not in page.split(f'name="{key}"')[0].rsplit("<tr", 1)[1]
    )
    page = send(reader, **{given: "remove"})
    assert "take it out of the rule" in page.text
    answer = reader.send_form(f"{page.url.path}/draft", block="1")
    assert re.fullmatch(r"/manage/[^/]+/check", answer.url.path)
    assert answer.status_code == 200
    assert reader.send_form(f"{page.url.path}/draft", block="2").status_code == 404
