"""A canary in every token that a test makes, looked for in whatever the test leaves behind.

Registered as a plugin in `tests/conftest.py`. Each token that a bureau gives out while tests run begins with a word that
stands nowhere else. After each test, what it printed (its processes too), logged and raised, and every file that it
left in a folder for the time of tests, is searched for a token; where one is found, the test fails. Files that are
there to hold tokens, `*.token`, are left out: what stands in them, whoever made it, is looked for everywhere else.

A test that has to show a token says why: `@pytest.mark.shows_tokens("why")`. What a test reads by means that are not
known here, such as a terminal of its own, it hands over with `heard`.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Self

import pytest

WORD = "canary-token-"
"""What each token of a test begins with."""

LONGEST = 50_000_000
"""Bytes of a file that are searched."""

_TOKEN = re.compile(rb"canary-token-[\w-]{8,}")
_LONG_WORD = re.compile(rb"[\w-]{20,}")
_FOR_TOKENS = ".token"
_AROUND = 60


def token(name: str) -> str:
    """A token for a test that has no bureau to give it one; it is looked for like the others.

    Args:
        name: tells it from others of the same test.
    """
    return f"{WORD}{name}-0123456789"


class _Listening:
    """What the running test has said and left so far.

    Attributes:
        folders: those that tests have made, with what was searched of each: the time and size of its files.
        passing: those of them that pytest made, which nobody uses when their module is over.
    """

    def __init__(self) -> None:
        self.folders: dict[Path, dict[str, tuple[int, int]]] = {}
        self.passing: set[Path] = set()
        self._told: list[tuple[str, bytes]] = []
        self._found: list[str] = []
        self._tokens: set[bytes] = set()

    def hear(self, where: str, text: str | bytes | None) -> None:
        """Keep what was said until the test is over."""
        if text:
            self._told.append((where, text if isinstance(text, bytes) else text.encode("utf-8", "replace")))

    def search(self) -> list[str]:
        """Search all that was said and the files that have changed; what was found is told once."""
        for folder in self.folders:
            self.search_files(folder)
        for where, text in self._told:
            self._search(where, text)
        found, self._found, self._told = self._found, [], []
        return found

    def end_module(self) -> None:
        """Nothing is made any more in the folders of a module, and its tokens are not used any more."""
        for folder in self.passing:
            self.folders.pop(folder, None)
        self.passing.clear()
        self._tokens.clear()

    def search_files(self, folder: Path) -> None:
        """Search the files in one of the folders that have changed since they were last searched."""
        seen = self.folders[folder]
        changed = dict(mark for mark in _files(folder) if seen.get(mark[0]) != mark[1])
        seen |= changed
        for path in changed:
            if path.endswith(_FOR_TOKENS):
                words = _LONG_WORD.findall(b"".join(_contents(path)))
                self._tokens |= {word for word in words if not word.startswith(WORD.encode())}
        for path in changed:
            self._search("the name of a file", os.fsencode(path))
            if not path.endswith(_FOR_TOKENS):
                for text in _contents(path):
                    self._search(path, text)

    def _search(self, where: str, text: bytes) -> None:
        places = [match.span() for match in _TOKEN.finditer(text)] if WORD.encode() in text else []
        found = ((text.find(one), len(one)) for one in self._tokens)
        places += [(at, at + length) for at, length in found if at >= 0]
        for start, end in places[:1]:
            around = text[max(0, start - _AROUND) : start] + b"<TOKEN>" + text[end : end + _AROUND]
            self._found.append(f"{where}: {around!r}")


def _files(folder: str | Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """The regular files below a folder, each with its time and size; what cannot be read is left out."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            elif entry.is_file(follow_symlinks=False):
                stat = entry.stat()
                yield entry.path, (stat.st_mtime_ns, stat.st_size)


def _contents(path: str) -> Iterator[bytes]:
    """The bytes of a file; of the journal also what it holds compressed."""
    with suppress(OSError), Path(path).open("rb") as file:
        yield file.read(LONGEST)
    if path.endswith("journal.db"):
        with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=0)) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            for table in tables:
                for row in db.execute(f"SELECT * FROM {table}"):
                    for value in row:
                        with suppress(zlib.error):
                            yield zlib.decompress(value) if isinstance(value, bytes) else b""


_listening = _Listening()
heard = _listening.hear


# -- what listens -----------------------------------------------------------------------------------------------


