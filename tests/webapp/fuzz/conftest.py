"""How many requests are made up: few in every run, more by hand.

pytest tests/webapp/fuzz --fuzz-examples 100
"""

from __future__ import annotations

import pytest

EXAMPLES = 3


def pytest_addoption(parser: pytest.Parser) -> None:
    """pytest's hook; it counts where these tests alone are named."""
    parser.addoption("--fuzz-examples", type=int, default=EXAMPLES)


@pytest.fixture
def fuzz_examples(request: pytest.FixtureRequest) -> int:
    """Requests of each operation; each is sent twice where it has ids."""
    found: int = request.config.getoption("--fuzz-examples", EXAMPLES)
    return found
