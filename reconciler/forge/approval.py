"""Which digest a merged pull request approved.

Whoever merges a pull request agrees to the plan that our comment on it shows. So the comment counts only where it was
written by our account and edited by nobody else, is about exactly the commit that was merged, was there before the
merge, and shows everything. In doubt nothing was approved.

What it cannot see: somebody who may push a workflow can have it comment in our name. docs/ci-commands.md tells what
keeps that out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Message, NotApproved
from reconciler.forge.markers import Kind, Marker, Shown, digest_in
from reconciler.forge.sticky import comments_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reconciler.forge.seam import Comment, Forge, PullRequest


@dataclass(frozen=True, slots=True)
class Asked:
    """What must hold.

    Attributes:
        bureau: whose plan.
        base: the branch that it must have been merged into.
        account: whose comment counts.
        reviewed: whether somebody else than the author must have approved it.
    """

    bureau: str
    base: str
    account: str
    reviewed: bool = False


def merged_as(forge: Forge, commit: str) -> PullRequest:
    """The pull request that a commit came from.

    Raises:
        NotApproved: where there is none, or several.
    """
    found = forge.merged_as(commit)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotApproved(
            Message("no pull request was merged as {commit}", commit=commit),
            hint=Message("what was pushed without one was approved by nobody"),
        )
    urls = ", ".join(one.url for one in found)
    raise NotApproved(
        Message("several pull requests were merged as {commit}: {urls}", commit=commit, urls=urls)
    )


def approved_digest(forge: Forge, pull_request: PullRequest, asked: Asked) -> str:
    """The digest that was approved by merging a pull request.

    Raises:
        NotApproved: where nothing was, or not so that it counts.
    """
    merged = _merged(pull_request, asked.base)
    comment = _our_comment(forge.comments(pull_request.number), pull_request, asked)
    written = _last_written(forge, pull_request, comment, asked.account)
    if written > merged:
        raise _refused(
            comment, Message("it was last written after the merge, when nobody could object any more")
        )
    digest = _digest(comment, pull_request)
    if asked.reviewed:
        _check_reviewed(forge, pull_request, written)
    return digest


def _merged(pull_request: PullRequest, base: str) -> datetime:
    """When it was merged into the right branch."""
    if pull_request.merged is None:
        raise NotApproved(Message("{url} is not merged", url=pull_request.url))
    if pull_request.base != base:
        raise NotApproved(
            Message(
                "{url} was merged into {branch}, not into {base}",
                url=pull_request.url,
                branch=pull_request.base,
                base=base,
            )
        )
    return pull_request.merged


def _our_comment(comments: Sequence[Comment], pull_request: PullRequest, asked: Asked) -> Comment:
    found = comments_of(comments, Kind.PLAN, asked.bureau)
    ours = [one for one in found if one.author == asked.account]
    if len(ours) == 1:
        return ours[0]
    if ours:
        raise NotApproved(
            Message("there are several plans of ours on {url}", url=pull_request.url),
            hint=Message("they are: {urls}", urls=", ".join(one.url for one in ours)),
        )
    hint = Message("a comment counts where {account} wrote it", account=asked.account)
    if found:
        others = ", ".join(one.author or "?" for one in found)
        hint = Message(
            "{others} wrote one, and only those of {account} count", others=others, account=asked.account
        )
    raise NotApproved(Message("there is no plan on {url}", url=pull_request.url), hint=hint)


def _last_written(forge: Forge, pull_request: PullRequest, comment: Comment, account: str) -> datetime:
    edit = forge.last_edit(pull_request.number, comment)
    if edit is None:
        return comment.created
    if edit.by != account:
        raise _refused(comment, Message("{account} has edited it", account=edit.by or "?"))
    return edit.at


def _digest(comment: Comment, pull_request: PullRequest) -> str:
    """What stands in the comment, if it is all about the head and nothing is left out."""
    marker = Marker.of(comment.body)
    if marker is None or marker.commit != pull_request.head:
        raise _refused(comment, Message("it is about another commit than {commit}", commit=pull_request.head))
    match digest_in(comment.body):
        case Shown.PART:
            raise _refused(comment, Message("it does not show everything, so it approves nothing"))
        case Shown.SEVERAL:
            raise _refused(comment, Message("several digests stand in it"))
        case digest:
            return digest


def _check_reviewed(forge: Forge, pull_request: PullRequest, written: datetime) -> None:
    """Somebody else has said yes to this head, when the plan was there to be read."""
    yes = [
        one
        for one in forge.approvals(pull_request)
        if one.by != pull_request.author and one.commit == pull_request.head
    ]
    if any(one.at >= written for one in yes):
        return
    if yes:
        raise NotApproved(
            Message("{url} was approved before its plan was there", url=pull_request.url),
            hint=Message("by {names}", names=", ".join(one.by for one in yes)),
        )
    raise NotApproved(
        Message("nobody but its author has approved {url} as it was merged", url=pull_request.url),
        hint=Message(
            "what counts is a review of {commit} by a person who may write", commit=pull_request.head
        ),
    )


def _refused(comment: Comment, why: Message) -> NotApproved:
    return NotApproved(Message("the plan at {url} does not count: {why}", url=comment.url, why=why))
