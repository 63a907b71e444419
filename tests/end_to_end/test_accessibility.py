"""axe finds nothing in the workspace, as it is really served, islands included."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser import (
    NARROW,
    USUAL_LETTERS,
    VIEWPORT,
    overhang,
    violations,
    violations_in_every_look,
    window,
    write_in_letters_of,
    write_page_in_letters_of,
)
from tests.end_to_end.window import Workspace, until
from tests.launched import Launched

WRITE_DOWN = """(element) => {
  const seen = [];
  const write = () => seen.push(element.textContent);
  const what = { childList: true, characterData: true, subtree: true };
  new MutationObserver(write).observe(element, what);
  return seen;
}"""
"""Each text that an element comes to have."""


@pytest.fixture
def inspected(browser: Browser, site: Launched, signed_in: str) -> Iterator[Page]:
    """A page that lets axe in, which the site's own policy does not."""
    with window(browser, site.url, storage_state=signed_in, bypass_csp=True) as context:
        yield context.new_page()


def test_the_workspace_before_and_after_a_question(inspected: Page) -> None:
    workspace = Workspace.open(inspected)
    assert violations_in_every_look(inspected) == []
    workspace.ask(f"Is it {inspected.evaluate('Math.random()')}?")
    until(lambda: workspace.marks.count() > 0, inspected, "boxes")
    assert violations_in_every_look(inspected) == []
    workspace.wait_for("answered")
    inspected.get_by_role("radio", name="Wrong").check()
    inspected.get_by_role("button", name="is wrong here").first.click()
    inspected.get_by_role("button", name="Set the pixel size").click()
    inspected.get_by_text("Files of this answer").click()
    inspected.get_by_text("None yet.").wait_for()
    assert violations_in_every_look(inspected) == []
    # The columns scroll; the page around them, with its header, never does.
    assert inspected.evaluate("document.body.scrollHeight - innerHeight") <= 0


def test_the_workspace_while_drawing_and_its_list_of_keys(inspected: Page) -> None:
    workspace = Workspace.open(inspected)
    workspace.tool("Rectangle").click()
    assert violations_in_every_look(inspected) == []
    workspace.tool("List of keys").click()
    inspected.get_by_role("dialog", name="Keys").wait_for()
    assert violations_in_every_look(inspected) == []


def test_what_the_owner_of_a_slide_does_with_it(inspected: Page) -> None:
    Workspace.open(inspected)
    inspected.get_by_role("heading", name="Owner").click()
    inspected.get_by_label("Consent of the patient").wait_for()
    assert violations_in_every_look(inspected) == []
    inspected.get_by_role("button", name="Delete the slide").click()
    assert violations_in_every_look(inspected) == []
    inspected.get_by_role("button", name="Keep it").click()
    inspected.get_by_role("button", name="Add slides").click()
    inspected.get_by_role("heading", name="Add slides").wait_for()
    assert violations_in_every_look(inspected) == []


def test_the_workspace_on_a_narrow_screen(inspected: Page) -> None:
    inspected.set_viewport_size(NARROW)
    Workspace.open(inspected)
    assert violations_in_every_look(inspected) == []
    assert overhang(inspected) <= 0


@pytest.mark.parametrize("write", [write_in_letters_of, write_page_in_letters_of])
def test_the_workspace_in_letters_of_twice_the_size(
    inspected: Page, write: Callable[[Page, int], None]
) -> None:
    workspace = Workspace.open(inspected)
    write(inspected, 2 * USUAL_LETTERS)
    assert overhang(inspected) <= 0
    picture = inspected.locator(".picture").bounding_box()
    assert picture is not None
    assert picture["width"] > VIEWPORT["width"] / 2
    assert is_within_the_window(workspace.tool("Zoom in"))
    parts = inspected.get_by_role("navigation", name="Parts")
    parts.get_by_role("button", name="Ask").click()
    assert is_within_the_window(inspected.get_by_role("textbox", name="Question"))
    assert is_within_the_window(inspected.locator(".ask button.main[type=submit]"))
    assert violations(inspected) == []


def is_within_the_window(part: Locator) -> bool:
    """Nothing of its width is cut off."""
    box = part.bounding_box()
    assert box is not None
    return box["x"] >= 0 and box["x"] + box["width"] <= VIEWPORT["width"]


def test_a_closer_view_is_there_at_once_for_who_wants_less_motion(
    inspected: Page,
) -> None:
    inspected.emulate_media(reduced_motion="reduce")
    workspace = Workspace.open(inspected)
    bar = inspected.get_by_test_id("scale-bar")
    shown = bar.evaluate_handle(WRITE_DOWN)
    workspace.tool("20×").click()  # noqa: RUF001
    until(lambda: float(workspace.place["d"]) == 2, inspected, "the closer view")
    assert set(shown.json_value()) == {bar.text_content()}
