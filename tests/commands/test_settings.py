"""Flag over environment over file, and a token that only comes from the environment or a file."""

from __future__ import annotations

import pytest

from tests.commands.conftest import DAY
from tests.support import canary


def test_flag_over_environment_over_file(reconciler, example, monkeypatch):
    config = example / "reconciler.yaml"
    right = config.read_text("utf-8")
    config.write_text(right.replace("bureau.db", "wrong.db"), encoding="utf-8")
    assert reconciler("plan", *DAY).code == 1
    monkeypatch.setenv("RECONCILER_DATABASE", "bureau.db")
    assert reconciler("plan", *DAY).code == 0
    monkeypatch.setenv("RECONCILER_DATABASE", "wrong.db")
    assert reconciler("plan", *DAY, "--database", "bureau.db").code == 0


def test_without_a_backend_the_hint_tells_how_to_get_one(reconciler, example):
    (example / "reconciler.yaml").unlink()
    ran = reconciler("plan", *DAY)
    assert ran.code == 1
    assert "no backend is configured" in ran.err
    assert "reconciler init" in ran.err


def test_a_configuration_that_is_named_must_be_there(reconciler, example):
    assert reconciler("plan", "--config", "nosuch.yaml", *DAY).code == 1


def test_a_slip_in_the_configuration_is_told_with_its_place(reconciler, example):
    config = example / "reconciler.yaml"
    config.write_text(config.read_text("utf-8").replace("policies:", "polices:"), encoding="utf-8")
    ran = reconciler("plan", *DAY)
    assert ran.code == 1
    assert "reconciler.yaml:2:1: error: “polices” is not known here" in ran.err
    assert "policies" in ran.err


def test_the_environments_token_goes_before_the_files(reconciler, example, monkeypatch):
    monkeypatch.setenv("RECONCILER_TOKEN", (example / "tokens" / "reader.token").read_text())
    assert "Revisor" in reconciler("rights").out


def test_a_token_file_that_others_can_read_is_refused(reconciler, example):
    path = example / "tokens" / "it-admin.token"
    path.chmod(0o644)
    ran = reconciler("plan", *DAY)
    assert ran.code == 1
    assert "chmod 600" in ran.err


@pytest.mark.parametrize("text", ["", "two words", "a\nb\n"])
def test_a_token_file_holds_a_token_alone(reconciler, example, text):
    (example / "tokens" / "it-admin.token").write_text(text)
    assert "does not hold a token alone" in reconciler("plan", *DAY).err


def test_a_token_that_the_bureau_does_not_know(reconciler, example, monkeypatch):
    token = canary.token("named")
    monkeypatch.setenv("RECONCILER_TOKEN", token)
    ran = reconciler("plan", *DAY)
    assert ran.code == 1
    assert token not in ran.out + ran.err


def test_a_token_is_no_flag(reconciler, example):
    assert reconciler("plan", "--token", "secret").code == 64
