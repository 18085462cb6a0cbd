"""The recipe for any shell: from the change to the night, in a clone, against a bureau's server."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.pipelines.files import ROOT
from tests.pipelines.runner import BIN
from tests.pipelines.stage import DAY, OPERATOR, stage
from tests.pipelines.test_end_to_end import BERTIL, COVER, FIA

RECIPE = ROOT / "docs" / "recipes" / "pipeline.sh"


def run(folder, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "RECONCILER_AS_OF": DAY,
    }
    return subprocess.run(
        [RECIPE, *arguments],
        cwd=folder,
        env=environment | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_shellcheck_finds_nothing():
    ran = subprocess.run([BIN / "shellcheck", RECIPE], capture_output=True, text=True, check=False)
    assert ran.stdout == ""


def test_without_a_word_it_tells_how(tmp_path):
    ran = run(tmp_path)
    assert ran.returncode == 64
    assert "pipeline.sh plan" in ran.stderr


@pytest.mark.slow
def test_from_the_change_to_the_night(tmp_path):
    with stage(tmp_path) as there:
        config = "backend: {kind: http, url: http://127.0.0.1:9/}\n"  # of the change: nobody is asked there
        there.write(
            "cover", {"policies/cover.yaml": COVER.format(programs="invoicing"), "reconciler.yaml": config}
        )
        begun, said = there.cells(), there.work / "said"

        ran = run(there.work, "check", BASE="origin/main")
        assert ran.returncode == 0, ran.stderr
        assert "Fia Tempelman" in ran.stdout
        assert (said / "diff.html").stat().st_size > 10_000

        ran = run(
            there.work, "plan", BASE="origin/main", RECONCILER_TOKEN=there.tokens["reading"], FITS="bitbucket"
        )
        assert ran.returncode == 0, ran.stderr
        digest = ran.stdout.split()[-1]
        assert digest.startswith("sha256:")
        assert digest in (said / "plan.md").read_text("utf-8")
        assert there.cells() == begun

        there.git("checkout", "--quiet", "origin/cover")
        there.git("checkout", "--quiet", "origin/main", "--", "reconciler.yaml")
        assert (
            run(there.work, "apply", RECONCILER_TOKEN=there.tokens[OPERATOR]).returncode != 0
        )  # nothing approved
        wrong = run(there.work, "apply", RECONCILER_TOKEN=there.tokens[OPERATOR], DIGEST="sha256:" + "0" * 64)
        assert wrong.returncode == 4
        assert there.cells() == begun
        ran = run(there.work, "apply", RECONCILER_TOKEN=there.tokens[OPERATOR], DIGEST=digest)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert there.cells() - begun == {(FIA, "1043", ""), (FIA, "1043", "invoicing")}

        assert run(there.work, "drift", RECONCILER_TOKEN=there.tokens["reading"]).returncode == 0
        there.behind(operation="give-access", consultants=[BERTIL], clients=["1044"], programs=["payroll"])
        assert run(there.work, "drift", RECONCILER_TOKEN=there.tokens["reading"]).returncode == 2
