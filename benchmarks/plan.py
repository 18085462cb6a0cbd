"""A whole `plan` of explicit one-line rules, against a dry run of octoDNS over as many records.

    python -m benchmarks.plan [--rules 1000 50000] [--peer] [--json]

A rule is `name: {who: consultant, clients: ["number"], programs: [program]}`; the bureau holds what the
rules say, but for 1 % of them. The peer is octodns-sync 1.22 from YAML to YAML, as many A records, 1 % of
them changed; it is installed into a folder of its own when --peer asks for it. octoDNS's YAML provider reads
nothing when it is the target, so the peer's target is that provider told to read. Goals: 1,000 rules in
under 0.5 s; 50,000 in at most 1/20 of the peer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Measured, reconciler, run, table

if TYPE_CHECKING:
    from collections.abc import Sequence

PEERS = Path(__file__).parent / ".peers"
OCTODNS = "octodns==1.22.0"
CLIENTS = 2_500
PROGRAMS = ("bookkeeping", "invoicing", "payroll", "payments")


def main(arguments: Sequence[str]) -> int:
    """Measure each size and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rules", type=int, nargs="+", default=[1_000, 50_000])
    parser.add_argument("--peer", action="store_true", help="measure octoDNS too")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = [_measure(rules, peer=options.peer) for rules in options.rules]
    print(json.dumps(rows, indent=2) if options.json else table(rows))
    return 0


def _measure(rules: int, *, peer: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        mine = ours(Path(place), rules)
        row: dict[str, Any] = {
            "rules": rules,
            "plan s": round(mine.seconds, 2),
            "plan MB": round(mine.megabytes),
            "changes": sum(
                json.loads(mine.output)["summary"][k] for k in ("programs-added", "programs-removed")
            ),
        }
        if peer:
            theirs = _octodns(Path(place), rules)
            row |= {
                "octodns-sync s": round(theirs.seconds, 2),
                "ratio": f"1/{theirs.seconds / mine.seconds:.1f}",
            }
    return row


def cells_of(rules: int) -> list[tuple[str, str, str]]:
    """Pairs all different: consultant, client, program."""
    return [
        (f"c{i // CLIENTS:04}@bureau.example", f"{10000 + i % CLIENTS}", PROGRAMS[i % len(PROGRAMS)])
        for i in range(rules)
    ]


def ours(folder: Path, rules: int) -> Measured:
    """Our plan of so many rules, of which 1 % differ from what the bureau holds."""
    cells = cells_of(rules)
    held = [
        (who, client, PROGRAMS[(i + (i % 100 == 0)) % len(PROGRAMS)])
        for i, (who, client, _) in enumerate(cells)
    ]
    (folder / "held.csv").write_text("\n".join(["consultant,client,program", *map(",".join, held)]) + "\n")
    programs = [part for name in PROGRAMS for part in ("--program", name)]
    run(reconciler("bureau", "create", "b", *programs), folder)
    run(reconciler("bureau", "load", "held.csv", "--bureau", "b"), folder)
    add = ("bureau", "operators", "add", "me", "--bureau", "b", "--system-administrator", "all")
    run(reconciler(*add, "--write-token", "me.token"), folder)
    (folder / "policies").mkdir()
    lines = [
        f'  r{i}: {{who: {who}, clients: ["{client}"], programs: [{program}]}}'
        for i, (who, client, program) in enumerate(cells)
    ]
    text = "\n".join(["manage: {unlisted: remove, taken-over: b}", "access:", *lines]) + "\n"
    (folder / "policies" / "access.yaml").write_text(text)
    where = ("--database", "bureau.db", "--token-file", "me.token", "--format", "json", "--no-cache")
    own = {"RECONCILER_STATE_DIR": str(folder / "state")}
    run(reconciler("plan", *where), folder, own)  # the first run writes byte code
    return min((run(reconciler("plan", *where), folder, own) for _ in range(3)), key=lambda one: one.seconds)


PLUGIN = """
from octodns.provider.yaml import YamlProvider

class Reading(YamlProvider):
    def populate(self, zone, target=False, lenient=False):
        return super().populate(zone, target=False, lenient=lenient)
"""

CONFIG = """
providers:
  config: {class: octodns.provider.yaml.YamlProvider, directory: ./wanted, enforce_order: false}
  target: {class: reading.Reading, directory: ./held, enforce_order: false}
zones:
  example.com.: {sources: [config], targets: [target]}
"""


def _octodns(folder: Path, records: int) -> Measured:
    python = _peer()
    (folder / "reading.py").write_text(PLUGIN)
    (folder / "config.yaml").write_text(CONFIG)
    for name in ("wanted", "held"):
        (folder / name).mkdir()
        lines = [
            f"r{i}: {{type: A, value: 10.{int(name == 'held' and i % 100 == 0)}.{i // 250}.{i % 250}, ttl: 3600}}"
            for i in range(records)
        ]
        (folder / name / "example.com.yaml").write_text("\n".join(["---", *lines]) + "\n")
    command = [str(python.parent / "octodns-sync"), "--config-file", "config.yaml", "--force", "--quiet"]
    return run(command, folder, {"PYTHONPATH": str(folder)})


def _peer() -> Path:
    """The Python of an environment that has the peer; made when it is missing."""
    python = PEERS / "octodns" / "bin" / "python"
    if not python.exists():
        venv.create(PEERS / "octodns", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", OCTODNS], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
