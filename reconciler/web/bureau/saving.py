"""From a draft to jobs: blocks that the server takes, all of them or none, and the same ones however often it is sent."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from reconciler.bureau.bodies import Expect, OperationRequest
from reconciler.bureau.jobs import submit_all
from reconciler.grid import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.bureau.endpoint import Server
    from reconciler.bureau.operators import SignedIn
    from reconciler.web.drafts import Draft


def save(server: Server, operator: SignedIn, draft: Draft, revision: int) -> str:
    """Have done what a draft says; once more changes nothing.

    Args:
        server: of the bureau.
        operator: who saves.
        draft: ready to be saved.
        revision: at which it was looked at; what somebody else has changed since is left as it is.

    Returns:
        The page that tells what becomes of it.

    Raises:
        Problem: where the server does not take it.
    """
    requests = list(requests_of(draft, revision, server.settings.block_pairs))
    single = len(requests) == 1
    keys = [draft.key if single else f"{draft.key}.{number}" for number in range(1, len(requests) + 1)]
    jobs = submit_all(server.store, operator, zip(keys, requests, strict=True))
    server.worker.wake()
    return f"/jobs/{jobs[0]['id']}" if single else f"/saved/{draft.key}"


def requests_of(draft: Draft, revision: int, most: int) -> Iterator[OperationRequest]:
    """The operations that a draft is, client by client, none with more pairs than `most`."""
    assert draft.kind is not None
    programs = () if draft.kind is OperationKind.REMOVE_ACCESS else draft.programs or ()
    for consultants in _cut(draft.consultants, most):
        for clients in _cut(sorted(draft.marks.clients), most // len(consultants)):
            yield OperationRequest(
                kind=draft.kind,
                consultants=tuple(consultants),
                clients=tuple(clients),
                programs=programs,
                other_programs_too=False,
                expect=Expect(revision, draft.key),
            )


def shown_of(draft: Draft) -> str:
    """What was chosen, as the page that checks says that it has shown it; another one as soon as anything is."""
    chosen = [draft.kind, sorted(draft.marks.clients), draft.consultants, draft.programs]
    return hashlib.sha256(json.dumps(chosen).encode()).hexdigest()


def _cut(keys: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), most):
        yield keys[start : start + most]
