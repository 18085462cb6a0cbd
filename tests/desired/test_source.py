"""Which files are read, and what is refused before a word of YAML is looked at."""

from __future__ import annotations

import os
import sys
import time

import pytest

from reconciler.desired import load
from reconciler.desired.source import LIMIT, Source
from reconciler.errors import InputError
from tests.support.policies import complaints, small_register, write


def test_no_folder(tmp_path):
    assert complaints(tmp_path / "none") == [
        "- no-folder: the policy folder . does not exist (“reconciler init” makes one)"
    ]


def test_no_yaml_in_the_folder_and_one_with_another_ending(tmp_path):
    (tmp_path / "access.yml").write_text("access: {}\n")
    assert complaints(tmp_path) == [
        (
            "? access.yml:1:1 not-read: access.yml is not read: its name ends in .yml"
            " (rename it so that it ends in .yaml)"
        ),
        "- no-files: there is no *.yaml file in . (“reconciler init” makes an example to start from)",
    ]


def test_folders_inside_count_and_hidden_ones_do_not(tmp_path):
    for name in ("more", ".git"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, a=f"bundles: {{in-{name.strip('.')}: [books]}}\n")
    write(tmp_path, a="bundles: {top: [books]}\n")
    assert list(load(tmp_path).sections["bundles"]) == ["in-more", "top"]


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "policies").mkdir()
    (tmp_path / "secret").write_text("bureau: x\n")
    (tmp_path / "policies" / "a.yaml").symlink_to(tmp_path / "secret")
    assert complaints(tmp_path / "policies") == [
        (
            "a.yaml:1:1 link-outside: ./a.yaml is a link that leads out of the policy folder"
            " (put the file itself into the folder, so that a review sees what it says)"
        )
    ]


def test_a_link_inside_the_folder_is_a_file_read_twice(tmp_path):
    write(tmp_path, a="bundles: {b: [books]}\n")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
    assert [line.split(":")[0] for line in complaints(tmp_path)] == ["b.yaml"]


@pytest.mark.parametrize("inside", ["", "more/"])
def test_a_folder_that_is_a_link_is_not_walked(tmp_path, inside):
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere", secret="bundles: {canary: [books]}\n")
    policies = tmp_path / "policies"
    (policies / inside).mkdir(parents=True)
    write(policies, a="bundles: {top: [books]}\n")
    (policies / f"{inside}link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert list(load(policies).sections["bundles"]) == ["top"]


def test_a_link_to_a_link_out_of_the_folder_is_refused(tmp_path):
    policies = tmp_path / "policies"
    policies.mkdir()
    (tmp_path / "secret").write_text("canary: x\n")
    (policies / "hop").symlink_to("../secret")
    (policies / "a.yaml").symlink_to("hop")
    assert ["link-outside" in line for line in complaints(policies)] == [True]


OPENED: list[str] = []


def test_no_word_in_the_yaml_makes_a_file_be_read(tmp_path):
    """Wherever a path may be written, and in YAML's own ways to name one: nothing there is opened."""
    secret = tmp_path / "canary-secret.yaml"
    secret.write_text("bundles: {x: [books]}\n")
    policies = tmp_path / "policies"
    policies.mkdir()
    watching = True

    def watch(event: str, arguments: tuple) -> None:
        if watching and event in ("open", "os.listdir", "os.scandir"):
            OPENED.append(str(arguments[0]))

    sys.addaudithook(watch)
    for path in (secret, "../canary-secret.yaml", secret.as_uri()):
        for text in (
            f'access: {{a: {{who: "{path}", clients: ["{path}"], programs: ["{path}", "+{path}"], reason: "{path}"}}}}',
            f'bundles: {{"{path}": ["{path}"]}}',
            f'teams: {{t: {{lead: "{path}", members: ["{path}"]}}}}',
            f'bureau: "{path}"',
            f"bundles: !include {path}",
            f"!!python/object/apply:builtins.open [{path}]",
            f"%INCLUDE {path}\n---\nbureau: b",
            f"<<: {path}",
            f'"$ref": "{path}"',
            f'include: ["{path}"]',
        ):
            write(policies, a=f"{text}\n")
            complaints(policies, small_register())
    watching = False
    assert any("a.yaml" in path for path in OPENED)
    assert [path for path in OPENED if "canary" in path] == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_pipe_is_no_file_and_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "a.yaml")
    assert complaints(tmp_path) == ["a.yaml:1:1 not-a-file: ./a.yaml is not a file"]


def test_a_broken_link_cannot_be_read(tmp_path):
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone")
    assert complaints(tmp_path) == [
        "a.yaml:1:1 unreadable: ./a.yaml cannot be read: No such file or directory"
    ]


def test_200_megabytes_are_refused_unread(tmp_path):
    with (tmp_path / "a.yaml").open("wb") as file:
        file.truncate(200 * 2**20)
    start = time.perf_counter()
    assert complaints(tmp_path) == [
        (
            "a.yaml:1:1 file-too-large: ./a.yaml has 200 MB; at most 64 MB are read"
            " (split it into several files, or use a selector instead of listing clients)"
        )
    ]
    assert time.perf_counter() - start < 0.5, "it has been read"
    assert LIMIT == 64 * 2**20


def test_a_byte_order_mark_is_ignored_with_a_hint_and_moves_no_place(tmp_path):
    folder = write(tmp_path, a=b"\xef\xbb\xbfbureau: byra\nmanage: {unlisted: x}\n")
    assert complaints(folder) == [
        (
            "? a.yaml:1:1 byte-order-mark: the file starts with a byte order mark, which is ignored"
            " (save it as UTF-8 without BOM)"
        ),
        "a.yaml:2:20 not-a-choice: “x” is not one of: remove, report, keep",
    ]


def test_latin_1_is_refused_with_the_letter_that_was_meant(tmp_path):
    folder = write(tmp_path, a="# hej\nteams: {malmö: {}}\n".encode("latin-1"))
    assert complaints(folder) == [
        (
            "a.yaml:2:13 not-utf-8: the byte 0xF6 is not UTF-8"
            " (save the file as UTF-8; in Windows-1252 the byte is “ö”)"
        )
    ]
    with pytest.raises(InputError) as caught:
        load(folder)
    assert caught.value.findings[0].excerpt == "teams: {malmö: {}}"


def test_utf_16_is_named(tmp_path):
    folder = write(tmp_path, a="bureau: x\n".encode("utf-16"))
    assert complaints(folder) == ["a.yaml:1:1 not-utf-8: the file is saved as UTF-16 (save it as UTF-8)"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_do(ending):
    source = Source("f", ending.join(["åäö", "", "x"]))
    assert str(source.position(source.text.index("x"))) == "f:3:1"
    assert str(source.position(2)) == "f:1:3"
    assert source.positions([2, source.text.index("x")]) == [
        source.position(2),
        source.position(source.text.index("x")),
    ]
    assert source.excerpt(2) == "åäö"


def test_a_line_too_long_to_show_is_cut():
    source = Source("f", "x" * 10_000)
    assert len(source.excerpt(3)) == 400
    assert source.excerpt(5_000) == ""
