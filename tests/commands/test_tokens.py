"""Where a token is found, what is not taken for one, and that it is shown nowhere."""

from __future__ import annotations

import builtins
import json
import logging
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from reconciler.backends import BackendConfig
from reconciler.errors import InputError, ReconcilerError
from reconciler.flow.settings import Where, backend_config, backend_configs, read_settings
from reconciler.flow.tokens import Keyring, Missing, TokenFile, Variable, find_token, read_token
from tests.commands.conftest import DAY
from tests.support import canary


class FileKeyring(KeyringBackend):
    """A real back end, which keeps its secrets in a file of the test."""

    priority = 1

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.path.write_text(json.dumps({**self._read(), f"{service}/{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        secrets = self._read()
        del secrets[f"{service}/{username}"]
        self.path.write_text(json.dumps(secrets))

    def _read(self) -> dict[str, str]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}


class LockedKeyring(FileKeyring):
    """A back end that nobody unlocks."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(f"canary-locked is the secret of {service}")


class OddKeyring(FileKeyring):
    """A back end with an error of its own kind."""

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("canary-odd")


@pytest.fixture
def use(tmp_path) -> Iterator:
    """Make a back end the keyring of this process."""
    before = keyring.get_keyring()

    def choose(kind: type[FileKeyring] = FileKeyring) -> KeyringBackend:
        chosen = kind(tmp_path / "keyring.token")
        keyring.set_keyring(chosen)
        return chosen

    yield choose
    keyring.set_keyring(before)


@pytest.fixture
def several(example, use, monkeypatch):
    """The example with three operators: in a file, in a variable and in the keyring."""
    chosen = use()
    chosen.set_password("reconciler", "pia", (example / "tokens/payroll-admin.token").read_text())
    monkeypatch.setenv("TOKEN_OF_MARGARETA", (example / "tokens/managing-partner.token").read_text())
    with (example / "reconciler.yaml").open("a") as config:
        config.write(
            "operators:\n"
            "  ingrid: {token-file: tokens/it-admin.token}\n"
            "  margareta: {token-env: TOKEN_OF_MARGARETA}\n"
            "  pia: {keyring: reconciler}\n"
        )
    return example


@pytest.mark.parametrize(
    ("name", "label"),
    [("ingrid", "Ingrid Admin"), ("margareta", "Margareta Partner"), ("pia", "Pia Löneby")],
)
def test_as_names_whose_token_is_used(reconciler, several, monkeypatch, name, label):
    assert f"You are {label} at" in reconciler("rights", "--as", name).out
    monkeypatch.setenv("RECONCILER_AS", name)
    assert f"You are {label} at" in reconciler("rights").out
    for command in (("plan", *DAY), ("drift", *DAY)):
        assert f"Operator: {label}\n" in reconciler(*command).out
    assert f"What a plan of {label} does" in reconciler("explain", "Bertil", "1042", *DAY).out


def test_who_is_named_goes_before_the_environments_token(reconciler, several, monkeypatch):
    monkeypatch.setenv("RECONCILER_TOKEN", (several / "tokens/reader.token").read_text())
    assert "You are Revisor" in reconciler("rights").out
    assert "You are Margareta" in reconciler("rights", "--as", "margareta").out


def test_a_drift_of_one_operator_is_not_remembered_for_another(reconciler, several):
    for name in ("margareta", "ingrid", "margareta"):
        ran = reconciler("drift", *DAY, "--client", "1054", "--as", name)
        assert (ran.code, f"Operator: {name.title()}" in ran.out) == (0, True)


def test_an_operator_that_there_is_not(reconciler, several):
    ran = reconciler("plan", *DAY, "--as", "margaret")
    assert ran.code == 1
    assert "there is no operator “margaret”" in ran.err
    assert "did you mean “margareta”?" in ran.err
    assert "known are: ingrid, margareta, pia" in reconciler("plan", *DAY, "--as", "zzz").err


def test_without_operators_the_hint_tells_how_to_name_them(reconciler, example):
    ran = reconciler("plan", *DAY, "--as", "ingrid")
    assert ran.code == 1
    assert "under “operators”, each with token-env, token-file or keyring" in ran.err


def test_two_ways_to_name_a_token_are_wrong_usage(reconciler, several, monkeypatch):
    ran = reconciler("plan", "--as", "pia", "--token-file", "tokens/reader.token")
    assert (ran.code, "give one of them" in ran.err) == (64, True)
    monkeypatch.setenv("RECONCILER_TOKEN_FILE", "tokens/reader.token")
    assert "You are Pia" in reconciler("rights", "--as", "pia").out


def test_one_of_several_must_be_named(reconciler, several):
    config = several / "reconciler.yaml"
    config.write_text(config.read_text().replace("  token-file: tokens/it-admin.token\nop", "op"))
    ran = reconciler("rights")
    assert ran.code == 1
    assert "say which with --as: ingrid, margareta, pia" in ran.err
    config.write_text(re.sub("  (margareta|pia).*\n", "", config.read_text()))
    assert "You are Ingrid" in reconciler("rights").out


@pytest.mark.parametrize(
    "command", ["rights", "drift", "who", "validate", "explain a b", "import --policies x"]
)
def test_all_is_for_plan_and_apply(reconciler, several, command):
    ran = reconciler(*command.split(), "--as", "all")
    assert ran.code != 0
    assert "--as all is for plan, apply and rights --missing" in ran.err


# -- files ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="permissions as POSIX has them")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o777])
def test_a_file_that_others_can_reach_is_refused(tmp_path, mode):
    path = tmp_path / "it.token"
    path.write_text("canary-of-all")
    path.chmod(mode)
    with pytest.raises(ReconcilerError) as caught:
        find_token(TokenFile(path))
    assert "can be read by others" in str(caught.value)
    path.chmod(0o600)
    assert find_token(TokenFile(path)) == "canary-of-all"
    path.chmod(0o400)
    assert find_token(TokenFile(path)) == "canary-of-all"


@pytest.mark.parametrize("text", ["", " \n", "canary-one canary-two", "canary-\tone", "canary-å\n\ncanary"])
def test_what_is_no_token_is_not_sent_and_not_shown(tmp_path, monkeypatch, use, text):
    path = tmp_path / "it.token"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    monkeypatch.setenv("MINE", text)
    use().set_password("reconciler", "it", text)
    for place in (TokenFile(path), Variable("MINE"), Keyring("reconciler", "it")):
        with pytest.raises(ReconcilerError) as caught:
            read_token(place)
        assert "canary" not in f"{caught.value} {caught.value.hint} {caught.value!r}"


def test_a_file_that_is_none_or_not_there(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin").write_bytes(b"canary-\xe5")
    for name in ("folder", "latin"):
        with pytest.raises(ReconcilerError, match="cannot be read"):
            find_token(TokenFile(tmp_path / name))
    assert isinstance(find_token(TokenFile(tmp_path / "gone")), Missing)


# -- keyring ----------------------------------------------------------------------------------------------------


def test_the_backends_single_token_may_be_in_the_keyring(reconciler, example, use):
    chosen = use()
    config = example / "reconciler.yaml"
    config.write_text(config.read_text().replace("token-file: tokens/it-admin.token", "keyring: reconciler"))
    ran = reconciler("rights")
    assert ran.code == 1
    assert "the keyring has no token for reconciler, account token" in ran.err
    assert "keyring set reconciler token" in ran.err
    chosen.set_password("reconciler", "token", (example / "tokens/it-admin.token").read_text())
    assert "You are Ingrid" in reconciler("rights").out
    config.write_text(
        config.read_text().replace("keyring: reconciler", "keyring: reconciler\n  account: pia")
    )
    chosen.set_password("reconciler", "pia", (example / "tokens/payroll-admin.token").read_text())
    assert "You are Pia" in reconciler("rights").out


def test_two_places_for_one_token_are_refused(reconciler, example):
    with (example / "reconciler.yaml").open("a") as config:
        config.write("  keyring: reconciler\n")
    assert "both token-file and keyring" in reconciler("rights").err


def test_where_there_is_no_keyring_it_is_said_what_to_do(reconciler, several):
    keyring.set_keyring(NoKeyring())
    ran = reconciler("rights", "--as", "pia")
    assert ran.code == 1
    assert "no keyring that could be asked" in ran.err
    assert "use a token file or a variable" in ran.err


@pytest.mark.parametrize("kind", [LockedKeyring, OddKeyring])
def test_a_keyring_that_does_not_answer(reconciler, several, use, kind):
    use(kind)
    ran = reconciler("rights", "--as", "pia")
    assert ran.code == 1
    assert "the keyring does not give the token" in ran.err
    assert "canary" not in ran.out + ran.err


def test_without_the_library_it_is_said_how_to_install_it(reconciler, several, monkeypatch):
    whole = builtins.__import__

    def without(name, *arguments, **named):
        if name.partition(".")[0] == "keyring":
            raise ImportError(name)
        return whole(name, *arguments, **named)

    monkeypatch.delitem(sys.modules, "keyring")
    monkeypatch.setattr(builtins, "__import__", without)
    ran = reconciler("rights", "--as", "pia")
    assert ran.code == 1
    assert "pip install 'reconciler[keyring]'" in ran.err
    assert reconciler("rights", "--as", "ingrid").code == 0


# -- all of them --------------------------------------------------------------------------------------------------


def test_whoever_has_no_token_is_told_of_and_the_others_go_on(several, monkeypatch, use, tmp_path):
    monkeypatch.chdir(several)
    monkeypatch.delenv("TOKEN_OF_MARGARETA")
    use().delete_password("reconciler", "pia")
    acting = backend_configs(read_settings(Where(operator="all")))
    assert list(acting.configs) == ["ingrid"]
    assert {name: str(why) for name, why in acting.missing.items()} == {
        "margareta": "the variable TOKEN_OF_MARGARETA is not set",
        "pia": "the keyring has no token for reconciler, account pia",
    }
    (several / "tokens/it-admin.token").unlink()
    with pytest.raises(ReconcilerError, match="not one of the operators has a token"):
        backend_configs(read_settings(Where(operator="all")))


def test_a_token_that_must_not_be_used_stops_all(several, monkeypatch):
    monkeypatch.chdir(several)
    (several / "tokens/it-admin.token").chmod(0o644)
    with pytest.raises(ReconcilerError, match="can be read by others"):
        backend_configs(read_settings(Where(operator="all")))


# -- the configuration ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: {}", "“a” takes exactly one of: token-env, token-file, keyring"),
        ("a: {token-file: x, token-env: Y}", "“a” takes exactly one of: token-env, token-file, keyring"),
        ("a: {token-file: x, account: y}", "“a” takes exactly one of: token-env, token-file, keyring"),
        ("a: {keyring: x, account: y}", None),
        ("all: {token-file: x}", "“all” cannot be a name here"),
        ("a: {token-env: canary-i-am-it}", "“token-env” takes the name of a variable"),
        ("a: {token-env: canaryIAmIt}", "“token-env” takes the name of a variable"),
        ("a: {token: canary-i-am-it}", "a token never stands in this file"),
        ("a: {token-file: x, token: canary-i-am-it}", "a token never stands in this file"),
        ("a: {token-fil: x}", "“token-fil” is not known here"),
        ("a: canary-i-am-it", "“a” takes names with values, such as “name: value”"),
    ],
)
def test_slips_in_the_operators_are_told(tmp_path, capsys, text, message):
    (tmp_path / "reconciler.yaml").write_text(f"operators:\n  {text}\n")
    if message is None:
        read_settings(Where(tmp_path / "reconciler.yaml"))
        return
    with pytest.raises(InputError) as caught:
        read_settings(Where(tmp_path / "reconciler.yaml"))
    assert message in [str(finding.message) for finding in caught.value.findings]
    if "token: " in text or "token-env" in text:
        assert "canary" not in "".join(
            f"{one.message}{one.hint}{one.excerpt}" for one in caught.value.findings
        )


def test_a_token_written_into_the_configuration_is_refused_and_not_repeated(reconciler, example):
    config = example / "reconciler.yaml"
    config.write_text(
        config.read_text().replace("token-file: tokens/it-admin.token", "token: canary-written")
    )
    ran = reconciler("plan", *DAY)
    assert ran.code == 1
    assert "a token never stands in this file" in ran.err
    assert "canary" not in ran.out + ran.err


# -- never shown ------------------------------------------------------------------------------------------------


CANARY = canary.token("in-no-output")


def everything_below(folder: Path) -> str:
    """All that is written in a folder, but for the tokens themselves."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".token")
    return "".join(path.read_bytes().decode("latin-1") for path in files)


@pytest.mark.parametrize("way", ["variable", "file", "keyring", "environment"])
def test_a_token_is_in_no_output_whatever_happens(reconciler, example, monkeypatch, caplog, use, way):
    """Rejected by the bureau, by a bug of ours, in debug logs, in files that are left behind."""
    caplog.set_level(logging.DEBUG)
    chosen = use()
    (example / "it.token").write_text(CANARY)
    (example / "it.token").chmod(0o600)
    place = {
        "variable": "{token-env: MY_TOKEN}",
        "file": "{token-file: it.token}",
        "keyring": "{keyring: canary-service}",
        "environment": "{token-env: RECONCILER_TOKEN}",
    }[way]
    monkeypatch.setenv({"environment": "RECONCILER_TOKEN"}.get(way, "MY_TOKEN"), CANARY)
    with (example / "reconciler.yaml").open("a") as config:
        config.write(f"operators: {{it: {place}}}\n")
    if way == "keyring":
        chosen.set_password("canary-service", "it", CANARY)
    told = ""
    for command in ("rights", "plan", "apply --yes", "drift", "explain Fia 1055", "who", "validate"):
        ran = reconciler(*command.split(), "--as", "it")
        assert ran.code == 1
        assert "does not accept the token" in ran.err
        told += ran.out + ran.err

    def bug(*_arguments, **_named):
        raise RuntimeError(CANARY)

    monkeypatch.setattr("reconciler.backends.open_backend", bug)
    ran = reconciler("plan", "--as", "it")
    assert ran.code == 70
    assert len(list((example / "logs").iterdir())) == 1
    told += ran.out + ran.err + caplog.text + everything_below(example)
    assert CANARY not in told


def test_no_value_that_holds_a_token_shows_it(tmp_path):
    (tmp_path / "it.token").write_text(CANARY)
    (tmp_path / "it.token").chmod(0o600)
    (tmp_path / "reconciler.yaml").write_text(
        "backend: {kind: embedded, database: x.db}\noperators: {it: {token-file: it.token}}\n"
    )
    settings = read_settings(Where(tmp_path / "reconciler.yaml", operator="it"))
    config = backend_config(settings)
    acting = backend_configs(settings)
    assert config.token == CANARY
    place = str(tmp_path / "it.token")
    assert config == BackendConfig("embedded", settings.backend, CANARY, place, settings.cache)
    assert CANARY not in f"{settings!r} {settings} {config!r} {config} {acting!r} {acting}"
