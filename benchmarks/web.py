"""The pages of the bureau server at 2,000 consultants × 100,000 clients, 0.8 million pairs, as a browser on the same machine waits for them.

    python -m benchmarks.web [--triples 2400000] [--everything] [--folder FOLDER] [--repeat 15] [--json]

ms, worst   milliseconds from sending a request to having its answer, over a connection that is kept: the median and the
            worst; where a form leads on to a page, that page is a row of its own
×           the median as a ratio of the floor: a page of the same site that looks at nothing, in the same run
goal        of milliseconds, where there is one

The server is a process of its own, as `reconciler bureau serve` starts it. The operator is a system administrator at nine of
ten clients, so that something is refused, and may see the others. Half of the clients are marked at once, with
--everything all of them, and a consultant gets access to them: a job of 50,000 or 100,000 items; what is looked at first after it has a row of its own. At
the end stands what memory the server has held at most.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.generate import BUREAU, PROGRAMS, Size, generate
from benchmarks.measure import table
from benchmarks.scale import serving
from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.store import Store
from tests.support.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GOAL = 300
"""Milliseconds of server time for the first page, a search, marking all of a filter and saving (issue 7)."""

GOALS = ("clients", "search", "filter", "mark all", "save")
"""What it is for, as the names of its rows begin."""

TAG = "payroll"
"""What is marked at once: half of the clients have it."""


@dataclass
class Clock:
    """Takes the time of each request of a reader.

    Attributes:
        reader: whose.
        times: milliseconds, by what was asked for, in the order in which it was first.
    """

    reader: Reader
    times: dict[str, list[float]] = field(default_factory=dict)

    def get(self, name: str, path: str, times: int = 1) -> str:
        """Open a page so many times."""
        text = ""
        for _ in range(times):
            start = time.perf_counter()
            text = self.reader.get(path)
            self.note(name, start)
        return text

    def send(self, name: str, page: str, action: str, to: str = "", **changes: Any) -> str:
        """Send a form of the open page, and open what it leads on to, which is called `page`."""
        form = self.reader.form(action)
        form.action = to or form.action
        start = time.perf_counter()
        answer = self.reader.post(form, **changes)
        self.note(name, start)
        start = time.perf_counter()
        text = self.reader.follow(answer)
        self.note(page, start)
        return text

    def rows(self) -> list[dict[str, Any]]:
        """The figures, the floor first."""
        floor = statistics.median(self.times["floor"])
        return [
            {
                "request": name,
                "ms": round(statistics.median(times), 1),
                "worst": round(max(times), 1),
                "×": round(statistics.median(times) / floor, 1),
                "goal": GOAL if name.startswith(GOALS) else "",
                "times": len(times),
            }
            for name, times in self.times.items()
        ]

    def note(self, name: str, start: float) -> None:
        """Note what has begun then and ends now."""
        self.times.setdefault(name, []).append(1000 * (time.perf_counter() - start))


def prepare(folder: Path, size: Size) -> str:
    """A bureau of that size, and an operator who may not do everything; its token."""
    generate(folder, size)
    kept = folder / "office.token"
    if not kept.exists():
        clients = tuple(f"{1_000_000 + number}" for number in range(size.clients) if number % 10)
        rights = [Right(RightName.SYSTEM_ADMINISTRATOR, clients=clients)]
        rights.append(Right(RightName.PROGRAM_ADMINISTRATOR, PROGRAMS))
        with Store.open(folder / "bureau.db") as store:
            token = add_operator(store, BUREAU, "office", "Office", rights, sees_operators=True)
        kept.touch(mode=0o600)
        kept.write_text(token)
    return kept.read_text()


@contextmanager
def office(folder: Path, token: str) -> Iterator[tuple[Clock, int]]:
    """Somebody at the pages of a server that has just been started, signed in; and its process."""
    with serving(folder) as (url, process), Reader(url) as reader:
        reader.get("/sign-in?next=/nothing")
        reader.follow(reader.post(reader.form("/sign-in"), token=token), 404)
        yield Clock(reader), process


def look(clock: Clock, size: Size, times: int) -> None:
    """The client list in all its ways, and the matrices."""
    client, last = f"{1_000_000 + size.clients // 2}", size.clients // 100
    clock.get("clients, the server just started", "/clients")
    for _ in range(times):
        start = time.perf_counter()
        clock.reader.get("/nothing", 404)
        clock.note("floor", start)
    for name, path in {
        "clients": "/clients",
        "clients, last page": f"/clients?page={last}",
        "search, by name": "/clients?q=company+77",
        "search, by number": f"/clients?q={client}",
        "search, nothing found": "/clients?q=qqq",
        "filter by tag": f"/clients?tag={TAG}",
        "filter by team": "/clients?team=t007",
        "filter by consultant": "/clients?consultant=c00007%40bureau.example",
        "search, tag and consultant": f"/clients?q=company&tag={TAG}&consultant=c00007%40bureau.example",
    }.items():
        clock.get(name, path, times)
    for name, path in {
        "sort by name": "/clients?sort=name",
        "sort by team, downwards": "/clients?sort=-team",
        "sort by consultants": "/clients?sort=-count",
        "matrix of a client": f"/clients/{client}",
        "consultants": "/consultants",
        "consultants, search": "/consultants?q=consultant+77",
        "matrix of a consultant": "/consultants/c00007%40bureau.example",
    }.items():
        clock.get(name, path, times)


def mark(clock: Clock, path: str) -> None:
    """Mark all clients of a list at once, and a few as one ticks them."""
    clock.reader.get(path)
    clock.send("mark all of a filter", "clients, many of them marked", "/clients/marks", do="all")
    (first, *_) = clock.reader.form("/clients/marks").choices["tick"]
    form = clock.reader.form("/clients/marks")
    ticks = [value for name, value in form.fields if name == "tick" and value != first]
    start = time.perf_counter()
    answer = clock.reader.post(form, do="tick", tick=ticks)
    clock.note("untick one of them", start)
    if answer.status_code != 200:
        sys.exit("ticking one failed")
    clock.get("clients, many of them marked", path)


def unmark(clock: Clock) -> None:
    """Nothing is marked any more."""
    clock.send("unmark all", "clients", "/clients/marks", do="none")


def manage(clock: Clock, consultant: str) -> str:
    """Give a consultant access to all that is marked, up to the page of the job; its address."""
    clock.send("manage access", "step: operation", "/clients/marks", "/manage")
    clock.send("choose the operation", "step: consultants", "/operation", operation="give-access", do="next")
    step = clock.reader.path
    clock.get("step: consultants, search", f"{step}?q=consultant+77")
    clock.reader.get(step)
    consultants = {"shown": consultant, "tick": consultant, "do": "next"}
    clock.send("choose a consultant", "step: programs", "/consultants", **consultants)
    clock.send("choose the programs", "step: check", "/programs", do="next")
    clock.send("save", "job, running", "/save")
    return clock.reader.path


def wait_for(clock: Clock, job: str) -> float:
    """Look at the client list and at the job until it is done; the seconds that took."""
    start = time.perf_counter()
    while 'data-again="1000"' in clock.get("job, running", job):
        clock.get("clients, while a job runs", "/clients")
        time.sleep(0.2)
    return time.perf_counter() - start


def after(clock: Clock, job: str, times: int) -> None:
    """What a job leaves to be looked at."""
    for name, path in {
        "result, refused items first": job,
        "result, refused items": f"{job}?outcome=refused",
        "result, search": f"{job}?q=1000020",
        "jobs": "/jobs",
        "notifications": "/notifications",
        "result as CSV": f"{job}.csv",
    }.items():
        clock.get(name, path, times if "CSV" not in name else 2)


def memory(process: int) -> dict[str, int]:
    """Megabytes that a process holds, and has held at most."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    held = {line.partition(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith("Vm")}
    return {"MB now": held["VmRSS"], "MB at most": held["VmHWM"]}


