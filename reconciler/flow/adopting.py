"""A drift adopted: the YAML as it would say what the bureau has, to be shown before anything is written."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.back import Wanted, Wording, draft
from reconciler.desired.source import read
from reconciler.errors import InputError, Message
from reconciler.flow.files import replace_all, write_new
from reconciler.formats.safe import clean
from reconciler.grid import PAIR_CHANGES, Access, Half
from reconciler.plan import build
from reconciler.plan.drift import Kind, Told
from reconciler.regular import shown
from reconciler.rights import Reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from reconciler.adopt.back import Draft
    from reconciler.desired import Policy
    from reconciler.flow.drifting import Found
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan
    from reconciler.plan.drift import Drift
    from reconciler.plan.values import Why

_JUDGED = frozenset({Reason.PROTECTED, Reason.NEVER_TOGETHER, Reason.REQUIREMENT, Reason.EXPRESSION})
"""Reasons for which a plan would hold a change back that nobody has made yet: then nobody adopts it either."""


@dataclass(frozen=True, slots=True, eq=False)
class Adoption:
    """What would be written, and what stays out.

    Attributes:
        draft: the YAML as it would be.
        refused: by why a guardrail holds it back, what is not adopted.
        plan: that judged it, which knows the names.
    """

    draft: Draft
    refused: Mapping[Why, Access]
    plan: Plan


def wording_of(day: dt.date, path: Path, reason: str, say: Catalogue) -> Wording:
    """How an adoption is said in the files, in a language."""
    why = (
        say("{reason} (adopted on {day})", reason=reason, day=day)
        if reason
        else say("adopted on {day}, as the bureau had it", day=day)
    )
    comment = clean(say("the bureau has it otherwise: {reason}", reason=why))
    return Wording(say.message, why, comment, shown(path))


def adoption_of(found: Found, wording: Wording, wanted: Wanted, refused: Mapping[Why, Access]) -> Adoption:
    """What can be adopted: all that is wanted, less what guardrails would hold back were it not there yet."""
    current, day = found.current, found.drift.plan.date
    made = draft(found.policy, current.register, current.access, day, wanted=wanted, wording=wording)
    judged = build(made.desired, replace(current, access=_before(current.access, wanted)), day)
    held = {
        why: rows
        for why, blocked in judged.changes.blocked.items()
        if why.reason in _JUDGED and len(rows := _within(why, blocked, wanted))
    }
    if not held:
        return Adoption(made, refused, judged)
    none = Access.empty(current.register.shape)
    together = {why: refused.get(why, none).union(held.get(why, none)) for why in (*refused, *held)}
    return adoption_of(found, wording, _without(wanted, held), together)  # ends, as each takes something away


def wanted_of(drift: Drift) -> Wanted:
    """What differs, as far as somebody has made it so: what is merely not applied yet is not adopted away."""
    shape = drift.plan.register.shape
    took = {Kind.REMOVED} if drift.told is Told.TOLD else {Kind.REMOVED, Kind.MISSING}
    given = [item.block for item in drift.items if item.kind in {Kind.GIVEN, Kind.UNMANAGED}]
    taken = [item for item in drift.items if item.kind in took]
    rows = Access.from_blocks(shape, [item.block for item in taken])
    whole = Access.from_blocks(shape, [item.block for item in taken if item.access])
    return Wanted(Access.from_blocks(shape, given), rows, whole.masks_at(rows.keys)[1])


def _before(access: Access, wanted: Wanted) -> Access:
    """The bureau as if none of it had happened."""
    masks = wanted.given.masks_at(access.keys)[0]
    rest = Access(access.shape, access.keys, access.masks & ~masks)
    given = rest.inside(wanted.given)
    kept = rest.outside(wanted.given).union(given.where(given.masks != np.uint64(0)))
    return kept.union(wanted.taken)


def _within(why: Why, rows: Access, wanted: Wanted) -> Access:
    """What of a change that is held back is of what would be adopted."""
    of = wanted.given if why.change.half is Half.GRANTS else wanted.taken
    common = rows.inside(of)
    same = Access(common.shape, common.keys, common.masks & of.masks_at(common.keys)[0])
    return same if why.change in PAIR_CHANGES else same.where(same.masks != np.uint64(0))


def _without(wanted: Wanted, held: Mapping[Why, Access]) -> Wanted:
    """What is left to adopt where some of it is held back."""
    given, taken = wanted.given, wanted.taken
    for why, rows in held.items():
        if why.change.half is Half.GRANTS:
            given = _less(given, rows, whole=why.change in PAIR_CHANGES)
        else:
            taken = _less(taken, rows, whole=why.change in PAIR_CHANGES)
    whole = wanted.taken.where(wanted.pairs)
    return Wanted(given, taken, whole.masks_at(taken.keys)[1])


def _less(state: Access, rows: Access, *, whole: bool) -> Access:
    if whole:
        return state.outside(rows)
    rest = state.less(rows)
    touched = rest.inside(rows)
    return rest.outside(rows).union(touched.where(touched.masks != np.uint64(0)))


Edited = tuple[str, str]
"""The text of a file before and after; "" before for one that is new."""


def changes_of(policy: Policy, made: Draft, path: Path) -> dict[str, Edited]:
    """The files that change, by name."""
    sources = {
        entry.document.source.file: entry.document.source.text
        for section in policy.sections.values()
        for entry in section.values()
    }
    found = {name: (sources[name], text) for name, text in sorted(made.edited.items())}
    return {**found, **({shown(path): ("", made.added)} if made.added else {})}


def difference(name: str, before: str, after: str) -> Iterator[str]:
    """The lines that change, as git shows them."""
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), name if before else "/dev/null", name, lineterm=""
    )
    yield from map(clean, lines)


def write_changes(changes: Mapping[str, Edited], path: Path) -> None:
    """Write all of it or nothing: a file that is not what was shown any more stops it before the first one."""
    for name, (before, _) in changes.items():
        source = read(Path(name), Path(name).parent)[0] if before else None
        if before and (source is None or source.text != before):
            raise InputError(
                Message("{path} has changed meanwhile; nothing was written", path=name),
                Message("look again, and adopt what is shown then"),
            )
    edited = {Path(name): after for name, (before, after) in changes.items() if before}
    added = changes.get(shown(path))
    if added is not None:
        write_new(path, added[1])
    try:
        replace_all(edited)
    except BaseException:
        if added is not None:
            path.unlink(missing_ok=True)
        raise
