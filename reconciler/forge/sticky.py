"""The one comment of a kind, the one issue about drift, the one pull request of a branch: found, and written anew.

What was written is looked for before anything is written, and again where it is not known whether it was: a new
comment is never sent twice blindly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from reconciler.errors import ForgeError, Message, NoAnswer
from reconciler.forge.markers import Marker, bureau_of_issue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.forge.markers import Kind
    from reconciler.forge.seam import Comment, Forge, Issue, PullRequest

One = TypeVar("One", "Comment", "Issue", "PullRequest")


def comments_of(comments: Sequence[Comment], kind: Kind, bureau: str) -> tuple[Comment, ...]:
    """The comments that carry the marker of a kind and a bureau, whoever wrote them."""
    return tuple(
        one
        for one in comments
        if (marker := Marker.of(one.body)) and (marker.kind, marker.bureau) == (kind, bureau)
    )


def put_comment(forge: Forge, number: int, marker: Marker, text: str) -> str:
    """Write the comment of a kind: the one that is there anew, or a new one.

    Args:
        forge: where.
        number: of the pull request.
        marker: what it is, and what it was made from.
        text: what it says; its first line is made here.

    Returns:
        The address of the comment.

    Raises:
        ForgeError: where there are several of ours, or the forge does not take it.
    """
    body = fitting(f"{marker}\n{text}", forge)

    def write() -> str:
        found = comments_of(forge.comments(number), marker.kind, marker.bureau)
        ours = only([one for one in found if one.author == forge.me()])
        if ours is None:
            return forge.add_comment(number, body)
        if not _same(ours.body, body):
            forge.edit_comment(number, ours, body)
        return ours.url

    return twice(write)


def put_issue(forge: Forge, bureau: str, title: str, body: str, labels: Sequence[str]) -> str:
    """Write the issue about the drift of a bureau: the open one anew, or a new one; its address.

    Raises:
        ForgeError: where there are several of ours, or the forge does not take it.
    """
    body = fitting(body, forge)

    def write() -> str:
        ours = only(issues_of(forge, bureau))
        if ours is None:
            return forge.open_issue(title, body, labels)
        if not (_same(ours.body, body) and ours.title == title):
            forge.edit_issue(ours.number, title, body)
        return ours.url

    return twice(write)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A branch that is proposed.

    Attributes:
        branch: which; it has been pushed.
        base: the branch that it is for.
        title: in one line.
        text: what it says.
        labels: for a new one.
    """

    branch: str
    base: str
    title: str
    text: str
    labels: tuple[str, ...] = ()


def put_pull_request(forge: Forge, proposed: Proposed) -> str:
    """Open a pull request for a branch, or give the open one another title and text; its address.

    Raises:
        ForgeError: where somebody else proposes the branch, or the forge does not take it.
    """
    text = fitting(proposed.text, forge)

    def write() -> str:
        found = [one for one in forge.pull_requests_from(proposed.branch) if one.base == proposed.base]
        for other in found:
            if other.author != forge.me():
                raise ForgeError(
                    Message(
                        "{url} proposes the branch already, and is by {author}",
                        url=other.url,
                        author=other.author,
                    )
                )
        ours = only(found)
        if ours is None:
            ours = forge.open_pull_request(proposed.branch, proposed.base, proposed.title, text)
            if proposed.labels:
                forge.label(ours.number, proposed.labels)
        else:
            forge.edit_pull_request(ours.number, proposed.title, text)
        return ours.url

    return twice(write)


def issues_of(forge: Forge, bureau: str) -> list[Issue]:
    """Our open issues about the drift of a bureau."""
    found = [one for one in forge.open_issues() if bureau_of_issue(one.body) == bureau]
    return [one for one in found if one.author == forge.me()]


def twice(write: Callable[[], str]) -> str:
    """Do it again where it is not known whether it was done; it has to look first."""
    try:
        return write()
    except NoAnswer:
        return write()


def only(ours: Sequence[One]) -> One | None:
    """The one of ours, None where there is none.

    Raises:
        ForgeError: where there are several; which of them is the true one is for people to say.
    """
    if len(ours) > 1:
        raise ForgeError(
            Message("there are several of ours: {urls}", urls=", ".join(one.url for one in ours)),
            hint=Message("see which one is right, and delete the others"),
        )
    return ours[0] if ours else None


def fitting(text: str, forge: Forge) -> str:
    """A text as it is sent: no command to the forge, and not longer than it takes.

    Raises:
        ForgeError: where it is too long.
    """
    body = forge.plain(text)
    if len(body) > forge.longest:
        raise ForgeError(
            Message(
                "the text has {n} characters, and {place} takes {most}",
                n=len(body),
                place=forge.name,
                most=forge.longest,
            ),
            hint=Message("--format markdown --fits makes one that fits"),
        )
    return body


def _same(one: str, other: str) -> bool:
    """Whether two bodies say the same; forges change ends of lines, and cut off what is empty at the end."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
