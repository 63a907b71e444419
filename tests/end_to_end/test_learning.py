"""The site learns: a corrected answer becomes a version that answers so, and back.

The model is tiny, and so is what it learns; the processes and the pages are the real
ones. Two trainer processes work at the job that the page starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import (
    PATIENCE,
    complaints_of,
    overhangs,
    violations_in_every_look,
    window,
)
from tests.end_to_end.window import Workspace, until
from tests.learning import ANSWER, QUESTION, Office, allow, correct, learning

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


@dataclass(frozen=True)
class Desk:
    """One administrator's window, whose pages may not complain."""

    office: Office
    page: Page

    def open_slide(self) -> Workspace:
        self.page.goto(f"/slides/{self.office.slides[0]}/")
        return Workspace(self.page).ready()

    def ask(self) -> dict[str, Any]:
        """The same question about the whole slide, answered once more."""
        shown = self.open_slide()
        every = self.office.read("/api/v1/questions")["results"]
        known = {str(each["id"]) for each in every}
        shown.ask(QUESTION)
        again = self.page.get_by_role("button", name="Ask again")

        def is_new() -> bool:
            return shown.place.get("q", "") not in {"", *known}

        until(lambda: is_new() or again.is_visible(), self.page, "the question")
        if again.is_visible():
            again.click()
        until(is_new, self.page, "the new question")
        shown.wait_for("answered")
        return shown.question()


@pytest.fixture
def desks(browser: Browser, office: Office) -> Iterator[list[Desk]]:
    """Of both administrators."""
    with ExitStack() as windows:
        opened = [window(browser, office.stack.url, each) for each in office.sessions]
        contexts = [windows.enter_context(each) for each in opened]
        complaints = [complaints_of(context) for context in contexts]
        yield [Desk(office, context.new_page()) for context in contexts]
    assert complaints == [[], []]


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

    train(root.page)
    watch(root.page)
    everybody_can_use(root)
    compare(root.page)
    everybody_can_use(root)

    ask_for_activation(root.page)
    expect(root.page.get_by_text("Another administrator has to agree.")).to_be_visible()
    agree(vera, root.page.url)
    second = root.ask()
    assert second["answer"]["text"].strip() == ANSWER
    assert second["model_version"]["digest"] != first["model_version"]["digest"]
    kept = root.office.read(f"/api/v1/questions/{first['id']}")
    assert kept["answer"] == first["answer"]
    assert kept["model_version"]["digest"] == first["model_version"]["digest"]

    roll_back(vera.page)
    third = root.ask()
    assert third["answer"]["text"] == first["answer"]["text"]
    assert third["model_version"]["digest"] == first["model_version"]["digest"]


def correct_in_the_workspace(page: Page) -> None:
    """Under the answer that is shown."""
    page.get_by_role("radio", name="Wrong").check()
    page.get_by_label("Corrected answer").fill(ANSWER)
    page.get_by_role("button", name="Save review").click()
    expect(page.get_by_test_id("review-state")).to_contain_text("Saved")


def fix(page: Page) -> None:
    """Have each candidate asked what is shown."""
    address = page.url
    page.goto("/finetune/questions/")
    page.get_by_label("Address of the question").fill(address)
    page.get_by_role("button", name="Add").click()
    page.get_by_role("link", name=QUESTION).wait_for()


def accept_all(page: Page) -> None:
    """In the review queue."""
    page.goto("/admin/reviews/review/?state__exact=pending")
    page.locator("#action-toggle").check()
    choose_action(page, "Accept: make examples of the chosen reviews")


def freeze(page: Page) -> None:
    """Every example that is allowed."""
    page.goto("/admin/reviews/example/")
    page.locator("#action-toggle").check()
    choose_action(page, "Freeze every allowed example into a data set")
    expect(page.get_by_text("Frozen:")).to_be_visible()


def choose_action(page: Page, name: str) -> None:
    """Of the administration's lists."""
    page.get_by_label("Action:").select_option(label=name)
    page.get_by_role("button", name="Go", exact=True).click()
    page.wait_for_load_state()


def train(page: Page) -> None:
    """By the form."""
    page.goto("/finetune/")
    page.get_by_label("Preset").select_option(label="All weights")
    page.get_by_label("Title").fill("Learned here")
    page.get_by_text("Advanced", exact=True).click()
    for label, figure in FIGURES.items():
        page.get_by_label(label).fill(figure)
    page.get_by_label("Precision").select_option("float32")
    page.get_by_role("button", name="Start the job").click()
    page.get_by_role("heading", name="Learned here").wait_for()


def watch(page: Page) -> None:
    """The curve, before and after a reload, until the job has succeeded."""
    curve = page.locator(".loss-chart:not([data-steps='0']) canvas")
    curve.wait_for()
    page.reload()
    curve.wait_for()
    state = page.locator(".state")
    expect(state).to_have_text("Succeeded", timeout=3 * PATIENCE)
    expect(page.get_by_text("2 processes, 32 examples seen")).to_be_visible()
    expect(page.get_by_role("heading", name="Sample answers")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Step 16")).to_be_visible()


def everybody_can_use(desk: Desk) -> None:
    """Nothing is wrong with the page, seen where axe is let in."""
    browser = desk.page.context.browser
    assert browser is not None
    url, session = desk.office.stack.url, desk.office.sessions[0]
    with window(browser, url, session, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(desk.page.url)
        page.wait_for_load_state("networkidle")
        assert [*violations_in_every_look(page), *overhangs(page)] == []


def compare(page: Page) -> None:
    """Candidate and active version side by side."""
    page.get_by_role("link", name="The whole comparison").click()
    page.get_by_role("heading", name="What became right").wait_for()
    expect(page.get_by_role("cell", name="points").first).to_be_visible()
    expect(page.get_by_role("heading", name=QUESTION).first).to_be_visible()
    expect(page.get_by_text("nothing is learned from them")).to_be_visible()


def ask_for_activation(page: Page) -> None:
    """With a reason, as so few questions cannot meet each rule."""
    page.get_by_role("link", name="Rules and activation").click()
    page.get_by_label("Why").fill("It says what we corrected.")
    page.get_by_role("button", name="Ask another administrator").click()


def agree(desk: Desk, url: str) -> None:
    """The second administrator."""
    desk.page.goto(url)
    desk.page.get_by_role("button", name="Agree").click()
    expect(desk.page.locator(".state")).to_have_text("Active")


def roll_back(page: Page) -> None:
    """One click."""
    page.goto("/models/")
    page.get_by_role("button", name="Go back to").click()
    page.get_by_text("answers again.").wait_for()
