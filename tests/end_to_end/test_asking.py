"""Ask, watch the model look and write, follow the evidence, stop, come back."""

from __future__ import annotations

import time

from playwright.sync_api import Page

from tests.end_to_end.window import Workspace, until


def test_boxes_appear_while_the_model_looks_and_then_the_text_streams(
    demo: Workspace,
) -> None:
    demo.page.get_by_role("button", name="How many tissue fragments").click()
    demo.page.locator(".ask button.main[type=submit]").click()
    # The answer to an earlier test's question stands there until this one is asked.
    demo.answer.locator(".asked", has_text="How many tissue fragments").wait_for()
    until(lambda: demo.marks.count() > 0, demo.page, "boxes")
    demo.wait_for("answered")
    kinds = demo.kinds_of_events()
    assert kinds.index("examined") < kinds.index("selected") < kinds.index("text")
    answered = demo.question()
    text = answered["answer"]["text"]
    until(lambda: "".join(demo.pieces()) == text, demo.page, "every piece")
    assert len(demo.pieces()) > 2
    assert demo.written() == text
    assert demo.cards.count() == len(answered["evidence"]) > 0
    assert demo.page.get_by_text(answered["intended_use"]).count() >= 1


def test_boxes_are_drawn_on_the_slide_and_can_be_hidden(demo: Workspace) -> None:
    answered(demo, "What is drawn?")
    picture = demo.page.locator(".picture")

    def switch() -> None:
        demo.tool("Boxes").click()
        demo.tool("Examined").click()

    switch()
    hidden = settled(demo)
    switch()
    until(lambda: picture.screenshot() != hidden, demo.page, "boxes")
    shown = settled(demo)
    switch()
    until(lambda: picture.screenshot() == hidden, demo.page, "no boxes")
    switch()
    until(lambda: picture.screenshot() == shown, demo.page, "the same boxes")


def settled(demo: Workspace) -> bytes:
    """The picture, once nothing in it moves or loads any more."""
    picture = demo.page.locator(".picture")
    demo.page.wait_for_load_state("networkidle")
    seen = [picture.screenshot()]

    def is_still() -> bool:
        seen.append(picture.screenshot())
        return seen[-1] == seen[-2]

    until(is_still, demo.page, "a picture that is still")
    return seen[-1]


def test_a_click_on_evidence_moves_the_view_there(demo: Workspace) -> None:
    answered(demo, "Where did you look?")
    last = demo.question()["evidence"][-1]
    before = demo.place
    number = f"Evidence {last['number']}: show on the slide"
    demo.page.locator(".evidence").get_by_role("button", name=number).click()
    until(lambda: demo.place.get("e") == str(last["number"]), demo.page, "the choice")
    region = last["region"]
    x, y = region["x"] + region["width"] / 2, region["y"] + region["height"] / 2
    until(lambda: is_near(demo, x, y), demo.page, f"the view at {x}, {y}")
    assert float(demo.place["d"]) < float(before["d"])


def is_near(demo: Workspace, x: float, y: float) -> bool:
    """Within two level-0 pixels."""
    place = demo.place
    return abs(float(place["x"]) - x) <= 2 and abs(float(place["y"]) - y) <= 2


def test_every_card_shows_the_pixels_that_the_model_was_given(demo: Workspace) -> None:
    answered(demo, "Which pixels?")
    pictures = demo.page.locator(".card img")
    for card in pictures.all():
        card.scroll_into_view_if_needed()
    loaded = "pictures => pictures.every(p => p.complete && p.naturalWidth > 0)"
    until(lambda: bool(pictures.evaluate_all(loaded)), demo.page, "all crops")


def test_stop_keeps_what_was_written_and_frees_the_model(demo: Workspace) -> None:
    demo.ask("Write until I stop you.")
    kept = demo.wait_for_words()
    demo.page.get_by_role("button", name="Stop", exact=True).click()
    asked = time.monotonic()
    demo.wait_for("stopped")
    assert time.monotonic() - asked < 5
    stopped = demo.question()
    assert stopped["state"] == "stopped"
    assert len(demo.written()) >= kept
    until(lambda: is_idle(demo.page), demo.page, "an idle worker")


def is_idle(page: Page) -> bool:
    workers = page.request.get("api/v1/workers").json()["workers"]
    return [worker["state"] for worker in workers] == ["idle"]


def test_a_reload_in_mid_answer_goes_on_where_it_was(demo: Workspace) -> None:
    demo.ask("Tell me a long story.")
    demo.wait_for_words()
    until(lambda: "q" in demo.place, demo.page, "the question in the address")
    demo.page.reload()
    demo.wait_for("answered")
    question = demo.question()
    assert question["text"] == "Tell me a long story."
    assert demo.written() == question["answer"]["text"]
    assert demo.cards.count() == len(question["evidence"])


def test_a_second_window_shows_the_same_answer(demo: Workspace) -> None:
    demo.ask("Who else is looking?")
    demo.wait_for_words()
    other = Workspace(demo.page.context.new_page())
    until(lambda: "q" in demo.place, demo.page, "the question in the address")
    other.page.goto(str(demo.page.evaluate("location.href")))
    for window in (demo, other):
        window.wait_for("answered")
    assert other.written() == demo.written() != ""


def test_the_same_question_offers_the_answer_that_exists(demo: Workspace) -> None:
    answered(demo, "Is this the same?")
    first = demo.question()["id"]
    demo.ask("Is this the same?")
    demo.page.get_by_role("button", name="Show it").click()
    demo.wait_for("answered")
    assert demo.question()["id"] == first


def answered(demo: Workspace, text: str) -> None:
    """Ask, and wait for the end."""
    demo.ask(text)
    demo.wait_for("answered")
