"""Policies in a line or two for tests, and what is told about them, as text."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reconciler.desired import load, resolve
from reconciler.errors import InputError, Severity
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.desired import Desired
    from reconciler.errors import Finding

DAY = date(2027, 1, 15)


def small_register() -> Register:
    """Three teams, one consultant who has left, a program outside the package."""
    return Register(
        bureau="byra",
        label="Byrå",
        timezone="Europe/Stockholm",
        consultants=Consultants.build(
            [
                Consultant("anna@x.se", "Anna", teams=("malmo",), leads=("malmo",), tags=("authorised",)),
                Consultant("bo@x.se", "Bo", teams=("malmo",)),
                Consultant("cia@x.se", "Cia", teams=("lund",), leads=("lund",), tags=("authorised",)),
                Consultant("dan@x.se", "Dan", teams=("lund", "malmo")),
                Consultant("eva@x.se", "Eva", teams=("lund",), active=False),
            ]
        ),
        clients=Clients.build(
            [
                Client("1041", "Ett", team="malmo", tags=("payroll",)),
                Client("1042", "Två", team="malmo"),
                Client("1051", "Tre", team="lund", tags=("payroll", "audit")),
                Client("1052", "Fyra", team="lund", tags=("audit",)),
                Client("1061", "Fem"),
            ]
        ),
        programs=Programs.build(
            [Program("books"), Program("pay"), Program("bills"), Program("bank", in_package=False)]
        ),
    )


def write(folder: Path, **texts: str | bytes) -> Path:
    """A policy folder: each keyword a file."""
    for name, text in texts.items():
        raw = text.encode() if isinstance(text, str) else text
        (folder / f"{name}.yaml").write_bytes(raw)
    return folder


def told(finding: Finding, folder: Path) -> str:
    """A finding on one line: `place code: message (hint)`; a warning starts with a question mark."""
    place = str(finding.position).replace(f"{folder.as_posix()}/", "") if finding.position else "-"
    hint = f" ({finding.hint})" if finding.hint else ""
    mark = "? " if finding.severity is Severity.WARNING else ""
    message = str(finding.message).replace(f"{folder.as_posix()}", ".")
    return f"{mark}{place} {finding.code}: {message}{hint}"


def complaints(folder: Path, register: Register | None = None, on: date = DAY) -> list[str]:
    """Everything that is told about a policy folder."""
    try:
        policy = load(folder)
        findings = resolve(policy, register, on).findings if register else policy.findings
    except InputError as error:
        findings = error.findings
    return [told(finding, folder) for finding in findings]


def desired(folder: Path, text: str, register: Register | None = None, on: date = DAY) -> Desired:
    """What one file says about the small register."""
    return resolve(load(write(folder, policy=text)), register or small_register(), on)


def cells(desired_or_access: object, register: Register | None = None) -> set[str]:
    """Rows as "consultant client program program", without mail domains."""
    register = register or small_register()
    names = register.programs.names
    return {
        " ".join(
            [
                register.consultants.names[who].removesuffix("@x.se"),
                register.clients.names[where],
                *(name for i, name in enumerate(names) if mask >> i & 1),
            ]
        )
        for who, where, mask in desired_or_access.rows()
    }
