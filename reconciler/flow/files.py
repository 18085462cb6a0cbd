"""Write files whole or not at all, and secrets so that only their owner can read them."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message
from reconciler.private import write_private

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping


def free_file(folder: Path, file: str | None, day: dt.date) -> Path:
    """The file to write: the one that is named, or one for the day that is not there yet."""
    if file is not None:
        if Path(file).name != file or file.startswith("."):
            raise InputError(Message("--file takes a name without folders: {name}", name=file))
        return folder / (file if file.endswith(".yaml") else f"{file}.yaml")
    path, number = folder / f"adopted-{day}.yaml", 1
    while path.exists():
        number += 1
        path = folder / f"adopted-{day}-{number}.yaml"
    return path


def write_new(path: Path, text: str, *, secret: bool = False) -> None:
    """Write a file that is not there yet.

    Args:
        path: where; folders above it are made.
        text: what.
        secret: only the owner may read it.

    Raises:
        InputError: where it is there already, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes the file readable by its owner alone; linking it in place never overwrites
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            if not secret:
                Path(name).chmod(0o666 & ~_umask())
            os.link(name, path)
        finally:
            Path(name).unlink()
    except FileExistsError:
        raise InputError(Message("{path} is there already; nothing was overwritten", path=path)) from None
    except OSError as error:
        raise InputError(Message("{path} cannot be written: {why}", path=path, why=error.strerror)) from None


def write_all_new(files: Mapping[Path, str]) -> None:
    """Write files that are not there yet: all of them, or none.

    Raises:
        InputError: where one of them is there already, or cannot be written; none is left behind.
    """
    written: list[Path] = []
    try:
        for path, text in files.items():
            write_new(path, text)
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def replace_all(files: Mapping[Path, str | bytes]) -> None:
    """Give files new contents, and leave what they are otherwise: each whole or not at all; make those not there.

    Raises:
        InputError: where one of them cannot be written; then none has been replaced, unless it was the last step.
    """
    ready: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, content in files.items():
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            ready.append((Path(name), target))
            with os.fdopen(handle, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
            Path(name).chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        for made, target in ready:
            made.replace(target)
    except OSError as error:
        raise InputError(Message("{path} cannot be written: {why}", path=path, why=error.strerror)) from None
    finally:
        for made, _ in ready:
            made.unlink(missing_ok=True)


def write_over(path: Path, content: bytes) -> None:
    """Write a file that others may read, whole or not at all; one that is there is replaced.

    Raises:
        InputError: where it cannot be written, or something that is no file stands there.
    """
    with writing(path):
        target = _file(path)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all; one that is there is replaced.

    Raises:
        InputError: where it cannot be written, or something that is no file stands there.
    """
    with writing(path):
        write_private(_file(path), [content], lasting=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell of a file that it cannot be written, and why.

    Raises:
        InputError: in place of what the system says.
    """
    try:
        yield
    except OSError as error:
        raise InputError(Message("{path} cannot be written: {why}", path=path, why=error.strerror)) from None


def _file(path: Path) -> Path:
    """Where a file stands or shall stand, behind links."""
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise InputError(Message("{path} is not a file", path=path))
    return target


def write_tokens(folder: Path, tokens: Mapping[str, str]) -> None:
    """Write each operator's token into a file of its own, NAME.token."""
    for name, token in tokens.items():
        write_new(folder / f"{name}.token", f"{token}\n", secret=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
