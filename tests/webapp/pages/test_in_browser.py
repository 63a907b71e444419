"""A real browser finds nothing against the policy, and axe nothing against people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from tests.webapp.conftest import signed_in
from tests.webapp.factories import make_model_version, make_slide, make_user
from webapp.accounts.models import User

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
OWN_PAGES = ("/", "/?q=nothing-like-it", "/about/", "/password/", "/no-such-page")
PAGES = (
    *OWN_PAGES,
    "/api/v1/docs",
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/apitoken/add/",
    "/admin/audit/auditevent/",
    "/admin/slides/slide/",
    "/admin/questions/question/",
    "/admin/training/modelversion/",
)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")


@pytest.fixture(scope="module", autouse=True)
def beside_an_event_loop() -> Iterator[None]:
    """Playwright keeps a loop in this thread, which Django takes for async code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield


@pytest.fixture(scope="module")
def browser(beside_an_event_loop: None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(QUIET)
        )
        yield started
        started.close()


@pytest.fixture
def root(live_server: LiveServer) -> Client:
    """An administrator with slides in every state."""
    user = make_user("root", User.Role.ADMIN)
    for state in ("ready", "ready_with_notes", "preparing", "failed"):
        slide = make_slide(user, state=state, failure_message="It is damaged.")
        derived = slide.folder / "derived"
        derived.mkdir(parents=True)
        Image.new("RGB", (64, 32), "plum").save(derived / "thumbnail.jpg")
    make_model_version(note="small research model")
    return signed_in(user)


def context_of(
    browser: Browser, client: Client, server: LiveServer, **options: object
) -> BrowserContext:
    """A window with this client's session."""
    context = browser.new_context(base_url=server.url, **options)  # type: ignore[arg-type]
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
    return context


def open_page(page: Page, path: str) -> None:
    page.goto(path)
    if path.endswith("docs"):
        page.wait_for_selector("#operations-health-health")


def complaint(said: ConsoleMessage) -> list[str]:
    """Errors and warnings; tips of the browser are neither."""
    return [said.text] if said.type in {"error", "warning"} else []


def test_no_page_breaks_the_policy(
    browser: Browser, root: Client, live_server: LiveServer
) -> None:
    complaints: list[str] = []
    context = context_of(browser, root, live_server)
    context.on("console", lambda said: complaints.extend(complaint(said)))
    context.on("weberror", lambda failure: complaints.append(str(failure.error)))
    page = context.new_page()
    for path in PAGES:
        open_page(page, path)
    context.close()
    expected = "Failed to load resource: the server responded with a status of 404"
    assert [c for c in complaints if not c.startswith(expected)] == []
    assert len(complaints) == 1


def violations(page: Page, paths: tuple[str, ...]) -> list[tuple[str, str, str]]:
    found = []
    for path in paths:
        open_page(page, path)
        for violation in Axe().run(page).response["violations"]:
            found.append((path, violation["id"], violation["nodes"][0]["html"]))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, root: Client, live_server: LiveServer, scheme: str
) -> None:
    context = context_of(
        browser, root, live_server, color_scheme=scheme, bypass_csp=True
    )
    assert violations(context.new_page(), PAGES) == []
    context.close()


@pytest.mark.parametrize("choice", [{"forced_colors": "active"}, {"contrast": "more"}])
def test_axe_finds_nothing_in_strong_contrast(
    browser: Browser, root: Client, live_server: LiveServer, choice: dict[str, str]
) -> None:
    context = context_of(browser, root, live_server, bypass_csp=True, **choice)
    assert violations(context.new_page(), OWN_PAGES) == []
    context.close()


def test_the_door_is_clean_and_opens(browser: Browser, live_server: LiveServer) -> None:
    user = make_user("dora")
    user.set_password("correct horse battery staple")
    user.save()
    context = browser.new_context(base_url=live_server.url, bypass_csp=True)
    page = context.new_page()
    page.goto("/password/")
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("User name").fill("dora")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Change your password"
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    context.close()


def test_pages_work_without_scripts(
    browser: Browser, root: Client, live_server: LiveServer
) -> None:
    context = context_of(browser, root, live_server, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("State").select_option("failed")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.locator(".slide").count() == 1
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
    context.close()


def test_a_narrow_window_needs_no_sideways_scrolling(
    browser: Browser, root: Client, live_server: LiveServer
) -> None:
    size = {"width": 320, "height": 640}
    context = context_of(browser, root, live_server, viewport=size)
    page = context.new_page()
    for path in OWN_PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()


def test_the_first_tab_stop_skips_to_the_content(
    browser: Browser, root: Client, live_server: LiveServer
) -> None:
    context = context_of(browser, root, live_server)
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    context.close()
