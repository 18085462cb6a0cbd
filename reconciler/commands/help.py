"""Click's classes, with help texts and placeholders such as FILE in the reader's language.

What click says by itself is in `click_words`.
"""

from __future__ import annotations

import copy
import importlib
import keyword
import os
import re
from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.errors import ReconcilerError
from reconciler.formats.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Self


def _translated(text: str | None) -> str | None:
    """A help text in the language of click's own words (see `language.speak`)."""
    return catalogue(os.environ.get("LANGUAGE", "en")).text(text) if text else text


def _placeholder(text: str) -> str:
    """A placeholder, such as "COMMAND [ARGS]...", with its capital words translated."""
    return re.sub(r"[A-Z]+(?: [A-Z]+)*", lambda word: _translated(word[0]) or "", text)


class Argument(click.Argument):
    """An argument whose placeholder is translated."""

    def make_metavar(self, ctx: click.Context) -> str:
        """What stands for it in the usage line and in errors."""
        return _placeholder(super().make_metavar(ctx))


class Option(click.Option):
    """An option that shows its environment variable, and whose help is translated when it is shown."""

    def make_metavar(self, ctx: click.Context) -> str:
        """What stands for its value in the help."""
        return _placeholder(super().make_metavar(ctx))

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """How errors name it: its flags, and its environment variable, where the value may come from."""
        flags = click.Parameter.get_error_hint(self, ctx)
        if not self.show_envvar or not self.envvar:
            return flags
        variable = gettext("env var: {var}").format(var=self.envvar)
        return f"{flags} ({variable})"

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option's two columns of the help."""
        shown = copy.copy(self)
        shown.help = _translated(self.help)
        return super(Option, shown).get_help_record(ctx)


class Command(click.Command):
    """A command whose help is translated when it is shown."""

    def _in_language(self) -> Self:
        shown = copy.copy(self)
        shown.help = _translated(self.help)
        shown.epilog = _translated(self.epilog)
        return shown

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; where it fails, and answers in a format that somebody waits for, the failure is in that format too."""
        try:
            return super().invoke(ctx)
        except ReconcilerError as error:
            from reconciler.commands.printing import put_error

            put_error(error, ctx.params.get("form"), ctx.obj)
            raise

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option --help; click words it once, here it is worded each time."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = _translated("Show this message and exit.")
        return option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What follows the name of the command in the usage line."""
        return [_placeholder(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the help, for the list of commands; never cut in the middle."""
        del limit
        text = self._in_language().help or ""
        return text.partition("\n")[0].rstrip(".")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help."""
        super(Command, self._in_language()).format_help_text(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What stands below the options."""
        super(Command, self._in_language()).format_epilog(ctx, formatter)


class Group(Command, click.Group):
    """A group whose help is translated when it is shown."""

    command_class = Command


class Lazy(Group):
    """A group whose commands are imported when they are called, or shown in its help: starting must stay quick.

    Args:
        arguments: as click takes them.
        package: where the modules are; each is called as its command and holds it as `command`.
        names: of the commands, in the order in which they are shown.
        attributes: as click takes them.
    """

    def __init__(self, *arguments: Any, package: str, names: Sequence[str], **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.package, self.names = package, tuple(names)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in their order."""
        del ctx
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None where there is none."""
        del ctx
        if cmd_name not in self.names:
            return None
        module = cmd_name.replace("-", "_") + ("_" if keyword.iskeyword(cmd_name) else "")
        command: click.Command = importlib.import_module(f"{self.package}.{module}").command
        return command
