"""Channels are told of drift and of what became of an apply, by a real server; their addresses are told to nobody."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from reconciler.errors import Message, NotifyFailed
from reconciler.exchange import webhook
from reconciler.exchange.webhook import Bounds, post
from reconciler.formats.catalogue import catalogue
from reconciler.formats.notices import LINES, LONGEST, Notice, calm_notice, drift_notice, payload_of
from reconciler.grid import OperationKind
from tests.commands.channels import SECRET, listening
from tests.commands.conftest import DAY
from tests.commands.test_drift import behind_the_back, loaded, write_rules
from tests.formats.test_drift import made
from tests.security.attacks import ATTACKS, judge_text, strings_in


@pytest.fixture
def channel(monkeypatch):
    monkeypatch.setattr(webhook, "_LONGEST_PAUSE", 0.05)
    with listening() as found:
        yield found


@pytest.fixture
def calm(reconciler, example) -> Path:
    """A bureau that is what the YAML says."""
    write_rules(example)
    assert reconciler("apply", *DAY, "--yes").code == 0
    return example


def configure(folder: Path, **channels: dict[str, str]) -> None:
    lines = [
        f"  {name}: {{{', '.join(f'{k}: {v}' for k, v in said.items())}}}" for name, said in channels.items()
    ]
    path = folder / "reconciler.yaml"
    path.write_text(path.read_text() + "\n".join(["notify:", *lines, ""]))


def texts(document) -> list[str]:
    """The texts of a notice, whatever takes it."""
    if "blocks" in document:
        return [block["text"]["text"] for block in document["blocks"]]
    card = document["attachments"][0]["content"]
    return [run["text"] for block in card["body"] for run in block["inlines"]]


def test_drift_is_told_to_every_channel(reconciler, calm, channel, monkeypatch, caplog):
    monkeypatch.setenv("SLACK_URL", channel.url)
    secret = calm / "teams.url"
    secret.write_text(f"{channel.url}\n")
    secret.chmod(0o600)
    configure(calm, a={"kind": "slack", "url-env": "SLACK_URL"}, b={"kind": "teams", "url-file": "teams.url"})
    assert reconciler("drift", *DAY, "--notify").code == 0
    assert channel.posted == []
    behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
    with caplog.at_level(logging.DEBUG):
        ran = reconciler("drift", *DAY, "--notify")
    assert ran.code == 2
    assert ran.err == ""
    slack, teams = channel.posted
    assert texts(slack)[0] == "Drift at Exempelbyrån: given: 1 program"
    (line,) = texts(slack)[1:]
    assert line.startswith("+ Bertil Ek got programs at 1060 ")
    assert line.endswith(", by Margareta Partner")
    assert texts(teams) == texts(slack)
    assert SECRET not in ran.out + ran.err + caplog.text


@pytest.mark.parametrize(
    ("answers", "sent", "says"),
    [
        ([(500, {})], 2, ""),
        ([(429, {"Retry-After": "3600"}), (503, {})], 3, ""),
        ([(500, {}), (502, {}), (504, {})], 3, "it answered 504"),
        ([(404, {})], 1, "it answered 404"),
        ([(302, {"Location": "http://127.0.0.1:1/"})], 1, "it answered 302"),
        ([(403, {})], 1, "it answered 403"),
    ],
)
def test_what_a_channel_answers(reconciler, calm, channel, monkeypatch, answers, sent, says):
    monkeypatch.setenv("SLACK_URL", channel.url)
    configure(calm, it={"kind": "slack", "url-env": "SLACK_URL"})
    loaded(calm, "payroll")
    channel.answers.extend(answers)
    ran = reconciler("drift", *DAY, "--notify")
    assert ran.code == 2
    assert len(channel.posted) == sent
    assert (says in ran.err) if says else (ran.err == "")
    assert SECRET not in ran.out + ran.err
    assert "127.0.0.1" not in ran.err


def test_a_channel_that_does_not_answer_at_all(channel, caplog):
    import socket

    with socket.socket() as quiet:
        quiet.bind(("127.0.0.1", 0))
        quiet.listen()
        port = quiet.getsockname()[1]
        url = f"http://127.0.0.1:{port}/{SECRET}"
        with caplog.at_level(logging.DEBUG), pytest.raises(NotifyFailed) as failed:
            post("it", url, {}, bounds=Bounds(deadline=0.05), pause=0.001)
    assert "did not answer in time" in str(failed.value.message)
    with pytest.raises(NotifyFailed, match="cannot be reached"):
        post("it", url, {}, pause=0.001)
    assert SECRET not in caplog.text
    assert SECRET not in repr(failed.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/x",
        "ftp://hooks.example/x",
        "https://user:pass@hooks.example/x",
        "https://hooks.example/x#y",
        "hooks.example",
        "",
        "https://",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_none(url):
    with pytest.raises(NotifyFailed) as failed:
        post("it", url, {})
    assert failed.value.message == Message(
        "the address of the webhook {name} is not one that starts with https://", name="it"
    )


def test_nobody_to_notify_is_said_before_anything_is_done(reconciler, calm):
    loaded(calm, "payroll")
    for command in (("drift",), ("apply", "--yes")):
        ran = reconciler(*command, *DAY, "--notify")
        assert ran.code == 1
        assert "there is nobody to notify" in ran.err
    configure(calm, it={"kind": "slack", "url-env": "NOT_SET"})
    ran = reconciler("apply", "--yes", *DAY, "--notify")
    assert ran.code == 1
    assert "the webhook it has no address: the variable NOT_SET is not set" in ran.err
    assert reconciler("drift", *DAY).code == 2


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "mail", "url-env": "X"},
        {"kind": "slack"},
        {"kind": "slack", "url": "https://hooks.example/x"},
        {"kind": "slack", "url-env": "X", "url-file": "y"},
        {"url-env": "X"},
    ],
)
def test_a_configuration_that_is_none(reconciler, calm, said):
    configure(calm, it=said)
    assert reconciler("drift", *DAY).code == 1


def test_a_file_that_others_can_read(reconciler, calm, channel):
    (calm / "url").write_text(channel.url)
    (calm / "url").chmod(0o644)
    configure(calm, it={"kind": "slack", "url-file": "url"})
    ran = reconciler("drift", *DAY, "--notify")
    assert ran.code == 1
    assert "can be read by others" in ran.err


def test_what_became_of_an_apply(reconciler, calm, channel, monkeypatch):
    monkeypatch.setenv("SLACK_URL", channel.url)
    configure(calm, it={"kind": "slack", "url-env": "SLACK_URL"})
    loaded(calm, "payroll")
    assert reconciler("apply", *DAY, "--yes", "--notify", "--lang", "sv").code == 0
    (document,) = channel.posted
    assert texts(document)[0] == "Verkställt hos Exempelbyrån: 1 klara, 0 nekade, 0 misslyckade"
    assert reconciler("apply", *DAY, "--yes", "--notify", "--as", "all").code == 64


@pytest.mark.parametrize("kind", ["slack", "teams"])
@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_names_mean_nothing_in_a_channel(kind, text):
    for notice in (drift_notice(made(text, text), catalogue("en")), calm_notice(text, catalogue("sv"))):
        assert judge_text("\n".join([notice.title, *notice.lines])) == []
        document = payload_of(kind, notice)
        for said in strings_in(document):
            assert len(said) <= 3000
        for said in texts(document):
            assert "{{" not in said
            if kind == "slack":
                assert "<" not in said
                assert ">" not in said
        if kind == "slack":
            assert {block["text"]["type"] for block in document["blocks"]} == {"plain_text"}
            assert not set("@<>") & set(document["text"])
        else:
            kinds = {block["type"] for block in document["attachments"][0]["content"]["body"]}
            assert kinds == {"RichTextBlock"}


def test_a_notice_is_bounded():
    notice = drift_notice(made("x" * 5000), catalogue("en"))
    assert len(notice.title) <= LONGEST
    assert all(len(line) <= LONGEST for line in notice.lines)
    assert len(notice.lines) <= LINES + 1
    assert len(str(payload_of("slack", Notice("&" * LONGEST, ("&" * LONGEST,) * LINES)))) < 28_000
