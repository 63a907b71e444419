"""A session that ends costs nothing that was written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import window
from tests.end_to_end.window import Workspace
from tests.launched import Launched

WRITTEN = "Is there anything in the lower fragment?"


@pytest.fixture
def forgetful(browser: Browser, site: Launched, signed_in: str) -> Iterator[Page]:
    """A window whose cookies may go, and whose requests may then be refused."""
    with window(browser, site.url, storage_state=signed_in) as context:
        yield context.new_page()


def test_a_question_outlives_the_session_it_was_written_in(
    forgetful: Page, site: Launched
) -> None:
    workspace = Workspace.open(forgetful)
    workspace.tool("10×").click()  # noqa: RUF001
    field = forgetful.get_by_role("textbox", name="Question")
    field.fill(WRITTEN)
    forgetful.context.clear_cookies()
    forgetful.locator(".ask button.main[type=submit]").click()
    forgetful.get_by_role("link", name="Sign in again").first.click()
    forgetful.get_by_label("User name").fill("demo")
    forgetful.get_by_label("Password").fill(site.password)
    forgetful.get_by_role("button", name="Sign in").click()
    workspace.ready()
    assert field.input_value() == WRITTEN
