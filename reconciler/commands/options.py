"""The options that several commands share; flag over environment over file (see `settings`)."""

from __future__ import annotations

import re
from datetime import date
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler.commands.comments import for_comments
from reconciler.commands.help import Argument, Option
from reconciler.commands.language import N_
from reconciler.commands.printing import not_onto_a_terminal, to

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

_FIGURE = re.compile("[0-9]{1,12}")

_WHILE = re.compile("([0-9]{1,6})([smh])")
_UNITS = {"s": 1, "m": 60, "h": 3600}
_LONGEST_PAUSE = 86_400
"""Seconds."""

F = TypeVar("F", bound="Callable[..., Any]")


class Day(click.ParamType["date"]):
    """A day, written as 2027-03-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """From text; fails as click does."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            text = gettext("{value!r} is not a day such as 2027-03-31.").format(value=value)
            self.fail(text, param, ctx)


class Pause(click.ParamType["float"]):
    """A while, written as 90s, 15m or 2h; in seconds."""

    name = "while"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """From text; fails as click does."""
        if isinstance(value, float):
            return value
        found = _WHILE.fullmatch(value)
        seconds = int(found[1]) * _UNITS[found[2]] if found else 0
        if not 1 <= seconds <= _LONGEST_PAUSE:
            text = gettext("{value!r} is not a while such as 90s, 15m or 2h, of at most a day.")
            self.fail(text.format(value=value), param, ctx)
        return float(seconds)


class Allowed(click.ParamType["tuple[str, str]"]):
    """A guardrail and its figure, written as removals=120."""

    name = "NAME=FIGURE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """From text; fails as click does."""
        if isinstance(value, tuple):
            return value
        from reconciler.guardrails.allow import FIGURES, TAKEOVER

        name, sign, figure = value.partition("=")
        if name not in {*FIGURES, TAKEOVER}:
            from reconciler.desired.suggest import did_you_mean

            text = gettext("There is no guardrail {name!r}.").format(name=name)
            hint = did_you_mean(name, [*FIGURES, TAKEOVER])
            if hint:
                text += " " + gettext("Did you mean {name}?").format(name=hint.values["name"])
            self.fail(text, param, ctx)
        if not sign or not figure or (name in FIGURES and not _FIGURE.fullmatch(figure)):
            text = gettext("{value!r} is not a name and a figure such as removals=120.").format(value=value)
            self.fail(text, param, ctx)
        return name, figure

    def shell_complete(
        self, _ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names, for a shell to complete."""
        from click.shell_completion import CompletionItem

        from reconciler.guardrails.allow import FIGURES, TAKEOVER

        return [CompletionItem(f"{n}=") for n in (*FIGURES, TAKEOVER) if n.startswith(incomplete)]


def option(*names: str, env: str = "", **attributes: Any) -> Callable[[F], F]:
    """An option with an environment variable of the same name for all commands, RECONCILER_NAME."""
    longest = max(names, key=len).lstrip("-").split("/")[0]
    variable = env or "RECONCILER_" + longest.upper().replace("-", "_")
    attributes.setdefault("envvar", variable)
    return click.option(*names, cls=Option, show_envvar=True, **attributes)


