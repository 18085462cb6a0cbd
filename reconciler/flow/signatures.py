"""Signatures of plan files, with the SSH keys that people have for git: `ssh-keygen -Y`, which must be there.

It is run without a shell, with files whose names we chose and arguments that cannot be taken for options. A key that is
locked is asked for by ssh-keygen itself, on the terminal or through the agent; without a terminal it fails, it never
waits.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from reconciler.errors import InputError, Message, ReconcilerError

NAMESPACE = "reconciler-plan"
"""What a signature is for: one made for a commit or a file does not count here, nor the other way round."""

_SECONDS = 60.0
"""How long ssh-keygen may take where there is nobody to ask."""

_LARGEST = 100_000
"""Bytes of a signature; those of the longest keys have a few thousand."""


def signature_of(file: Path) -> Path:
    """Where the signature of a plan file stands."""
    return file.with_name(f"{file.name}.sig")


def sign(content: bytes, key: Path) -> bytes:
    """Sign the bytes of a plan file.

    Args:
        content: all of the file.
        key: file of a private key; or of a public one whose private key the agent has.

    Raises:
        InputError: where that cannot be done, with what ssh-keygen said.
    """
    if not key.is_file():
        raise InputError(Message("there is no key {path}", path=key))
    code, signature, said = _run(["sign", "-n", NAMESPACE, "-f", str(key.absolute())], content)
    if code or not signature:
        raise InputError(
            Message("the plan could not be signed with {path}: {why}", path=key, why=said),
            Message("where there is nobody to ask, a locked key must be in the agent: ssh-add"),
        )
    return signature


def verify(content: bytes, file: Path, allowed: Path) -> str:
    """Make sure that somebody who may has signed a plan file, and tell who.

    Args:
        content: all of the file.
        file: where it stands; its signature stands beside it.
        allowed: who may, as in ssh-keygen(1) under ALLOWED SIGNERS.

    Returns:
        The signer, as the file of those who may calls them.

    Raises:
        InputError: where it is not signed, not by one of those, or was changed since.
    """
    if not allowed.is_file():
        raise InputError(Message("there is no file {path} of those who may sign", path=allowed))
    hint = Message("sign it when it is made: plan --out FILE --sign-with KEY")
    signature = _signature(signature_of(file), hint)
    with tempfile.TemporaryDirectory() as folder:
        # what is checked is what was read, whatever becomes of the file meanwhile
        path = Path(folder) / "plan.sig"
        path.write_bytes(signature)
        these = ["-s", str(path), "-f", str(allowed.absolute())]
        code, found, said = _run(["find-principals", *these], b"")
        if code:
            message = Message(
                "{file} is not signed by anybody in {allowed}: {why}", file=file, allowed=allowed, why=said
            )
            raise InputError(message, hint)
        for signer in found.decode("utf-8", errors="replace").splitlines():
            code, _, said = _run(["verify", *these, "-I", signer, "-n", NAMESPACE], content)
            if not code:
                return signer
    raise InputError(
        Message("the signature of {file} is not one of this plan: {why}", file=file, why=said),
        Message("the file was changed after it was signed, or the signature is for something else"),
    )


def _signature(path: Path, hint: Message) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise InputError(Message("the plan is not signed: there is no {path}", path=path), hint) from None
    except OSError as error:
        raise InputError(Message("{path} cannot be read: {why}", path=path, why=error.strerror)) from None
    if len(content) > _LARGEST:
        raise InputError(Message("{path} is no signature: it is too large", path=path), hint)
    return content


def _run(arguments: list[str], content: bytes) -> tuple[int, bytes, str]:
    """Run `ssh-keygen -Y`: its exit code, what it printed, and the last line that it complained with."""
    program = shutil.which("ssh-keygen")
    if program is None:
        raise ReconcilerError(
            Message("ssh-keygen is not there, and signatures need it"),
            Message("it comes with OpenSSH, version 8.9 or newer"),
        )
    asks = sys.stdin.isatty()
    # nobody looks at a window that opens on a server
    environment = {**os.environ, "LC_ALL": "C"} | ({} if asks else {"SSH_ASKPASS_REQUIRE": "never"})
    try:
        done = subprocess.run(  # noqa: S603 - no shell; each argument that others chose follows its option
            [program, "-Y", *arguments],
            input=content,
            capture_output=True,
            timeout=None if asks else _SECONDS,
            env=environment,
            start_new_session=not asks,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, b"", "it took too long"
    except OSError as error:
        return 1, b"", error.strerror or type(error).__name__
    lines = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
    told = [line for line in lines if line != "Signing data on standard input"]
    return done.returncode, done.stdout, told[-1][:300] if told else f"exit {done.returncode}"
