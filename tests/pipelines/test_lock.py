"""What a pipeline installs is what was tested, and all that the package needs."""

from __future__ import annotations

import re
import tomllib

from tests.pipelines.files import ROOT


def pins(name: str) -> dict[str, set[str]]:
    """Each pin of a lock file, whatever it is for, and its hashes."""
    text = (ROOT / name).read_text("utf-8")
    parts = re.findall(r"^([a-z0-9.-]+==[^\\\n]+?) \\\n((?:    --hash=\S+(?: \\)?\n)+)", text, re.MULTILINE)
    return {pin.split(" ")[0]: set(re.findall(r"sha256:[0-9a-f]{64}", hashes)) for pin, hashes in parts}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[>=<;\[ ]", one)[0] for one in requirements}


def test_a_pipeline_installs_what_was_tested():
    tested, installed = pins("requirements.lock"), pins("reconciler.lock")
    assert installed == {pin: tested.get(pin) for pin in installed}
    assert all(installed.values())
    assert len(installed) == len(
        re.findall(r"^[a-z]", (ROOT / "reconciler.lock").read_text("utf-8"), re.MULTILINE)
    )


def test_a_pipeline_installs_all_that_the_package_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needed = names(project["project"]["dependencies"]) | names(project["dependency-groups"]["build"])
    assert needed <= {pin.split("==")[0] for pin in pins("reconciler.lock")}
    assert needed >= names(project["build-system"]["requires"])
