"""What several operators do, and which rights are missing, in Swedish with no English left in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.test_swedish import DAY, bureau, english_in, say  # noqa: F401 - fixtures among them

OPERATORS = """\
operators:
  ingrid: {token-file: tokens/it-admin.token}
  margareta: {token-env: TOKEN_OF_MARGARETA}
  pia: {token-file: tokens/payroll-admin.token}
"""


@pytest.fixture
def shared(bureau):  # noqa: F811 - a fixture asks for a fixture
    """The example with three operators, of whom one has no token and one few clients."""
    with Path("reconciler.yaml").open("a", encoding="utf-8") as config:
        config.write(OPERATORS)
    bureau(
        "bureau operators rights it-admin --bureau exempelbyran --database bureau.db --system-administrator 1041,1042"
    )
    return bureau


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"plan --as all {DAY}", "Del 2 av 2: Pia Löneby"),
        (f"apply --as all --yes {DAY}", "Del 2 av 2: Pia Löneby"),
        (f"rights --missing --as all {DAY}", "har den redan: Margareta Partner"),
        (f"rights --missing --as pia {DAY}", "Rättigheter som Pia Löneby saknar"),
        ("rights --as all", "--as all är för plan"),
        ("plan --as margareta", "variabeln TOKEN_OF_MARGARETA är inte satt"),
        ("plan --as margaret", "menade du ”margareta”?"),
        ("plan --as pia --token-file x", "pekar båda ut en token"),
        (f"plan --as all --out x {DAY}", "skrev x"),
        ("apply --as all --resume", "en operatörs"),
    ],
)
def test_it_is_swedish(shared, line, told):
    text = shared(line)
    assert told in " ".join(text.split())
    assert english_in(text) == []
