"""`amend`: the one function that tells the story from a choice to edited files."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from reconciler.amend.asked import asked_of
from reconciler.amend.cells import Cells
from reconciler.amend.check import check
from reconciler.amend.fresh import Fresh, fresh
from reconciler.amend.give import Edit, Giver, missing_of
from reconciler.amend.remarks import refuse_denied, remarks_of, same_reason
from reconciler.amend.take import Taker
from reconciler.amend.values import Amended, Deed, DeedKind
from reconciler.amend.wording import Words
from reconciler.desired import resolve
from reconciler.desired.folder import with_texts
from reconciler.desired.pause import no_garbage_collection
from reconciler.errors import Finding, InputError, Message, Position

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from reconciler.amend.asked import Asked
    from reconciler.amend.values import Choice, Wording
    from reconciler.desired import Desired, Policy
    from reconciler.grid import Register


_MARK = "\ufeff"


def amend(policy: Policy, register: Register, on: date, choice: Choice, wording: Wording) -> Amended:
    """Write what was chosen into a policy; nothing beside it is given or taken, on that day and on every later one.

    Args:
        policy: as it is, from `load`.
        register: whom and what there is.
        on: the day.
        choice: what was chosen.
        wording: how it is said.

    Returns:
        The edited files; none where the policy says it already.

    Raises:
        InputError: with everything that is wrong with the choice, each denial that forbids it, or where the
            files are written so that nothing fits.
    """
    with no_garbage_collection():
        return _amend(policy, register, on, choice, wording)


def _amend(policy: Policy, register: Register, on: date, choice: Choice, wording: Wording) -> Amended:
    before = resolve(policy, register, on)
    asked = asked_of(choice, policy, register, on, before)
    remarks = refuse_denied(asked, policy, before) if asked.gives else []
    cells = Cells.of(asked, before)
    words = Words(asked, wording, policy, whole=before.scope.programs == register.programs.package)
    missing = missing_of(asked, cells) if asked.gives else None
    edits, new = list[Edit](), None
    texts: dict[str, str] = {}
    if missing is None:
        edits = list(Taker(asked, policy, before, words).edits())
        texts = _texts(edits)
    elif len(missing):
        giver = Giver(asked, policy, before, words)
        left = missing
        for edit, left in giver.readmit(missing):  # noqa: B007 - what is left in the end counts
            edits.append(edit)
        extended = giver.extend(left) if len(left) else None
        if extended is not None and all(edit.entry is not extended.entry for edit in edits):
            edits.append(extended)
            left = left.where(left.keys < 0)
        texts = _texts(edits)
        if len(left):
            new = fresh(words, policy, left, texts)
            texts[new.file] = new.text
    remarks += remarks_of(asked, policy, before, cells, 0 if missing is None else len(missing))
    after = with_texts(policy, texts) if texts else policy
    found = resolve(after, register, on) if texts else before
    if texts:
        check(asked, (policy, after), before, found)
    added = texts.pop(new.file) if new is not None and new.added else ""
    return Amended(
        edited=_marked(policy, texts),
        added=added,
        policy=after,
        desired=found,
        before=before,
        how=tuple(sorted(_deeds(edits, new, after), key=lambda deed: deed.position)),
        remarks=(*remarks, *_said_already(asked, before, edits)),
    )


def _same_lines(file: str) -> Finding:
    """What there is to say where several rules that are to be edited share their lines."""
    message = Message("several rules of {file} that stand on one line cannot be edited at once", file=file)
    return Finding("not-editable", message, Position(file), Message("“reconciler fmt” brings it into shape"))


def _texts(edits: list[Edit]) -> dict[str, str]:
    """The new texts of files, whose parts are put in from the end to the beginning."""
    splices = defaultdict(list)
    texts: dict[str, str] = {}
    for edit in edits:
        splices[edit.splice.file].append(edit.splice)
        texts[edit.splice.file] = edit.entry.document.source.text
    for file, parts in splices.items():
        text, end = texts[file], None
        for part in sorted(parts, key=lambda part: -part.start):
            if end is not None and part.end > end:
                raise InputError.of([_same_lines(file)])
            text, end = text[: part.start] + part.text + text[part.end :], part.start
        texts[file] = text
    return texts


def _deeds(edits: list[Edit], new: Fresh | None, after: Policy) -> Iterator[Deed]:
    for edit in edits:
        name = edit.entry.name
        entry = after.assignments.get(name, edit.entry)
        yield Deed(edit.kind, name, edit.message, entry.position)
    if new is not None:
        message = Message("a new rule “{rule}” was written", rule=new.name)
        yield Deed(DeedKind.WRITTEN, new.name, message, after.assignments[new.name].position)


def _said_already(asked: Asked, before: Desired, edits: list[Edit]) -> Iterator[Finding]:
    rules = {rule.name: rule for rule in reversed(before.rules)}
    for edit in edits:
        if edit.kind is DeedKind.EXTENDED:
            remark = same_reason(asked, rules[edit.entry.name], edit.entry)
            yield from [] if remark is None else [remark]


def _marked(policy: Policy, texts: Mapping[str, str]) -> dict[str, str]:
    """Texts of files, with the byte order mark where they had one: reading has left it out."""
    marked = {
        finding.position.file
        for finding in policy.findings
        if finding.code == "byte-order-mark" and finding.position is not None
    }
    return {file: (_MARK if file in marked else "") + text for file, text in sorted(texts.items())}
