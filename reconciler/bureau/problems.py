"""Errors on the wire: problem+json (RFC 9457), each with a code that machines read.

A problem tells the caller what to change about the request, and never anything about the inside.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.bureau.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response


class Code(StrEnum):
    """Which problem; also the end of its type, `urn:reconciler:problem:CODE`."""

    INVALID_REQUEST = "invalid-request"
    NOT_SIGNED_IN = "not-signed-in"
    NOT_PERMITTED = "not-permitted"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    JOB_NOT_DONE = "job-not-done"
    LEASE_HELD = "lease-held"
    LEASE_LOST = "lease-lost"
    REVISION_GONE = "revision-gone"
    BODY_TOO_LARGE = "body-too-large"
    BLOCK_TOO_LARGE = "block-too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    INVALID_OPERATION = "invalid-operation"
    UNKNOWN_REVISION = "unknown-revision"
    IDEMPOTENCY_KEY_REUSED = "idempotency-key-reused"
    TOO_MANY_REQUESTS = "too-many-requests"
    INTERNAL_ERROR = "internal-error"
    UNAVAILABLE = "unavailable"


TITLES: dict[Code, tuple[int, str]] = {
    Code.INVALID_REQUEST: (400, "The request is not understood"),
    Code.NOT_SIGNED_IN: (401, "A valid token is needed"),
    Code.NOT_PERMITTED: (403, "The operator may not do this"),
    Code.NOT_FOUND: (404, "There is no such thing"),
    Code.METHOD_NOT_ALLOWED: (405, "The method does not apply here"),
    Code.JOB_NOT_DONE: (409, "The job is not done yet"),
    Code.LEASE_HELD: (409, "Somebody else applies to the bureau now"),
    Code.LEASE_LOST: (409, "The lease is in force no longer"),
    Code.REVISION_GONE: (410, "The revision being read is gone; start again"),
    Code.BODY_TOO_LARGE: (413, "The body is too large"),
    Code.BLOCK_TOO_LARGE: (413, "The block spans too many pairs"),
    Code.UNSUPPORTED_MEDIA_TYPE: (415, "The body must be JSON"),
    Code.INVALID_OPERATION: (422, "The operation is not valid"),
    Code.UNKNOWN_REVISION: (422, "The bureau has never been at the revision expected"),
    Code.IDEMPOTENCY_KEY_REUSED: (422, "The idempotency key belongs to another operation"),
    Code.TOO_MANY_REQUESTS: (429, "Too many requests"),
    Code.INTERNAL_ERROR: (500, "The server failed"),
    Code.UNAVAILABLE: (503, "The server cannot answer now"),
}
"""The status and the title of each problem."""


class Problem(Exception):
    """An answer that is an error.

    Args:
        code: which.
        detail: this case of it, for people.
        headers: to send along.
        errors: what is wrong in the body: (JSON Pointer, what is wrong there).
    """

    def __init__(
        self,
        code: Code,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = tuple(errors)

    def response(self) -> Response:
        """The problem as it is sent."""
        status, title = TITLES[self.code]
        body: dict[str, object] = {
            "type": f"urn:reconciler:problem:{self.code}",
            "title": title,
            "status": status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            body["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in self.errors]
        return Answer(body, status_code=status, headers=self.headers, media_type="application/problem+json")
