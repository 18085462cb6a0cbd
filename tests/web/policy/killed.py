"""`reconciler web` as a process that is killed when it has sent so many operations: python -m tests.web.policy.killed N."""

from __future__ import annotations

import os
import signal
import sys

from reconciler.commands.cli import run
from reconciler.exchange.bounded import BoundedTransport


def main() -> None:
    """Serve until then."""
    exchange, left = BoundedTransport.handle_request, [int(sys.argv[1])]

    def handle(transport, request):
        response = exchange(transport, request)
        if request.url.path == "/v1/operations":
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
        return response

    BoundedTransport.handle_request = handle
    sys.exit(run(["web", "--port", "0"]))


if __name__ == "__main__":
    main()
