"""Guardrails of the YAML as values: limits, what is protected, what is taken over; and denials of old keys."""

from __future__ import annotations

import numpy as np
import pytest

from reconciler.desired import Amount, Limits
from reconciler.desired.guardrails import EVERY_PROGRAM
from tests.support.policies import cells, complaints, desired, small_register, write

REG = small_register()


def test_limits_of_several_files_are_those_of_one(tmp_path):
    write(
        tmp_path,
        a="guardrails: {limits: {removals: 2.5%, removals-per-client: 10, grants: 5}}\n",
        b="guardrails: {limits: {removals-per-consultant: 50%, operations: 6, consultants-per-client: 1}}\n",
        c="guardrails: {limits: {system-administrators-per-client: 2}}\n",
    )
    assert desired(tmp_path, "bureau: byra\n").guardrails.limits == Limits(
        removals=Amount(2.5, percent=True),
        removals_per_client=Amount(10),
        removals_per_consultant=Amount(50, percent=True),
        grants=5,
        operations=6,
        consultants_per_client=1,
        system_administrators_per_client=2,
    )


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("limits: {grants: 1}", "limits: {grants: 1}", "b.yaml:1:23 defined-twice: grants is defined twice"),
        ("protected: {who: all}", "protected: {who: all}", "b.yaml:1:14 defined-twice: protected is defined"),
    ],
)
def test_a_guardrail_is_set_once(tmp_path, one, other, told):
    (found,) = complaints(write(tmp_path, a=f"guardrails: {{{one}}}\n", b=f"guardrails: {{{other}}}\n"))
    assert found.startswith(told)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{who: team:malmo.lead}", [("anna", "all", "")]),
        ("{clients: tag:audit, reason: x}", [("all", "1051 1052", "x")]),
        ("[{who: bo@x.se, clients: ['1041']}, {who: tag:authorised}]",
         [("bo", "1041", ""), ("anna cia", "all", "")]),
    ],
)  # fmt: skip
def test_what_is_protected(tmp_path, written, expected):
    found = desired(tmp_path, f"guardrails: {{protected: {written}}}\n").guardrails.protected
    assert [(people(one.consultants), companies(one.clients), one.reason) for one in found] == expected


def people(flags) -> str:
    names = REG.consultants.names
    return (
        "all" if flags.all() else " ".join(n.removesuffix("@x.se") for n in names.pick(np.flatnonzero(flags)))
    )


def companies(flags) -> str:
    return "all" if flags.all() else " ".join(REG.clients.names.pick(np.flatnonzero(flags)))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("byra", dict.fromkeys(REG.clients.names, "every")),
        ("{clients: tag:audit}", {"1051": "every", "1052": "every"}),
        ("{programs: [pay]}", dict.fromkeys(REG.clients.names, "pay")),
        ("{clients: ['1041'], programs: [pay, bills]}", {"1041": "bills pay"}),
        ("[{clients: ['1041']}, {programs: [pay]}]", {**dict.fromkeys(REG.clients.names, "pay"), "1041": "every"}),
    ],
)  # fmt: skip
def test_what_is_taken_over(tmp_path, written, expected):
    found = desired(tmp_path, f"manage: {{taken-over: {written}}}\n").guardrails.taken_over
    names = REG.programs.names
    assert {
        client: "every"
        if mask == EVERY_PROGRAM
        else " ".join(n for i, n in enumerate(names) if mask >> i & 1)
        for client, mask in zip(REG.clients.names, found.tolist(), strict=True)
        if mask
    } == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "manage: {taken-over: byran}\n",
            "a.yaml:1:22 unknown-bureau: “byran” is not the key of the bureau (did you mean “byra”?)",
        ),
        (
            "manage: {taken-over: all}\n",
            (
                "a.yaml:1:22 unknown-bureau: “all” is not the key of the bureau"
                " (for the whole bureau write byra; for a part of it clients and programs)"
            ),
        ),
        (
            "manage: {taken-over: [{clients: ['1041', '1043']}]}\n",
            "a.yaml:1:43 unknown-client: there is no client “1043” (did you mean “1041”?)",
        ),
        (
            "manage: {taken-over: {programs: [books, bank]}}\n",
            (
                "a.yaml:1:41 outside-package: “bank” is not in the bureau package"
                " (programs outside of it are neither given nor removed here)"
            ),
        ),
        (
            "guardrails: {protected: {who: anna@x.es}}\n",
            "a.yaml:1:31 unknown-consultant: there is no consultant “anna@x.es” (did you mean “anna@x.se”?)",
        ),
    ],
)
def test_names_that_are_not_there(tmp_path, text, told):
    assert complaints(write(tmp_path, a=text), REG) == [told]


RENAMED = (
    "manage: {unlisted: remove}\nrenames: {consultants: {cia@x.se: bo@x.se}, clients: {'1042': '1041'}}\n"
)
"""Bo becomes Cia, and 1041 becomes 1042; the register has all four."""


@pytest.mark.parametrize("who", ["cia@x.se", "bo@x.se", "team:lund & !dan@x.se & !eva@x.se"])
@pytest.mark.parametrize("client", ["1042", "1041"])
def test_a_denial_of_one_key_is_of_both(tmp_path, who, client):
    found = desired(tmp_path, RENAMED + f'never: {{d: {{who: "{who}", clients: ["{client}"]}}}}\n')
    assert cells(found.denied_pairs) == {"bo 1041", "bo 1042", "cia 1041", "cia 1042"}


def test_whoever_is_excepted_under_one_key_is_so_under_both(tmp_path):
    found = desired(
        tmp_path, RENAMED + 'never: {d: {who: "!cia@x.se", clients: ["1061"], programs: [pay]}}\n'
    )
    assert cells(found.denied_programs) == {"anna 1061 pay", "dan 1061 pay", "eva 1061 pay"}


def test_a_denial_that_has_ended_denies_neither(tmp_path):
    rule = "{who: cia@x.se, clients: ['1061'], until: 2026-12-31, reason: x}"
    assert cells(desired(tmp_path, RENAMED + f"never: {{d: {rule}}}\n").denied_pairs) == set()


def test_what_is_not_managed_is_not_denied_under_the_old_key_either(tmp_path):
    text = RENAMED.replace("remove}", "remove, clients: tag:audit, consultants: team:lund}")
    found = desired(tmp_path, text + "never: {d: {who: all, clients: all}}\n")
    assert cells(found.denied_pairs) == {
        f"{who} {client}" for who in ("cia", "dan", "eva") for client in ("1051", "1052")
    }


def test_assignments_still_mean_what_they_say(tmp_path):
    found = desired(tmp_path, RENAMED + "access: {r: {who: cia@x.se, clients: ['1042'], programs: [pay]}}\n")
    assert cells(found.access) == {"cia 1042 pay"}


def test_the_old_key_of_somebody_protected_is_protected(tmp_path):
    found = desired(tmp_path, RENAMED + "guardrails: {protected: {who: cia@x.se, clients: ['1042']}}\n")
    (one,) = found.guardrails.protected
    assert (people(one.consultants), companies(one.clients)) == ("bo cia", "1041 1042")
