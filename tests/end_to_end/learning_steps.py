"""What two administrators do on the pages, from a wrong answer to a better version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser import (
    complaints_of,
    overhangs,
    violations_in_every_look,
    window,
)
from tests.end_to_end.window import Workspace, until
from tests.learning import ANSWER, QUESTION, Office


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


@contextmanager
def desks_of(browser: Browser, office: Office) -> Iterator[list[Desk]]:
    """Of both administrators, whose windows complain of nothing."""
    with ExitStack() as windows:
        opened = [window(browser, office.stack.url, each) for each in office.sessions]
        contexts = [windows.enter_context(each) for each in opened]
        complaints = [complaints_of(context) for context in contexts]
        yield [Desk(office, context.new_page()) for context in contexts]
    assert complaints == [[], []]


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


def train(page: Page, preset: str, figures: dict[str, str]) -> None:
    """By the form."""
    page.goto("/finetune/")
    page.get_by_label("Preset").select_option(label=preset)
    page.get_by_label("Title").fill("Learned here")
    page.get_by_text("Advanced", exact=True).click()
    for label, figure in figures.items():
        page.get_by_label(label).fill(figure)
    page.get_by_label("Precision").select_option("float32")
    page.get_by_role("button", name="Start the job").click()
    page.get_by_role("heading", name="Learned here").wait_for()


def watch(page: Page, patience: float) -> None:
    """The curve, before and after a reload, until the job has succeeded.

    Args:
        patience: milliseconds that training and comparison may take.
    """
    curve = page.locator(".loss-chart:not([data-steps='0']) canvas")
    curve.wait_for()
    page.reload()
    curve.wait_for()
    state = page.locator(".state")
    expect(state).to_have_text("Succeeded", timeout=patience)
    expect(page.get_by_role("heading", name="Sample answers")).to_be_visible()


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


def activate_and_go_back(root: Desk, vera: Desk, first: dict[str, Any]) -> None:
    """Two agree, the answer is the corrected one, and one click brings the old back.

    Args:
        first: the question as it was answered before; its answer stays as it is.
    """
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
