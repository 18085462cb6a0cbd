"""`reconciler validate`: is the YAML sound; offline, or against the bureau's register too."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Policy
    from reconciler.errors import Finding
    from reconciler.flow.settings import Settings
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register


@click.command(
    "validate",
    cls=Command,
    help=N_(
        "Check the YAML, and tell everything that is wrong with it at once.\n\n"
        "Where a backend is configured, the names of consultants, clients, teams, tags and programs are"
        " checked against its register too; offline, or where there is none, against the register's files, if there are"
        " any (see “register pull”)."
    ),
)
@options.where
@options.register
@options.as_of
@options.option("--offline", is_flag=True, help=N_("Ask no backend, even where one is configured."))
@options.output_findings
@options.language
@click.pass_obj
def command(say: Catalogue, /, offline: bool, form: str, **flags: Any) -> int:
    """Check and tell."""
    from reconciler.commands.flags import where
    from reconciler.desired import load
    from reconciler.errors import InputError
    from reconciler.flow.settings import read_settings
    from reconciler.formats import show_findings
    from reconciler.guardrails.expressions.policy import check

    settings = read_settings(where(flags))
    findings: tuple[Finding, ...]
    against = _choose(settings, offline=offline)
    try:
        policy = load(settings.policies)
        check(policy)
        findings = _LOOKS[against](policy, settings, flags["as_of"])
        failed = False
    except InputError as error:
        findings, failed = error.findings, True
    told = show_findings(findings, form, say)
    if form == "text" and not failed:
        told += _verdict(say, len(findings), against) + "\n"
    put(told)
    return Exit.ERROR if failed else Exit.OK


class _Against(Enum):
    """What the names in the YAML are checked against."""

    BACKEND = auto()
    FILES = auto()
    NOTHING = auto()


def _choose(settings: Settings, *, offline: bool) -> _Against:
    if settings.kind is not None and not offline:
        return _Against.BACKEND
    return _Against.FILES if settings.register.is_dir() else _Against.NOTHING


def _against_backend(policy: Policy, settings: Settings, as_of: dt.date | None) -> tuple[Finding, ...]:
    from reconciler.backends import open_backend
    from reconciler.flow.settings import backend_config

    with open_backend(backend_config(settings)) as backend:
        register = backend.current().register
    return _against(policy, register, as_of)


def _against_files(policy: Policy, settings: Settings, as_of: dt.date | None) -> tuple[Finding, ...]:
    from reconciler.register import read_register

    return _against(policy, read_register(settings.register), as_of)


def _against(policy: Policy, register: Register, as_of: dt.date | None) -> tuple[Finding, ...]:
    from reconciler.desired import resolve
    from reconciler.desired.findings import in_order
    from reconciler.flow.world import today
    from reconciler.guardrails.expressions.policy import check_names
    from reconciler.guardrails.review import review

    date = as_of or today(register)
    desired = check_names(policy, register, resolve(policy, register, date))
    return tuple(in_order((*desired.findings, *review(desired, date))))


def _by_itself(policy: Policy, _: Settings, as_of: dt.date | None) -> tuple[Finding, ...]:
    import datetime as dt

    from reconciler.desired.findings import in_order
    from reconciler.guardrails.offline import review_offline

    date = as_of or dt.datetime.now().astimezone().date()
    return tuple(in_order((*policy.findings, *review_offline(policy, date))))


_LOOKS = {
    _Against.BACKEND: _against_backend,
    _Against.FILES: _against_files,
    _Against.NOTHING: _by_itself,
}


def _verdict(say: Catalogue, warnings: int, against: _Against) -> str:
    sound = say.count("The YAML is sound; {n} warning.", "The YAML is sound; {n} warnings.", warnings)
    match against:
        case _Against.BACKEND:
            return sound
        case _Against.FILES:
            files = say("Names were checked against the register's files, not against the backend.")
            return f"{sound} {files}"
        case _Against.NOTHING:
            nothing = say("Names were not checked against a register.")
            return f"{sound} {nothing}"