class _Log(logging.Handler):
    """Hears every record, with the errors that come with it."""

    def emit(self, record: logging.LogRecord) -> None:
        heard("a log record", record.getMessage())
        if record.exc_info:
            _hear_error("an error in a log record", record.exc_info[1])


class _Stream:
    """The output of a process, as it is read; everything else is the stream's own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.readline, self._stream.read(0))

    def read(self, *size: int) -> Any:
        return self._heard(self._stream.read(*size))

    def readline(self, *size: int) -> Any:
        return self._heard(self._stream.readline(*size))

    def _heard(self, text: Any) -> Any:
        heard("what a process printed", text)
        return text


def _hear_error(where: str, error: BaseException | None) -> None:
    """Hear an error, what is noted on it, and those that it came from."""
    heard_of = set[int]()
    while error is not None and id(error) not in heard_of:
        heard_of.add(id(error))
        hint = getattr(error, "hint", "")
        heard(where, "\n".join([f"{error}", f"{error!r}", f"{hint}", *getattr(error, "__notes__", ())]))
        error = error.__cause__ or error.__context__


def _after(patch: pytest.MonkeyPatch, owner: Any, name: str, then: Callable[..., Any]) -> None:
    """Have a function called after another, with its result and its arguments; what it returns is the result."""
    whole = getattr(owner, name)

    def call(*arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        return then(whole(*arguments, **named), *arguments)

    patch.setattr(owner, name, call)


def _made(folder: str, *_: Any) -> str:
    _listening.folders[Path(folder)] = {}
    return folder


def _made_by_pytest(folder: Path, *_: Any) -> Path:
    _listening.folders[folder] = {}
    _listening.passing.add(folder)
    return folder


def _captured(captured: Any, *_: Any) -> Any:
    for text in captured:
        heard("captured output", text)
    return captured


def _communicated(outputs: Any, *_: Any) -> Any:
    for text in outputs:
        heard("what a process printed", text)
    return outputs


def _started(_nothing: None, process: Any, *_: Any) -> None:
    process.stdout = process.stdout and _Stream(process.stdout)
    process.stderr = process.stderr and _Stream(process.stderr)


def _raised(result: Any, _context: Any, _kind: Any, error: BaseException | None, *_: Any) -> Any:
    _hear_error("an error", error)
    return result


def _remove(whole: Callable[..., None]) -> Callable[..., None]:
    """As `shutil.rmtree`; what is in a folder of a test is searched before it goes."""

    def remove(path: Any, *arguments: Any, **named: Any) -> None:
        with suppress(TypeError, OSError):
            gone = Path(path)
            for folder in [one for one in _listening.folders if one == gone or one in gone.parents]:
                _listening.search_files(folder)
            _listening.folders.pop(gone, None)
        whole(path, *arguments, **named)

    return remove


def pytest_configure(config: pytest.Config) -> None:
    """Begin to listen."""
    config.addinivalue_line("markers", "shows_tokens(why): the canary does not look at this test")
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    give_out = secrets.token_urlsafe
    patch.setattr(secrets, "token_urlsafe", lambda size: (WORD if size == 32 else "") + give_out(size))
    _after(patch, pytest.CaptureFixture, "readouterr", _captured)
    _after(patch, pytest.RaisesExc, "__exit__", _raised)
    _after(patch, subprocess.Popen, "__init__", _started)
    _after(patch, subprocess.Popen, "communicate", _communicated)
    _after(patch, pytest.TempPathFactory, "mktemp", _made_by_pytest)
    _after(patch, tempfile, "mkdtemp", _made)
    patch.setattr(shutil, "rmtree", _remove(shutil.rmtree))
    root, handler, level = logging.getLogger(), _Log(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    config.add_cleanup(lambda: (root.removeHandler(handler), root.setLevel(level)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, bool, bool]:
    """Forget a module when it is over."""
    result = yield
    if nextitem is None or nextitem.path != item.path:
        _listening.end_module()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Search when a test is over, its fixtures too; what was found makes it fail."""
    report = yield
    if report.when == "teardown":
        for name, text in report.sections:
            heard(name, text)
        found = _listening.search()
        own = getattr(item, "funcargs", {}).get("tmp_path")
        _listening.folders.pop(own, None)
        if found and report.passed and not item.get_closest_marker("shows_tokens"):
            report.outcome = "failed"
            report.longrepr = "\n".join(["a token shows up where none may be:", *dict.fromkeys(found)])
    return report
