"""Runs the workflows of a repository on this machine: the scripts as they are, the actions that they use by stand-ins.

It is as strict as GitHub about what is easily got wrong: a step sees only the variables that are given to it, a job only
the files that it fetched and the token with the permissions that it asked for, and a script runs in the same shell with
the same flags. What is emulated: checkout, artifacts, our own action. There is no network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.pipelines.expressions import condition, fill
from tests.pipelines.files import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BIN = Path(sys.executable).parent
SHELLS = {"": ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
"""What GitHub runs a script with, where no shell is named and where bash is."""


@dataclass(frozen=True)
class Event:
    """What starts a workflow.

    Attributes:
        name: such as "pull_request".
        sha: the commit that it runs on.
        payload: the event's JSON.
        inputs: of who calls the workflow or starts it by hand.
    """

    name: str
    sha: str
    payload: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)


@dataclass
class JobRun:
    """What became of a job.

    Attributes:
        result: success, failure or skipped.
        outputs: as its workflow names them.
        log: what its scripts printed, and what they ran.
        summary: what it wrote into the job summary.
        environment: that it was allowed to enter.
    """

    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    environment: str = ""


@dataclass
class Runner:
    """A forge's runner.

    Attributes:
        repository: a bare repository.
        name: its owner and name.
        folder: where jobs work, each in a folder of its own.
        token: makes the forge's token of a job from its permissions.
        variables: of the repository (`vars`).
        secrets: of the repository.
        forge: variables that tell where the forge's API is.
    """

    repository: Path
    name: str
    folder: Path
    token: Callable[[Mapping[str, str]], str]
    variables: Mapping[str, str]
    secrets: Mapping[str, str]
    forge: Mapping[str, str]
    runs: int = 0

    def run(self, workflow: str, event: Event) -> dict[str, JobRun]:
        """Run a workflow as it is in the commit of the event.

        Args:
            workflow: name of the file, such as "plan.yml".
            event: what starts it.

        Returns:
            What became of each job.
        """
        text = self.git("show", f"{event.sha}:.github/workflows/{workflow}")
        document = parse(text)
        self.runs += 1
        contexts = {
            "github": self._github(event),
            "inputs": self._inputs(document, event),
            "vars": dict(self.variables),
            "secrets": dict(self.secrets),
        }
        artifacts = self.folder / str(self.runs) / "artifacts"
        done: dict[str, JobRun] = {}
        left = dict(document["jobs"])
        while left:
            name, job = next((n, j) for n, j in left.items() if set(_needs(j)) <= set(done))
            del left[name]
            inside = _Job(self, name, job, document, event, contexts, artifacts)
            done[name] = inside.run({need: done[need] for need in _needs(job)})
        return done

    def git(self, *arguments: str) -> str:
        """Ask the repository."""
        ran = subprocess.run(
            ["git", "-C", self.repository, *arguments], capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    def _github(self, event: Event) -> dict[str, Any]:
        return {
            "event_name": event.name,
            "event": event.payload,
            "repository": self.name,
            "sha": event.sha,
            "server_url": "https://github.example",
            "run_id": str(self.runs),
        }

    @staticmethod
    def _inputs(document: dict[str, Any], event: Event) -> dict[str, str]:
        """What is given, and what the event of this kind gives by itself."""
        how = "workflow_dispatch" if event.name == "workflow_dispatch" else "workflow_call"
        known = (
            (document["on"].get(how) or {}).get("inputs", {})
            if event.inputs or how != "workflow_call"
            else {}
        )
        assert set(event.inputs) <= set(known)
        return {name: one.get("default", "") for name, one in known.items()} | event.inputs


def _needs(job: dict[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


class _Job:
    """One job of a run."""

    def __init__(self, runner, name, job, document, event, contexts, artifacts):
        self.runner, self.job, self.document, self.event, self.artifacts = (
            runner, job, document, event, artifacts,
        )  # fmt: skip
        self.folder = runner.folder / str(runner.runs) / name
        self.workspace, self.temporary = self.folder / "workspace", self.folder / "temp"
        self.contexts = contexts | {"steps": {}, "runner": {"temp": str(self.temporary)}, "needs": {}}
        self.path = os.environ["PATH"]
        self.ran = JobRun("success")

    def run(self, needs: dict[str, JobRun]) -> JobRun:
        """Run its steps, or skip it."""
        self.contexts["needs"] = {
            name: {"result": one.result, "outputs": one.outputs} for name, one in needs.items()
        }
        missed = any(one.result != "success" for one in needs.values())
        if not condition(self.job.get("if", "success()"), self.contexts, failed=missed):
            return JobRun("skipped")
        self.workspace.mkdir(parents=True)
        self.temporary.mkdir()
        permissions = self.job.get("permissions", self.document["permissions"])
        self.contexts["github"] = self.contexts["github"] | {"token": self.runner.token(permissions)}
        self.ran.environment = fill(self.job.get("environment", ""), self.contexts)
        for step in self.job["steps"]:
            failed = self.ran.result != "success"
            if condition(step.get("if", "success()"), self.contexts, failed=failed):
                outputs, good = self._step(step)
                self.contexts["steps"][step.get("id", "")] = {"outputs": outputs}
                self.ran.result = self.ran.result if good else "failure"
        self.ran.outputs = fill(self.job.get("outputs", {}), self.contexts)
        return self.ran

    def _step(self, step: dict[str, Any]) -> tuple[dict[str, str], bool]:
        self.ran.log += f"\n== {step.get('name') or step.get('uses')}\n"
        try:
            if "run" in step:
                return self._script(step)
            given = fill(step.get("with", {}), self.contexts)
            used = step["uses"].split("@")[0]
            return ACTIONS[used](self, given) or {}, True
        except Exception as error:
            self.ran.log += f"{type(error).__name__}: {error}\n"
            raise

    def _script(self, step: dict[str, Any]) -> tuple[dict[str, str], bool]:
        written = {
            name: self.temporary / name.lower()
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH")
        }
        written["GITHUB_OUTPUT"].write_text("", encoding="utf-8")
        written["GITHUB_STEP_SUMMARY"].write_text("", encoding="utf-8")
        written["GITHUB_EVENT_PATH"].write_text(json.dumps(self.event.payload), encoding="utf-8")
        variables = {}
        for given in (self.document.get("env", {}), self.job.get("env", {}), step.get("env", {})):
            variables |= fill(given, self.contexts | {"env": variables})
        default = self.job.get("defaults", {}).get("run", {})
        ran = subprocess.run(
            [*SHELLS[step.get("shell", default.get("shell", ""))], "-c", step["run"]],
            cwd=self.workspace / step.get("working-directory", default.get("working-directory", ".")),
            env={name: str(value) for name, value in (self._environment() | written | variables).items()},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=240,
        )  # fmt: skip
        self.ran.log += step["run"] + "--\n" + ran.stdout + f"-- exit code {ran.returncode}\n"
        self.ran.summary += written["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        return _outputs(written["GITHUB_OUTPUT"].read_text("utf-8")), ran.returncode == 0

    def _environment(self) -> dict[str, Any]:
        """What a runner gives to every script; nothing of ours is passed on but where to find programs."""
        return {
            "PATH": self.path,
            "HOME": self.temporary,
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.event.name,
            "GITHUB_REPOSITORY": self.runner.name,
            "GITHUB_SHA": self.event.sha,
            "GITHUB_WORKSPACE": self.workspace,
            "RUNNER_TEMP": self.temporary,
            **self.runner.forge,
        }

    def checkout(self, given: dict[str, str]) -> None:
        """actions/checkout: one commit, or as many before it as fetch-depth says; no token is left behind."""
        assert given.get("persist-credentials") == "false"
        to = self.workspace / given.get("path", ".")
        ref = given.get("ref") or self.event.sha
        to.mkdir(parents=True, exist_ok=True)
        depth = [] if given.get("fetch-depth") == "0" else [f"--depth={given.get('fetch-depth', '1')}"]
        for arguments in (
            ["init", "--quiet"],
            ["remote", "add", "origin", self.runner.repository.as_uri()],
            ["fetch", "--quiet", "--no-tags", *depth, "origin", ref],
            ["checkout", "--quiet", "--detach", "FETCH_HEAD"],
        ):
            subprocess.run(["git", *arguments], cwd=to, check=True, capture_output=True)

    def upload(self, given: dict[str, str]) -> dict[str, str]:
        """actions/upload-artifact: files without hidden ones, from the folder that they have in common."""
        paths = [self.workspace / one for one in given["path"].split("\n") if one]
        found = [path for path in paths if path.exists()]
        assert found or given.get("if-no-files-found") != "error"
        name = found[0].name if given.get("archive") == "false" and found else given.get("name", "artifact")
        to = self.artifacts / name
        assert not to.exists(), f"two artifacts are called {name}"
        to.mkdir(parents=True)
        for path in found:
            if path.is_dir():
                ignore = shutil.ignore_patterns(".*")
                shutil.copytree(path, to, dirs_exist_ok=True, ignore=ignore)
            else:
                shutil.copy(path, to)
        return {"artifact-url": f"https://github.example/artifacts/{name}"}

    def download(self, given: dict[str, str]) -> None:
        """actions/download-artifact: one by name, which must be there, or those that fit a pattern, together."""
        to = self.workspace / given.get("path", ".")
        to.mkdir(parents=True, exist_ok=True)
        if "pattern" in given:
            assert given["merge-multiple"] == "true"
        chosen = sorted(self.artifacts.glob(given.get("pattern") or given["name"]))
        assert chosen or "pattern" in given, f"there is no artifact {given['name']}"
        for one in chosen:
            shutil.copytree(one, to, dirs_exist_ok=True)

    def install(self, given: dict[str, str]) -> None:
        """Our own action: the folder must have a lock; the tool is the one under test."""
        assert (self.workspace / given["folder"] / "reconciler.lock").is_file()
        self.path = f"{BIN}:{self.path}"


ACTIONS = {
    "actions/checkout": _Job.checkout,
    "actions/upload-artifact": _Job.upload,
    "actions/download-artifact": _Job.download,
    "$/.github/actions/reconciler": _Job.install,
}


def _outputs(text: str) -> dict[str, str]:
    """What a script wrote into GITHUB_OUTPUT: NAME=VALUE, or NAME<<END, lines, END."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, mark, end = line.partition("<<")
        if mark and "=" not in name:
            value = []
            while (one := next(lines)) != end:
                value.append(one)
            found[name] = "\n".join(value)
        else:
            name, _, value = line.partition("=")
            found[name] = value
    return found
