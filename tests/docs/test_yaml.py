"""The YAML in the docs is sound."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.desired import load

ROOT = Path(__file__).parents[2]


def examples():
    for page in (ROOT / "README.md", ROOT / "docs" / "yaml.md"):
        for number, text in enumerate(
            re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
        ):
            if "backend:" not in text:
                yield pytest.param(text, id=f"{page.name} {number}")


@pytest.mark.parametrize("text", list(examples()))
def test_the_yaml_of_the_docs_is_sound(text, tmp_path):
    (tmp_path / "access.yaml").write_text(text, encoding="utf-8")
    assert load(tmp_path).findings == ()
