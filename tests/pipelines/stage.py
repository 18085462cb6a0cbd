"""A bureau with its repository, its forge and its server, on one machine; and what people do there."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from reconciler.backends import BackendConfig, open_backend
from reconciler.bureau.operators import replace_token
from reconciler.bureau.store import Store
from reconciler.commands.cli import run
from tests.bureau.server import started
from tests.forge.standin import github_standin
from tests.forge.standin.serving import BOT
from tests.forge.standin.world import Grant
from tests.pipelines.files import ROOT
from tests.pipelines.runner import Event, JobRun, Runner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.forge.standin import Standin

NAME = "exempelbyran/access"
BUREAU = "exempelbyran"
DAY = "2026-11-24"
OPERATOR = "managing-partner"
Cell = tuple[str, str, str]
"""Consultant, client, program; "" is the access itself."""


@dataclass
class Stage:
    """Where it plays.

    Attributes:
        folder: of everything.
        forge: the stand-in.
        runner: runs the workflows.
        url: of the bureau's server.
        tokens: of the bureau's operators, by their keys; "reading" is the one that only reads.
        work: a clone of the repository, where people work.
    """

    folder: Path
    forge: Standin
    runner: Runner
    url: str
    tokens: dict[str, str]
    work: Path
    merges: dict[int, str] = field(default_factory=dict)

    # -- what people do -------------------------------------------------------------------------------------------

    def git(self, *arguments: str) -> str:
        """git in the clone."""
        ran = subprocess.run(["git", *arguments], cwd=self.work, capture_output=True, text=True, check=True)
        return ran.stdout.strip()

    def write(self, branch: str, files: Mapping[str, str], *, new: bool = True) -> str:
        """Commit files to a branch and push it; the commit."""
        self.git("fetch", "--quiet", "origin")
        self.git("checkout", "--quiet", *(["-B", branch, "origin/main"] if new else [branch]))
        for name, text in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", f"Change {', '.join(files)}")
        self.git("push", "--quiet", "--force", "origin", branch)
        return self.git("rev-parse", "HEAD")

    def open(self, branch: str, files: Mapping[str, str], by: str = "anna") -> int:
        """Open a pull request; its number."""
        return self.forge.open_pull(by, branch=branch, head=self.write(branch, files))

    def change(self, number: int, files: Mapping[str, str]) -> None:
        """Push to a pull request."""
        self.forge.push(number, self.write(self.forge.item(number).branch, files, new=False))

    def merge(self, number: int) -> str:
        """Merge what was tried last; the commit."""
        self.git("push", "--quiet", "origin", f"{self.merges[number]}:refs/heads/main")
        self.forge.merge(number, self.merges[number])
        return self.merges[number]

    def behind(self, **operation: Any) -> None:
        """Somebody clicks in the web application: an operation of another operator."""
        headers = {"Authorization": f"Bearer {self.tokens['it-admin']}", "Idempotency-Key": str(uuid4())}
        answer = httpx.post(f"{self.url}/v1/operations", json=operation, headers=headers)
        assert answer.status_code == 202, answer.text
        job = f"{self.url}{answer.headers['Location']}"
        while httpx.get(job, headers=headers).json()["state"] != "done":
            pass

    # -- what the forge does then ---------------------------------------------------------------------------------

    def pull_request(self, number: int, *, fork: str = "") -> dict[str, JobRun]:
        """What is run for a pull request; of a fork, without secrets and variables, and with a token that only reads."""
        item = self.forge.item(number)
        head = self.runner.git("rev-parse", f"refs/heads/{item.branch}")
        if item.head != head:  # a workflow has pushed it
            self.forge.push(number, head)
        self.git("fetch", "--quiet", "origin")
        self.git("checkout", "--quiet", "--detach", "origin/main")
        self.git("merge", "--quiet", "--no-ff", "--message", f"Merge #{number}", item.head)
        self.merges[number] = self.git("rev-parse", "HEAD")
        self.git("push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
        payload = {
            **self.repository,
            "pull_request": {
                "number": number,
                "head": {"sha": item.head, "ref": item.branch, "repo": {"full_name": fork or NAME}},
                "base": {"ref": "main"},
            },
        }
        return self.runner.run("plan.yml", Event("pull_request", self.merges[number], payload))

    def pushed(self, commit: str) -> dict[str, JobRun]:
        """What is run for a push to main."""
        return self.runner.run(
            "apply.yml", Event("push", commit, {"ref": "refs/heads/main", **self.repository})
        )

    def started(self, workflow: str, **inputs: str) -> dict[str, JobRun]:
        """What is run when somebody starts a workflow by hand."""
        return self.runner.run(workflow, Event("workflow_dispatch", self.main(), self.repository, inputs))

    def asked(self, number: int, *, by: str = "MEMBER") -> dict[str, JobRun]:
        """What is run for an issue; `by` is what its author has to do with the repository."""
        item = self.forge.item(number)
        labels = [{"name": "access-request"}]
        issue = {"number": number, "title": item.title, "labels": labels, "author_association": by}
        return self.runner.run(
            "request.yml", Event("issues", self.main(), self.repository | {"issue": issue})
        )

    def night(self) -> dict[str, JobRun]:
        """What is run every night."""
        return self.runner.run("drift.yml", Event("schedule", self.main(), self.repository))

    @property
    def repository(self) -> dict[str, Any]:
        """What every event tells of the repository."""
        return {"repository": {"full_name": NAME, "default_branch": "main"}}

    def main(self) -> str:
        """The commit of main."""
        return self.runner.git("rev-parse", "refs/heads/main")

    # -- what there is then ---------------------------------------------------------------------------------------

    def cells(self) -> set[Cell]:
        """Everything that the bureau has."""
        with open_backend(BackendConfig("http", {"url": self.url}, self.tokens[OPERATOR])) as backend:
            current = backend.current()
        names, found = current.register.programs.names, set()
        for who, where, mask in current.access.rows():
            pair = current.register.consultants.names[who], current.register.clients.names[where]
            programs = [name for bit, name in enumerate(names) if mask >> bit & 1]
            found |= {(*pair, program) for program in ["", *programs]}
        return found

    def comments(self, number: int, kind: str) -> list[str]:
        """The comments of a kind on a pull request."""
        mark = f"<!-- reconciler:comment {kind} "
        return [one.body for one in self.forge.comments(number) if one.body.startswith(mark)]


@contextlib.contextmanager
def stage(folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[Stage]:
    """The example bureau, as its YAML wants it, with everything set up as docs/pipelines.md says."""
    tokens = _bureau(folder / "bureau")
    with started(folder / "bureau" / "bureau.db", 1000) as (_, url), github_standin(NAME) as forge:
        bare, work = folder / "origin.git", folder / "work"
        _repository(bare, work, folder / "bureau", url)
        forge.world.branches = _Branches(bare)
        runner = Runner(
            bare,
            NAME,
            folder / "runs",
            _token_maker(forge),
            {"RECONCILER_BUREAU": BUREAU} if variables is None else variables,
            {"RECONCILER_READ_TOKEN": tokens["reading"], "RECONCILER_TOKEN": tokens[OPERATOR]},
            {"GITHUB_API_URL": forge.url, "RECONCILER_AS_OF": DAY},
        )
        yield Stage(folder, forge, runner, url, tokens, work)


def _bureau(folder: Path) -> dict[str, str]:
    """The example, applied; the tokens."""
    folder.mkdir()
    with contextlib.chdir(folder):
        assert run(["init"]) == 0
        assert run(["bureau", "load", "--example"]) == 0
        manage = folder / "policies" / "bureau.yaml"
        text = manage.read_text("utf-8")
        assert "clients: all " in text
        # of two clients something stays blocked for ever, and so would the issue stay open
        manage.write_text(text.replace("clients: all ", 'clients: "!1045 & !1064" '), encoding="utf-8")
        tokens = {path.stem: path.read_text("utf-8").strip() for path in (folder / "tokens").iterdir()}
        assert run(["fmt"]) == 0
        config = ("--token-file", f"tokens/{OPERATOR}.token", "--as-of", DAY)
        assert run(["apply", "--yes", *config]) == 0
        assert run(["register", "pull", *config[:2]]) == 0
    with contextlib.closing(Store.open(folder / "bureau.db")) as store:
        tokens["reading"] = replace_token(store, BUREAU, OPERATOR, read_only=True)
    return tokens


def _repository(bare: Path, work: Path, bureau: Path, url: str) -> None:
    """A repository with what docs/pipelines.md names, and a clone of it."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", bare], check=True)
    for name in ("uploadpack.allowAnySHA1InWant", "uploadpack.allowReachableSHA1InWant"):
        subprocess.run(["git", "-C", bare, "config", name, "true"], check=True)
    subprocess.run(["git", "clone", "--quiet", bare, work], check=True, capture_output=True)
    for name, value in (("user.name", "Anna Lind"), ("user.email", "anna.lind@exempelbyran.example")):
        subprocess.run(["git", "-C", work, "config", name, value], check=True)
    shutil.copytree(ROOT / ".github", work / ".github")
    shutil.copy(ROOT / "reconciler.lock", work)
    for name in ("policies", "register"):
        shutil.copytree(bureau / name, work / name)
    (work / "reconciler.yaml").write_text(f"backend: {{kind: http, url: {url}/}}\n", encoding="utf-8")
    for arguments in (
        ["checkout", "-q", "-B", "main"],
        ["add", "-A"],
        ["commit", "-qm", "Begin"],
        ["push", "-q", "origin", "main"],
    ):
        subprocess.run(["git", "-C", work, *arguments], check=True)


class _Branches(set[str]):
    """The branches that there are in a repository, for the stand-in to know."""

    def __init__(self, repository: Path) -> None:
        super().__init__()
        self.repository = repository

    def __contains__(self, branch: object) -> bool:
        ask = ["git", "-C", self.repository, "rev-parse", "--quiet", "--verify", f"refs/heads/{branch}"]
        return subprocess.run(ask, capture_output=True, check=False).returncode == 0


def _token_maker(forge: Standin) -> Callable[[Mapping[str, str]], str]:
    """Tokens as the forge gives them to jobs: each may do what the job asked for, and nothing else."""

    def token(permissions: Mapping[str, str]) -> str:
        made = f"ghs_job{len(forge.world.tokens):036}"
        may = {name.replace("-", "_"): how for name, how in permissions.items()}
        forge.world.tokens[made] = Grant(forge.world.account(BOT), may)
        return made

    return token
