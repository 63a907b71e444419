"""The site learns: a corrected answer becomes a version that answers so, and back.

The model is tiny, and so is what it learns; the processes and the pages are the real
ones. Two trainer processes work at the job that the page starts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import PATIENCE
from tests.end_to_end.learning_steps import (
    Desk,
    accept_all,
    activate_and_go_back,
    compare,
    correct_in_the_workspace,
    desks_of,
    everybody_can_use,
    fix,
    freeze,
    train,
    watch,
)
from tests.learning import ANSWER, Office, allow, correct, learning

FIGURES = {
    "Passes over the training part": "16",
    "Examples per step": "2",
    "Learning rate": "0.01",
    "Longest text, in tokens": "512",
    "Steps between checkpoints": "8",
    "Trainer processes": "2",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with learning(tmp_path_factory.mktemp("office")) as started:
        yield started


@pytest.fixture
def desks(browser: Browser, office: Office) -> Iterator[list[Desk]]:
    with desks_of(browser, office) as opened:
        yield opened


def test_a_correction_becomes_the_answer_and_can_be_taken_back(
    desks: list[Desk],
) -> None:
    root, vera = desks
    first = root.ask()
    assert first["answer"]["text"].strip() != ANSWER
    correct_in_the_workspace(root.page)
    fix(root.page)
    accept_all(root.page)
    allow(root.office, root.office.slides[0])
    for slide in root.office.slides[1:]:
        correct(root.office, slide)
    freeze(root.page)

    train(root.page, "All weights", FIGURES)
    watch(root.page, 3 * PATIENCE)
    expect(root.page.get_by_text("2 processes, 32 examples seen")).to_be_visible()
    expect(root.page.get_by_role("columnheader", name="Step 16")).to_be_visible()
    everybody_can_use(root)
    compare(root.page)
    everybody_can_use(root)
    activate_and_go_back(root, vera, first)
