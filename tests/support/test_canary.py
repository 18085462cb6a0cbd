"""Each way in which a token could come out is heard, and a test that shows none is left alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LEAKS = """
import logging, os, pathlib, secrets, shutil, sqlite3, subprocess, sys, tempfile, zlib
import pytest
from tests.support.canary import heard, token

TOKEN = secrets.token_urlsafe(32)
PRINT = "import sys; print('my token is', *sys.argv[1:], flush=True)"
FOREIGN = "written-by-another-process-0123"


def test_leaks_on_stdout():
    print(TOKEN)

def test_leaks_on_stderr():
    print("x" * 5000, TOKEN, file=sys.stderr)

def test_leaks_while_it_is_set_up(loud):
    pass

def test_leaks_when_all_is_over(loud_at_the_end):
    pass

def test_leaks_into_output_that_the_test_reads(capsys):
    print(TOKEN)
    capsys.readouterr()

def test_leaks_into_output_that_the_test_reads_below_python(capfd):
    os.write(1, TOKEN.encode())
    capfd.readouterr()

def test_leaks_into_a_log():
    logging.getLogger("deep.inside").debug("sent %s", {"Authorization": TOKEN})

def test_leaks_into_an_error_in_a_log():
    try:
        raise ValueError(TOKEN)
    except ValueError:
        logging.getLogger("deep.inside").exception("it failed")

def test_leaks_in_an_error():
    with pytest.raises(ValueError):
        raise ValueError("no", TOKEN)

def test_leaks_in_the_error_behind_an_error():
    with pytest.raises(RuntimeError):
        try:
            raise ValueError(TOKEN)
        except ValueError as error:
            raise RuntimeError("it failed") from error

def test_leaks_in_an_error_that_met_another():
    with pytest.raises(RuntimeError):
        try:
            raise ValueError(TOKEN)
        except ValueError:
            raise RuntimeError("it failed")

def test_leaks_in_a_note():
    with pytest.raises(ValueError) as caught:
        error = ValueError("no")
        error.add_note(TOKEN)
        raise error

def test_leaks_in_a_hint():
    with pytest.raises(ValueError) as caught:
        error = ValueError("no")
        error.hint = TOKEN
        raise error

def test_leaks_from_a_process():
    subprocess.run([sys.executable, "-c", PRINT, TOKEN], capture_output=True, text=True)

def test_leaks_from_a_process_in_bytes():
    subprocess.check_output([sys.executable, "-c", PRINT, TOKEN])

def test_leaks_from_a_process_that_prints_by_itself():
    subprocess.run([sys.executable, "-c", PRINT, TOKEN])

def test_leaks_from_a_process_line_by_line():
    with subprocess.Popen([sys.executable, "-c", PRINT, TOKEN], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline()

def test_leaks_from_a_process_in_a_loop():
    with subprocess.Popen([sys.executable, "-c", PRINT, TOKEN], stdout=subprocess.PIPE) as process:
        assert [line for line in process.stdout]

def test_leaks_from_a_process_at_once():
    with subprocess.Popen([sys.executable, "-c", PRINT, TOKEN], stdout=subprocess.PIPE) as process:
        assert process.stdout.read()

def test_leaks_into_what_the_test_hands_over():
    heard("a terminal", TOKEN)

def test_leaks_into_a_file(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "plan.json").write_text(f'{{"operator": "{TOKEN}"}}')

def test_leaks_into_the_name_of_a_file(tmp_path):
    (tmp_path / TOKEN).touch()

def test_leaks_into_a_file_that_is_gone():
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "x").write_text(TOKEN)

def test_leaks_into_a_file_in_a_part_that_is_gone(tmp_path):
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "x").write_text(TOKEN)
    shutil.rmtree(tmp_path / "part")

def test_leaks_into_a_folder_of_many_tests(shared):
    (shared / "one").write_text(TOKEN)

def test_is_quiet_in_a_folder_of_many_tests(shared):
    (shared / "two").write_text("nothing")

def test_leaks_again_into_a_folder_of_many_tests(shared):
    (shared / "one").write_text(TOKEN + TOKEN)

def test_leaks_into_the_journal_where_it_is_compressed(tmp_path):
    db = sqlite3.connect(tmp_path / "journal.db")
    db.execute("CREATE TABLE approved (plan BLOB)")
    db.execute("INSERT INTO approved VALUES (?)", (zlib.compress(TOKEN.encode() * 50),))
    db.commit()
    db.close()

def test_leaks_what_another_process_wrote(tmp_path):
    write = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
    subprocess.run([sys.executable, "-c", write, tmp_path / "me.token", FOREIGN])
    print("the token is", FOREIGN)

def test_leaks_a_token_of_the_tests_own():
    print(token("mine"))

def test_is_quiet_about_the_word_alone():
    print("canary-token-")

def test_is_quiet_where_tokens_belong(tmp_path, monkeypatch):
    (tmp_path / "me.token").write_text(TOKEN)
    monkeypatch.setenv("RECONCILER_TOKEN", TOKEN)
    subprocess.run([sys.executable, "-c", PRINT, TOKEN[-12:]], capture_output=True)
    print(TOKEN[-12:], secrets.token_urlsafe(12))

def test_is_quiet_after_another_one_leaked(capsys):
    print("nothing")
    assert capsys.readouterr().out == "nothing\\n"

@pytest.mark.shows_tokens("it has to")
def test_is_quiet_where_it_is_said_why(tmp_path):
    (tmp_path / "x").write_text(TOKEN)
    print(TOKEN)

@pytest.fixture
def loud():
    print(TOKEN)

@pytest.fixture
def loud_at_the_end():
    yield
    print(TOKEN)

@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return tmp_path_factory.mktemp("shared")
"""


@pytest.mark.shows_tokens("the tests that it runs show them")
def test_each_way_is_heard(tmp_path):
    (tmp_path / "test_leaks.py").write_text(LEAKS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.canary", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, "-v", "-c", os.devnull, "--rootdir", ".", "--basetemp", "kept", "test_leaks.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = re.findall(r"^def test_(\w+)", LEAKS, re.MULTILINE)
    failed = set(re.findall(r"^ERROR test_leaks.py::test_(\w+)", ran.stdout, re.MULTILINE))
    assert failed == {name for name in names if name.startswith("leaks")}, ran.stdout + ran.stderr
    assert f"{len(names)} passed, {len(failed)} errors" in ran.stdout


@pytest.mark.shows_tokens("the test that it runs shows one")
def test_it_is_told_where_without_the_token(tmp_path):
    (tmp_path / "test_leak.py").write_text(
        "import secrets\ndef test_it(tmp_path):\n    (tmp_path / 'x').write_text('me: ' + secrets.token_urlsafe(32))\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.canary", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", ".", "--basetemp", "kept", "test_leak.py"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "test_it0/x: b'me: <TOKEN>'" in ran.stdout
    assert "canary-token-" not in ran.stdout
