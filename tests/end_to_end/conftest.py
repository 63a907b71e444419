"""The whole product, started as `make run` does, and a browser in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import chromium, complaints_of, window
from tests.end_to_end.window import Workspace, sign_in
from tests.launched import Launched, launch

PREFIX = "/pathology"


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """One start for all of these tests; long answers, so that one can come between.

    It is below a path, where what forgets the path is found; at the root, where
    nothing can be forgotten, the tests of learning and of pages walk.
    """
    settings = {"MAX_NEW_TOKENS": "2500", "URL_PREFIX": PREFIX}
    with launch(tmp_path_factory.mktemp("site"), **settings) as started:
        yield started


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # For this package alone: while Playwright runs, no other event loop can.
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def signed_in(browser: Browser, site: Launched) -> str:
    """The cookies of somebody who came through the form, once for all tests."""
    with window(browser, site.url) as context:
        sign_in(context.new_page(), site.password)
        state = site.data / "cookies.json"
        context.storage_state(path=state)
    return str(state)


@pytest.fixture
def context(
    browser: Browser, site: Launched, signed_in: str
) -> Iterator[BrowserContext]:
    """A window of the person who signed in."""
    with window(browser, site.url, storage_state=signed_in) as opened:
        yield opened


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """What the browser says against the page; nothing may be left in the end."""
    found = complaints_of(context)
    yield found
    assert found == []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Page:
    """A page that may not give the browser one reason to complain."""
    return context.new_page()


@pytest.fixture
def demo(page: Page) -> Workspace:
    """The demo slide in the workspace."""
    return Workspace.open(page)
