"""`python -m reconciler`, and the entry point of the command `reconciler`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and end the process with its exit code.

    One command lives for seconds, and what it builds it keeps: looking for cyclic garbage would cost a
    fifth of its time and free nothing. `bureau serve`, which lives for long, switches it on again.
    """
    gc.disable()
    from reconciler.commands.cli import run

    code = run(sys.argv[1:])
    # CPython remembers an interrupt that came out of any text it executed, such as that of a dataclass, as one that nobody
    # caught, and `python -m` then dies of SIGINT whatever the exit code; it forgets it with the next text
    exec("")  # noqa: S102
    sys.exit(code)


if __name__ == "__main__":
    main()
