"""`--allow`: names of guardrails with exactly the figure that they showed."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from reconciler.commands.options import Allowed
from reconciler.commands.plan import command as plan
from tests.commands.conftest import DAY


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("removals=120", ("removals", "120")),
        ("removals-per-client=0", ("removals-per-client", "0")),
        ("shrunken=5", ("shrunken", "5")),
        ("takeover=1042", ("takeover", "1042")),
        ("takeover=a=b", ("takeover", "a=b")),
    ],
)
def test_a_name_and_a_figure(written, read):
    assert Allowed().convert(written, None, None) == read


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("removal=120", "There is no guardrail 'removal'. Did you mean removals?"),
        ("max-removals=120", "There is no guardrail 'max-removals'."),
        ("takover=x", "There is no guardrail 'takover'. Did you mean takeover?"),
        ("=5", "There is no guardrail ''."),
        ("removals", "'removals' is not a name and a figure such as removals=120."),
        ("removals=", "'removals=' is not a name and a figure"),
        ("removals=2%", "'removals=2%' is not a name and a figure"),
        ("removals=-1", "'removals=-1' is not a name and a figure"),
        ("removals=1e3", "'removals=1e3' is not a name and a figure"),
        ("removals=" + "9" * 5000, "is not a name and a figure"),
        ("takeover=", "'takeover=' is not a name and a figure"),
    ],
)
def test_anything_else_is_wrong_usage(reconciler, example, written, told):
    ran = reconciler("plan", *DAY, "--allow", written)
    assert (ran.code, ran.out) == (64, "")
    assert told in ran.err


def test_the_environment_may_hold_several(reconciler, example, monkeypatch):
    (example / "policies" / "guardrails.yaml").write_text("guardrails: {limits: {removals: 1, grants: 1}}\n")
    told = reconciler("plan", *DAY).out
    assert "--allow removals=" in told
    figures = {name: told.split(f"--allow {name}=")[1].split()[0] for name in ("removals", "grants")}
    monkeypatch.setenv("RECONCILER_ALLOW", " ".join(f"{name}={figure}" for name, figure in figures.items()))
    assert "A guardrail forbids" not in reconciler("plan", *DAY).out


def test_a_shell_completes_the_names():
    with CliRunner().isolation(), click.Context(plan) as context:
        (allow,) = (one for one in plan.params if one.name == "allow")
        found = [one.value for one in allow.shell_complete(context, "removals-per")]
    assert found == ["removals-per-client=", "removals-per-consultant="]