def argument(name: str, **attributes: Any) -> Callable[[F], F]:
    """An argument; it has no environment variable."""
    return click.argument(name, cls=Argument, **attributes)


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, shown in this order."""

    def decorate(function: F) -> F:
        for one in reversed(options):
            function = one(function)
        return function

    return decorate


language = option(
    "--lang", type=click.Choice(["sv", "en"]), expose_value=False, help=N_("Language of help and output.")
)

config = option(
    "--config",
    type=click.Path(path_type=Path),
    help=N_("Configuration file; reconciler.yaml if it is there."),
)

audit_log = option(
    "--audit-log",
    type=click.Path(path_type=Path),
    help=N_("File of the audit log; in the state folder if nothing is said."),
)

policies = option(
    "--policies", type=click.Path(path_type=Path), help=N_("Folder of the YAML; policies if nothing is said.")
)

register = option(
    "--register",
    type=click.Path(path_type=Path),
    help=N_("Folder of the register; register beside the YAML if nothing is said."),
)

where = together(
    config,
    policies,
    option(
        "--backend",
        "kind",
        env="RECONCILER_BACKEND",
        help=N_("Kind of backend: embedded, http, or one that is installed."),
    ),
    option("--url", help=N_("Address of the bureau's API, for the backend http.")),
    option("--database", help=N_("SQLite file of the bureau, for the backend embedded.")),
    option(
        "--token-file",
        type=click.Path(path_type=Path),
        help=N_("File that holds the token, readable by you alone; RECONCILER_TOKEN goes before it."),
    ),
    option(
        "--as",
        "operator",
        env="RECONCILER_AS",
        metavar="NAME",
        help=N_("Use the token of this operator of the configuration; plan and apply take “all” as well."),
    ),
    option(
        "--no-cache",
        is_flag=True,
        help=N_("Keep nothing of what the backend says on this machine, and use nothing that was kept."),
    ),
)

consultants = option(
    "--consultant",
    "consultants",
    env="RECONCILER_CONSULTANT",
    multiple=True,
    help=N_("This consultant only; may be repeated."),
)
clients = option(
    "--client",
    "clients",
    env="RECONCILER_CLIENT",
    multiple=True,
    help=N_("This client only; may be repeated."),
)
programs = option(
    "--program",
    "programs",
    env="RECONCILER_PROGRAM",
    multiple=True,
    help=N_("This program only; may be repeated."),
)

filters = together(
    consultants,
    clients,
    option(
        "--team",
        "teams",
        env="RECONCILER_TEAM",
        multiple=True,
        help=N_("Consultants of this team only; may be repeated."),
    ),
    option(
        "--tag",
        "tags",
        env="RECONCILER_TAG",
        multiple=True,
        help=N_("Clients with this tag only; may be repeated."),
    ),
)

as_of = option(
    "--as-of",
    type=Day(),
    help=N_("Plan as if it were this day; today in the bureau's time zone if nothing is said."),
)
ahead = option(
    "--ahead",
    type=click.IntRange(0, 3660),
    default=14,
    show_default=True,
    help=N_("Name what ends within so many days."),
)
only = option("--only", type=click.Choice(["grants", "removals"]), help=N_("One half of the plan."))
full = option("--full", is_flag=True, help=N_("Fold no lists."))
allow = option(
    "--allow",
    type=Allowed(),
    multiple=True,
    help=N_(
        "What a guardrail stops is meant this once, such as removals=120: exactly the figure that it showed."
        " takeover=KEY lets go what no rule mentions, of a bureau, a client or a program. May be repeated."
    ),
)
expect = option(
    "--expect",
    metavar="DIGEST",
    help=N_(
        "Do exactly what this digest stands for, or nothing: plan shows it, and whoever approves names it."
    ),
)
allowed_signers = option(
    "--allowed-signers",
    type=click.Path(path_type=Path),
    help=N_(
        "Only a plan file that somebody named in this file has signed; see ssh-keygen(1), ALLOWED SIGNERS."
    ),
)


def formats(*names: str, how: str = N_("How to print it.")) -> Callable[[F], F]:
    """In which format a command prints; the first name is the one if nothing is said."""
    return option(
        "--format",
        "form",
        env="RECONCILER_FORMAT",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        callback=not_onto_a_terminal,
        help=how,
    )


output = formats("text", "json")
_FOR_EXCEL = N_("How to print it; xlsx is for Excel, and csv too, in Swedish with semicolons.")
_FOR_PLANS = N_(
    "How to print it; markdown is a comment for a pull request; html is a page to look at, in one file; xlsx and csv are for Excel; sarif, github and gitlab"
    " show at file and line what is wrong or blocked."
)
_FOR_FINDINGS = N_("How to print it; sarif, github and gitlab show at file and line what is wrong.")
output_tables = together(formats("text", "json", "csv", "xlsx", how=_FOR_EXCEL), to)
output_review = together(
    formats(
        "text", "json", "html", "csv", "xlsx", "yaml",
        how=N_("How to print it; html is a page to read; xlsx and yaml are to be filled in and signed, csv is for Excel."),
    ),
    to,
)  # fmt: skip
output_plan = together(
    formats("text", "json", "markdown", "html", "csv", "xlsx", "sarif", "github", "gitlab", how=_FOR_PLANS),
    for_comments,
    to,
)
output_applied = together(
    formats("text", "json", "markdown", how=N_("How to print it; markdown is a comment for a pull request.")),
    for_comments,
    to,
)
output_findings = together(formats("text", "json", "sarif", "github", "gitlab", how=_FOR_FINDINGS), to)
output_tests = together(
    formats("text", "json", "junit", how=N_("How to print it; junit is for CI servers.")), to
)
