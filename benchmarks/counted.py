"""The command line, with the number of requests that it sent to the backend as the last line of stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reconciler.backends.bounded import BoundedTransport
from reconciler.commands.cli import run

if TYPE_CHECKING:
    import httpx


def main(arguments: list[str]) -> int:
    """Run a command line as it is, but count."""
    exchange, sent = BoundedTransport.handle_request, 0

    def counted(transport: BoundedTransport, request: httpx.Request) -> httpx.Response:
        nonlocal sent
        sent += 1
        return exchange(transport, request)

    BoundedTransport.handle_request = counted  # type: ignore[assignment,method-assign]  # the one place that all pass
    code = run(arguments)
    print(sent, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
