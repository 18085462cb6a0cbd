"""What is sent to a forge, or handed on, read from a file; and the name of the bureau that it is about."""

from __future__ import annotations

import re
import sys
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands.language import N_
from reconciler.commands.options import option
from reconciler.errors import InputError, Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from reconciler.commands.options import F

LARGEST = 16_000_000
"""Bytes of a text that are read: far more than any forge takes."""


class Matching(click.ParamType["str"]):
    """A text that matches a pattern whole.

    Args:
        pattern: which.
        name: what stands for it in the help.
        example: one that matches.
    """

    def __init__(self, pattern: str, name: str, example: str) -> None:
        self._pattern = re.compile(pattern, re.ASCII)
        self.name = name
        self._example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """From text; fails as click does."""
        text = str(value)
        if not self._pattern.fullmatch(text):
            wrong = gettext("{value!r} cannot be used here; it is written as {example}.")
            self.fail(wrong.format(value=text, example=self._example), param, ctx)
        return text


NAME = Matching(r"[A-Za-z0-9._-]{1,100}", "NAME", "exempelbyran")
BRANCH = Matching(r"(?!-)(?!.*\.\.)[A-Za-z0-9._/+@#-]{1,250}", "BRANCH", "main")
ADDRESS = Matching(r"https?://[^\s<>()\"'`\\]{1,2000}", "URL", "https://example.org/")
COMMIT = Matching(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", "COMMIT", "3f786850e387550fdab836ed7e6dc881de23001b")

bureau = option(
    "--bureau",
    type=NAME,
    default="bureau",
    show_default=True,
    help=N_("Which bureau it is about, where a repository has several."),
)


def labels(*default: str) -> Callable[[F], F]:
    """The option that names labels."""
    return option(
        "--label",
        "labels",
        env="RECONCILER_LABEL",
        metavar="NAME",
        multiple=True,
        default=default,
        show_default=bool(default),
        help=N_("A label for it when it is opened; may be repeated."),
    )


def body(*, required: bool) -> Callable[[F], F]:
    """The option that names the file with the text."""
    return option(
        "--body",
        "text",
        env="RECONCILER_BODY",
        metavar="FILE",
        required=required,
        help=N_("File with the text, in Markdown; - for standard input."),
    )


def read_text(name: str) -> str:
    """A text from a file, or from standard input where that is named “-”.

    Raises:
        InputError: where it cannot be read, is too large or no text.
    """
    try:
        if name == "-":
            content = _read(sys.stdin.buffer, name)
        else:
            with Path(name).open("rb") as file:
                content = _read(file, name)
        return content.decode("utf-8")
    except OSError as error:
        raise InputError(Message("{path} cannot be read: {why}", path=name, why=error.strerror)) from None
    except UnicodeDecodeError:
        raise InputError(Message("{path} is not text in UTF-8", path=name)) from None


def _read(file: BinaryIO, name: str) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InputError(Message("{path} is larger than {most} bytes", path=name, most=LARGEST))
    return content
