"""The whole product, started as `make run` does, and a browser in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    sync_playwright,
)

from tests.end_to_end.window import PATIENCE, Workspace, sign_in
from tests.launched import Launched, launch

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
WINDOW = {"width": 1400, "height": 900}


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    """One start for all of these tests; long answers, so that one can come between."""
    with launch(tmp_path_factory.mktemp("site"), MAX_NEW_TOKENS="2500") as started:
        yield started


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # For this package alone: while Playwright runs, no other event loop can.
    assert CHROMIUM.exists(), "These tests need a browser: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(SWITCHES)
        )
        yield started
        started.close()


@pytest.fixture(scope="package")
def signed_in(browser: Browser, site: Launched) -> str:
    """The cookies of somebody who came through the form, once for all tests."""
    context = browser.new_context(base_url=site.url)
    sign_in(context.new_page(), site.password)
    state = site.data / "cookies.json"
    context.storage_state(path=state)
    context.close()
    return str(state)


@pytest.fixture
def complaints() -> list[str]:
    """What the browser said against the page: policy, scripts, missing files."""
    return []


@pytest.fixture
def context(
    browser: Browser, site: Launched, signed_in: str, complaints: list[str]
) -> Iterator[BrowserContext]:
    """A window whose page may not give the browser one reason to complain."""
    opened = browser.new_context(
        base_url=site.url,
        storage_state=signed_in,
        viewport=WINDOW,  # type: ignore[arg-type]
    )
    opened.set_default_timeout(PATIENCE)
    opened.on("console", lambda said: complaints.extend(complaint(said)))
    opened.on("weberror", lambda failure: complaints.append(str(failure.error)))
    yield opened
    opened.close()
    assert complaints == []


def complaint(said: ConsoleMessage) -> list[str]:
    """Errors and warnings; a broken policy is an error."""
    return [said.text] if said.type in {"error", "warning"} else []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def demo(page: Page) -> Workspace:
    """The demo slide in the workspace."""
    return Workspace.open(page)
