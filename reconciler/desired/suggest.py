"""Did you mean …?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired.characters import latin
from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Collection

_ALIKE_ENOUGH = 70.0


def did_you_mean(name: str, known: Collection[str]) -> Message | None:
    """The known name that is most like this one, as a hint; None where none is.

    Args:
        name: what was written.
        known: what could have been meant, in a stable order.
    """
    from rapidfuzz import fuzz, process

    twin = latin(name)
    if twin != name and twin in known:
        return Message("it only looks like “{name}”", name=twin)
    # a mask of one edit in a short word would be below the cut, so short words are compared more kindly
    cut = _ALIKE_ENOUGH if len(name) > 4 else 50.0
    best = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=cut)
    return None if best is None else Message("did you mean “{name}”?", name=best[0])
