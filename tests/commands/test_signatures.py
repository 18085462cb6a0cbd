"""Signed plan files, with real keys and the real ssh-keygen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.commands.conftest import COMMAND, DAY

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not there")

PLAN = ("plan", *DAY, "--client", "1043", "--out", "plan.json")
SIGNERS = ("--allowed-signers", "signers")


def make_key(folder, name, passphrase=""):
    path = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", path],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path


def public(path) -> str:
    return path.with_name(f"{path.name}.pub").read_text().strip()


@pytest.fixture
def signed(reconciler, example):
    """A plan file that Anna signed, and a file that says that she may."""
    key = make_key(example, "anna")
    (example / "signers").write_text(f"anna.lind@exempelbyran.example {public(key)}\n")
    ran = reconciler(*PLAN, "--sign-with", "anna")
    assert ran.code == 0
    assert ran.err == "wrote plan.json\nwrote plan.json.sig\n"
    return example


def refused(reconciler, *arguments: str) -> str:
    ran = reconciler("apply", "plan.json", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert "Traceback" not in ran.err
    assert reconciler("plan", *DAY, "--client", "1043", "--detailed-exitcode").code == 2
    return ran.err


def test_a_signed_plan_is_applied_and_its_signer_told(reconciler, signed):
    assert (signed / "plan.json.sig").stat().st_mode & 0o777 == 0o600
    shown = reconciler("show", "plan.json", *SIGNERS)
    ran = reconciler("apply", "plan.json", *SIGNERS)
    assert ran.code == 0
    assert shown.err == "signed by anna.lind@exempelbyran.example\n"
    assert ran.err.startswith(shown.err)


def test_ssh_keygen_itself_verifies_it(signed):
    done = subprocess.run(
        [
            *("ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "anna.lind@exempelbyran.example"),
            *("-n", "reconciler-plan", "-s", "plan.json.sig"),
        ],
        cwd=signed,
        input=(signed / "plan.json").read_bytes(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0


def test_the_configuration_can_demand_it(reconciler, signed):
    (signed / "elsewhere").mkdir()
    config = signed / "reconciler.yaml"
    (signed / "signers").rename(signed / "elsewhere" / "signers")
    config.write_text(f"allowed-signers: elsewhere/signers\n{config.read_text()}")
    (signed / "plan.json.sig").rename(signed / "away")
    assert "there is no plan.json.sig" in refused(reconciler)
    for without_a_file in (("--yes",), ("--expect", "sha256:" + "a" * 64)):
        ran = reconciler("apply", *DAY, *without_a_file)
        assert ran.code == 1
        assert "signed" in ran.err
    (signed / "away").rename(signed / "plan.json.sig")
    assert reconciler("apply", "plan.json").code == 0


def test_a_variable_that_is_empty_does_not_switch_it_off(reconciler, signed, monkeypatch):
    monkeypatch.setenv("RECONCILER_ALLOWED_SIGNERS", "")
    assert reconciler("apply", "plan.json").code == 64


def test_somebody_else_signed_it(reconciler, signed):
    make_key(signed, "bo")
    assert reconciler(*PLAN, "--sign-with", "bo").code == 0
    assert "not signed by anybody in signers" in refused(reconciler, *SIGNERS)


def test_the_signature_is_of_another_plan(reconciler, signed):
    assert reconciler("plan", *DAY, "--client", "1042", "--out", "plan.json").code == 0
    assert "the signature of plan.json is not one of this plan" in refused(reconciler, *SIGNERS)


def test_the_signature_is_for_something_else(reconciler, signed):
    content = (signed / "plan.json").read_bytes()
    made = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", "anna"],
        cwd=signed,
        input=content,
        capture_output=True,
        check=True,
    ).stdout
    (signed / "plan.json.sig").write_bytes(made)
    refused(reconciler, *SIGNERS)


@pytest.mark.parametrize("options", ['valid-before="20200101"', 'namespaces="git"'])
def test_a_key_that_may_not_or_no_longer(reconciler, signed, options):
    (signed / "signers").write_text(f"anna@x {options} {public(signed / 'anna')}\n")
    refused(reconciler, *SIGNERS)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x00" * 200_000, None])
def test_what_is_no_signature(reconciler, signed, content):
    path = signed / "plan.json.sig"
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    assert "plan.json" in refused(reconciler, *SIGNERS)


@pytest.mark.parametrize("content", ["", "nonsense\n", "-x -y -z\n", None])
def test_what_is_no_file_of_signers(reconciler, signed, content):
    (signed / "signers").unlink()
    if content is not None:
        (signed / "signers").write_text(content)
    assert "signers" in refused(reconciler, *SIGNERS)


def test_names_that_look_like_options(reconciler, signed):
    for name in ("-nfoo", "-f"):
        (signed / name).write_text(f"-Overify {public(signed / 'anna')}\n")
    (signed / "plan.json").rename(signed / "-s")
    (signed / "plan.json.sig").rename(signed / "-s.sig")
    ran = reconciler("apply", "--allowed-signers=-nfoo", "--", "-s")
    assert ran.code == 0
    assert "signed by -Overify\n" in ran.err


def test_a_key_that_cannot_sign_leaves_nothing_behind(reconciler, example):
    (example / "text").write_text("no key\n")
    for key in ("nowhere", "text", "tokens"):
        ran = reconciler(*PLAN, "--sign-with", key)
        assert (ran.code, ran.out) == (1, "")
        assert key in ran.err
    assert not (example / "plan.json").exists()


def test_a_locked_key_where_there_is_nobody_to_ask(example):
    make_key(example, "locked", "a secret")
    environment = {**os.environ, "DISPLAY": ":99", "SSH_ASKPASS": "/bin/true"}
    ran = subprocess.run(
        [*COMMAND, *PLAN, "--sign-with", "locked"],
        cwd=example,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,
        env=environment,
        check=False,
    )
    assert ran.returncode == 1
    assert "passphrase" in ran.stderr
    assert "ssh-add" in ran.stderr
    assert not (example / "plan.json").exists()


def test_a_key_of_which_the_agent_has_the_private_half(reconciler, example, monkeypatch, tmp_path_factory):
    if shutil.which("ssh-agent") is None:
        pytest.skip("ssh-agent is not there")
    socket = tmp_path_factory.mktemp("agent") / "socket"
    with subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as agent:
        try:
            monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
            for _ in range(100):
                if socket.exists():
                    break
                subprocess.run([sys.executable, "-c", "import time; time.sleep(0.05)"], check=True)
            key = make_key(example, "anna")
            subprocess.run(["ssh-add", "-q", key], check=True, stderr=subprocess.DEVNULL)
            key.unlink()
            assert reconciler(*PLAN, "--sign-with", "anna.pub").code == 0
        finally:
            agent.terminate()
    (example / "signers").write_text(f"anna@x {public(key)}\n")
    assert reconciler("apply", "plan.json", *SIGNERS).code == 0


def test_without_ssh_keygen(reconciler, signed, monkeypatch):
    monkeypatch.setenv("PATH", str(signed / "empty"))
    for arguments in ((*PLAN, "--sign-with", "anna"), ("apply", "plan.json", *SIGNERS)):
        ran = reconciler(*arguments)
        assert ran.code == 1
        assert "ssh-keygen is not there" in ran.err


def test_signing_needs_a_file(reconciler, example):
    assert reconciler("plan", *DAY, "--sign-with", "anna").code == 64
