"""axe finds nothing on the pages as they are really served, islands included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.end_to_end.conftest import WINDOW
from tests.end_to_end.window import PATIENCE, Workspace, until
from tests.launched import Launched

PAGES = (
    *("", "about/", "password/", "api/v1/docs", "admin/", "no-such-page"),
    *("finetune/", "finetune/questions/", "examples/import/", "models/"),
)


@pytest.fixture(params=["light", "dark"])
def inspected(
    request: pytest.FixtureRequest, browser: Browser, site: Launched, signed_in: str
) -> Iterator[Page]:
    """A page that lets axe in, which the site's own policy does not."""
    scheme: Literal["light", "dark"] = request.param
    context = browser.new_context(
        base_url=site.url,
        storage_state=signed_in,
        color_scheme=scheme,
        viewport=WINDOW,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def violations(page: Page) -> list[tuple[str, str]]:
    """The rule and the first place of each."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


def test_pages(inspected: Page) -> None:
    for path in PAGES:
        inspected.goto(path)
        inspected.wait_for_load_state("networkidle")
        assert violations(inspected) == [], path


def test_the_workspace_before_and_after_a_question(inspected: Page) -> None:
    workspace = Workspace.open(inspected)
    assert violations(inspected) == []
    workspace.ask(f"Is it {inspected.evaluate('Math.random()')}?")
    until(lambda: workspace.marks.count() > 0, inspected, "boxes")
    assert violations(inspected) == []
    workspace.wait_for("answered")
    inspected.get_by_role("radio", name="Wrong").check()
    inspected.get_by_role("button", name="is wrong here").first.click()
    inspected.get_by_role("button", name="Set the pixel size").click()
    inspected.get_by_text("Files of this answer").click()
    inspected.get_by_text("None yet.").wait_for()
    assert violations(inspected) == []
    # The columns scroll; the page around them, with its header, never does.
    assert inspected.evaluate("document.body.scrollHeight - innerHeight") <= 0


def test_the_workspace_while_drawing_and_its_list_of_keys(inspected: Page) -> None:
    workspace = Workspace.open(inspected)
    workspace.tool("Rectangle").click()
    assert violations(inspected) == []
    workspace.tool("List of keys").click()
    inspected.get_by_role("dialog", name="Keys").wait_for()
    assert violations(inspected) == []


def test_what_the_owner_of_a_slide_does_with_it(inspected: Page) -> None:
    Workspace.open(inspected)
    inspected.get_by_role("heading", name="Owner").click()
    inspected.get_by_label("Consent of the patient").wait_for()
    assert violations(inspected) == []
    inspected.get_by_role("button", name="Delete the slide").click()
    assert violations(inspected) == []
    inspected.get_by_role("button", name="Keep it").click()
    inspected.get_by_role("button", name="Add slides").click()
    inspected.get_by_role("heading", name="Add slides").wait_for()
    assert violations(inspected) == []


def test_the_workspace_on_a_narrow_screen(inspected: Page) -> None:
    inspected.set_viewport_size({"width": 360, "height": 740})
    Workspace.open(inspected)
    assert violations(inspected) == []
    assert inspected.evaluate("document.documentElement.scrollWidth") <= 360