def measure(folder: Path, size: Size, times: int, marked: str) -> dict[str, Any]:
    """All of it; what is marked is what the list at that address has."""
    token = prepare(folder, size)
    with office(folder, token) as (clock, process):
        before = memory(process)
        look(clock, size, times)
        jobs, seconds = [], []
        for turn in range(max(2, times // 3)):
            mark(clock, marked)
            jobs.append(manage(clock, f"c{turn * 7 + 3:05}@bureau.example"))
            seconds.append(wait_for(clock, jobs[-1]))
            clock.get("clients, first look after a job", "/clients")
            unmark(clock)
        after(clock, jobs[0], times)
        job = {"items": len(clock.reader.get(f"{jobs[0]}.csv").splitlines()) - 1, "seconds": max(seconds)}
        kept = {"just started MB": before["MB now"], **memory(process)}
    return {"rows": clock.rows(), "memory": kept, "job": job}


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--triples", type=int, default=2_400_000)
    parser.add_argument(
        "--everything", action="store_true", help="mark all clients, not those of a filter: half of them"
    )
    parser.add_argument("--folder", type=Path, help="keep the bureau here")
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        size = Size(options.triples, options.triples // 100, options.triples // 10_000)
        marked = "/clients" if options.everything else f"/clients?tag={TAG}"
        found = measure(folder / f"web-{options.triples}", size, options.repeat, marked)
    print(json.dumps(found, indent=2, ensure_ascii=False) if options.json else shown(found))
    return 0


def shown(found: dict[str, Any]) -> str:
    """The figures to read."""
    job = f"a job of {found['job']['items']:,} items took {found['job']['seconds']:.1f} s"
    return "\n".join([table(found["rows"]), job, table([found["memory"]])])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
