"""The tests that docs/dicomweb.md names for each requirement are there."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "dicomweb.md"
ROW = re.compile(r"\| `(test_\w+)` \| (.+) \|$", re.MULTILINE)


def test_each_test_that_is_named_exists() -> None:
    rows = ROW.findall(PAGE.read_text())
    assert len(rows) > 25
    for file, names in rows:
        text = (HERE / f"{file}.py").read_text()
        for name in re.findall(r"`(\w+)`", names):
            assert f"def test_{name}(" in text, f"{file}: {name}"
