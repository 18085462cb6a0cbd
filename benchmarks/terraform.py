"""A whole plan against `terraform plan` over as many resources, of which 1 % differ from what is there.

    python -m benchmarks.terraform [--resources 2000 10000] [--json]

A pair of consultant and client is a `terraform_data` resource with the three names as its input: that resource is
built in, so that there is no provider to download, no network, and nothing that a plan waits for. The state is a
file with one instance each. Each resource is a block of its own, as each of our rules is a line of its own: with
one block and `for_each` terraform takes 4 times as long for 1,000, and 8 times for 2,000. Both plans read what
there is and compare; that terraform reads a file and we a database over the bureau's API is in its favour.

The ratio is that of seconds by the clock, ours the best of three. With several sizes the growth of each is printed
as an exponent of the seconds that processors worked: 1 is proportional; ours is start-up at first. terraform is taken from the
path; where it is not there, ours is measured alone, and that is said.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Measured, run, table
from benchmarks.plan import PROGRAMS, cells_of, ours

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = ("consultant", "client", "program")
_TYPE = ["object", dict.fromkeys(sorted(_NAMES), "string")]
_PROVIDER = 'provider["terraform.io/builtin/terraform"]'


def main(arguments: Sequence[str]) -> int:
    """Measure each size and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--resources", type=int, nargs="+", default=[2_000, 10_000])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    peer = shutil.which("terraform")
    rows = [_measure(resources, peer) for resources in options.resources]
    growth = {name: growth_of(rows, name) for name in ("plan busy s", "terraform busy s")}
    if options.json:
        print(json.dumps({"rows": rows, "growth": growth}, indent=2))
        return 0
    print(table(rows))
    if peer is None:
        print("terraform is not on the path: ours is measured alone")
    for name, exponent in growth.items():
        if exponent is not None:
            print(f"{name} grows with the resources to the power of {exponent}")
    return 0


def growth_of(rows: Sequence[dict[str, Any]], name: str) -> float | None:
    """The exponent between the smallest and the largest size; None for one size, or where it was not measured."""
    timed = sorted((row["resources"], row[name]) for row in rows if row.get(name))
    if len(timed) < 2 or timed[0][0] == timed[-1][0]:
        return None
    return round(math.log(timed[-1][1] / timed[0][1]) / math.log(timed[-1][0] / timed[0][0]), 2)


def _measure(resources: int, peer: str | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        for name in ("ours", "theirs"):
            (Path(place) / name).mkdir()
        mine = ours(Path(place) / "ours", resources)
        summary = json.loads(mine.output)["summary"]
        changed = summary["programs-added"]  # one goes where one comes
        row: dict[str, Any] = {
            "resources": resources,
            "changed": changed,
            "plan s": round(mine.seconds, 2),
            "plan busy s": round(mine.busy, 2),
            "plan MB": round(mine.megabytes),
        }
        if peer is None:
            return row
        theirs = _terraform(Path(place) / "theirs", resources, peer)
        if f"{changed} to change" not in theirs.output:
            sys.exit(f"terraform does not find {changed} changes:\n{theirs.output[-500:]}")
    return row | {
        "terraform s": round(theirs.seconds, 2),
        "terraform busy s": round(theirs.busy, 2),
        "terraform MB": round(theirs.megabytes),
        "ratio": f"1/{theirs.seconds / mine.seconds:.1f}",
    }


def _terraform(folder: Path, resources: int, peer: str) -> Measured:
    """The peer's plan, in a folder of its own."""
    wanted = [dict(zip(_NAMES, cell, strict=True)) for cell in cells_of(resources)]
    blocks = {f"r{i}": {"input": names} for i, names in enumerate(wanted)}
    state = {
        "version": 4,
        "terraform_version": "1.4.0",
        "serial": 1,
        "lineage": "00000000-0000-4000-8000-000000000000",
        "outputs": {},
        "resources": [_resource(i, names) for i, names in enumerate(wanted)],
        "check_results": None,
    }
    (folder / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": blocks}}))
    (folder / "terraform.tfstate").write_text(json.dumps(state))
    (folder / "empty.tfrc").touch()
    environment = {
        "CHECKPOINT_DISABLE": "1",  # asks nobody for a newer version
        "TF_CLI_CONFIG_FILE": str(folder / "empty.tfrc"),
        "TF_DATA_DIR": str(folder / "data"),
        "TF_IN_AUTOMATION": "1",
        **{name: "" for name in os.environ if name.startswith("TF_CLI_ARGS")},
    }
    init, plan = (
        run([peer, *command, "-input=false", "-no-color"], folder, environment)
        for command in (["init"], ["plan", "-lock=false"])
    )
    if init.code or plan.code:
        sys.exit(f"terraform ended with {init.code or plan.code}")
    return plan


def _resource(number: int, wanted: dict[str, str]) -> dict[str, Any]:
    """A resource of the state: one in a hundred has another program."""
    off = number % 100 == 0
    names = wanted | ({"program": PROGRAMS[(number + 1) % len(PROGRAMS)]} if off else {})
    value = {"value": names, "type": _TYPE}
    identity = f"{number:08x}-0000-4000-8000-000000000000"
    attributes = {"id": identity, "input": value, "output": value, "triggers_replace": None}
    return {
        "mode": "managed",
        "type": "terraform_data",
        "name": f"r{number}",
        "provider": _PROVIDER,
        "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}],
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
