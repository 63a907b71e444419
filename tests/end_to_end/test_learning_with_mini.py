"""Dragonfly-mini learns what people say: forty corrected answers, and the way back.

It takes minutes of a CPU, so it runs by `make test-learning` alone.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dragonfly.mini.build import build_mini
from tests.browser import SECONDS
from tests.end_to_end.learning_steps import (
    Desk,
    accept_all,
    activate_and_go_back,
    compare,
    correct_in_the_workspace,
    desks_of,
    fix,
    freeze,
    train,
    watch,
)
from tests.learning import ANSWER, QUESTION, Office, allow, learning, review_one

pytestmark = pytest.mark.learning

RIGHT = {
    QUESTION: ANSWER,
    "Which colour has the background?": "Pale pink.",
    "Which site sent this slide?": "North.",
    "Who drew this tissue?": "A program.",
}
SLIDES = 10
HALF_AN_HOUR = 1800 * SECONDS
FIGURES = {
    "Passes over the training part": "2",
    "Examples per step": "4",
    "Examples at once": "4",
    "Learning rate": "0.001",
    "Longest text, in tokens": "512",
    "Steps between checkpoints": "7",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with learning(folder, SLIDES, build_mini()) as started:
        yield started


@pytest.fixture
def desks(browser: Browser, office: Office) -> Iterator[list[Desk]]:
    with desks_of(browser, office) as opened:
        yield opened


def test_forty_corrected_answers_become_what_it_says(desks: list[Desk]) -> None:
    root, vera = desks
    first = root.ask()
    assert first["answer"]["text"].strip() != ANSWER
    correct_in_the_workspace(root.page)
    fix(root.page)
    correct_the_others(root.office)
    accept_all(root.page)
    freeze(root.page)
    assert root.office.read("/api/v1/data-sets")["results"][0]["card"]["examples"] == 40

    train(root.page, "LoRA, small", FIGURES)
    watch(root.page, HALF_AN_HOUR)
    compare(root.page)
    activate_and_go_back(root, vera, first)


def correct_the_others(office: Office) -> None:
    """Each question about each slide but the one corrected in the workspace."""
    for slide in office.slides:
        for text, right in RIGHT.items():
            if (slide, text) != (office.slides[0], QUESTION):
                review_one(office, slide, text, right)
        allow(office, slide)
