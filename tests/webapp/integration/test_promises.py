"""The table of promises in docs/integration.md names tests that there are."""

from __future__ import annotations

import re

import pytest

from tests.stack import ROOT

PAGE = (ROOT / "docs" / "integration.md").read_text()
NAMED = re.findall(r"`([a-z]+/test_\w+\.py)::(test_\w+)`", PAGE)


def test_every_row_names_one() -> None:
    rows = re.findall(r"^\| [XJ]\d \|.*$", PAGE, re.MULTILINE)
    assert [row.split()[1] for row in rows] == [
        *(f"X{number}" for number in range(1, 10)),
        *(f"J{number}" for number in range(1, 10)),
    ]
    assert all("::test_" in row for row in rows)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_test_is_there(file: str, name: str) -> None:
    text = (ROOT / "tests" / "webapp" / file).read_text()
    assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE)
