"""Say by keyboard what is wrong with an answer; tell how large a pixel is."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.end_to_end.window import Workspace, until


def press(button: Locator) -> None:
    """As somebody without a pointer does."""
    button.focus()
    button.press("Enter")


def right_place_for(page: Page, number: int) -> Locator:
    """What is asked for on the card of evidence that is marked wrong."""
    return page.get_by_role("group", name=f"Right places for evidence {number}")


def drag_over(picture: Locator) -> None:
    """A rectangle in the middle of the picture."""
    box = picture.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = picture.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 40, y + 30, steps=3)
    mouse.move(x + 80, y + 60, steps=3)
    mouse.up()


def saved(page: Page) -> None:
    """Until the page says that the review is kept."""
    state = page.get_by_test_id("review-state")
    expect(state).to_have_text(re.compile("^Saved"))


def reviews(demo: Workspace) -> list[dict[str, Any]]:
    """All versions of all reviews of the question shown, as the REST API has them."""
    path = f"api/v1/questions/{demo.place['q']}/reviews?history=true"
    return list(demo.page.request.get(path).json()["results"])


def test_an_answer_is_corrected_and_the_correction_is_kept(demo: Workspace) -> None:
    page = demo.page
    demo.ask("Which of this is wrong?")
    demo.wait_for("answered")
    first = demo.question()["evidence"][0]["number"]

    page.get_by_role("radio", name="Right").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    wrong = page.get_by_role("radio", name="Wrong")
    expect(wrong).to_be_checked()
    page.get_by_label("Corrected answer").fill("It shows a duct.")
    press(page.get_by_role("button", name="Use the current view as the right"))
    press(page.get_by_role("button", name=f"Evidence {first} is wrong here"))
    press(right_place_for(page, first).get_by_role("button", name="Draw"))
    drag_over(page.locator(".picture"))
    shown = right_place_for(page, first).get_by_role("button", name="Show")
    expect(shown).to_have_count(1)
    press(page.get_by_role("button", name="Save review"))
    saved(page)

    (review,) = reviews(demo)
    assert (review["verdict"], review["version"]) == ("wrong", 1)
    assert review["corrected_answer"] == "It shows a duct."
    (marked,) = review["evidence"]
    assert (marked["number"], len(marked["regions"])) == (first, 1)
    assert len(review["regions"]) == 1

    page.reload()
    demo.wait_for("answered")
    expect(wrong).to_be_checked()
    page.get_by_label("Comment").fill("Seen twice.")
    press(page.get_by_role("button", name="Save review"))
    saved(page)
    assert [one["version"] for one in reviews(demo)] == [2, 1]


def test_a_pixel_size_that_a_person_sets_is_used_and_can_be_taken_back(
    demo: Workspace,
) -> None:
    page, scale = demo.page, demo.page.get_by_test_id("scale-bar")
    before = scale.inner_text()
    page.get_by_role("button", name="Set the pixel size").click()
    page.get_by_label("µm per pixel").fill("2,5")
    page.get_by_label("µm per pixel").press("Enter")
    page.get_by_role("heading", name="Pixel size: 2.5 µm/px, set by demo").wait_for()
    until(lambda: scale.inner_text() != before, page, "another scale bar")
    page.get_by_role("button", name="Take back").click()
    until(lambda: scale.inner_text() == before, page, "the old scale bar")


def test_a_length_is_measured_by_keys(demo: Workspace) -> None:
    demo.tool("Measure").click()
    before = demo.place["x"]
    demo.page.keyboard.press("Enter")
    demo.page.get_by_text("One end is set.").wait_for()
    demo.page.keyboard.press("ArrowRight")
    until(lambda: demo.place["x"] != before, demo.page, "a view further right")
    demo.page.keyboard.press("Enter")
    measured = demo.page.get_by_test_id("measured")
    expect(measured).to_contain_text(re.compile(r"\d µm \(\d"))
