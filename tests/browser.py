"""Debian's Chromium, as every test that needs a browser starts it and looks at it.

    with chromium() as browser, window(browser, site.url) as context:
        context.new_page().goto("")

A window waits as long as a busy machine may need, and a test that leaves it open for
nothing else fails at what the page complained of.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    TimeoutError,
    ViewportSize,
    expect,
    sync_playwright,
)

EXECUTABLE = Path("/usr/bin/chromium")
QUIET = (
    *("--no-sandbox", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
NO_GRAPHICS = ("--disable-gpu",)
SECONDS = 1000.0
"""Playwright counts in milliseconds."""
PATIENCE = 90 * SECONDS
VIEWPORT = {"width": 1400, "height": 900}


@contextmanager
def chromium(*switches: str) -> Iterator[Browser]:
    """A browser; while it runs, no other event loop can in this thread."""
    assert EXECUTABLE.exists(), "These tests need a browser: apt-get install chromium"
    # A window's patience does not hold for `expect`, which gives up after 5 s.
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(EXECUTABLE),
            args=[*QUIET, *(switches or NO_GRAPHICS)],
        )
        yield started
        started.close()


@contextmanager
def window(
    browser: Browser, url: str, session: str | None = None, **options: Any
) -> Iterator[BrowserContext]:
    """A window at a site, of somebody who has signed in if there is a session."""
    context = browser.new_context(base_url=url, **({"viewport": VIEWPORT} | options))
    context.set_default_timeout(PATIENCE)
    if session is not None:
        cookie = {"name": "sessionid", "value": session, "url": url}
        context.add_cookies([cookie])  # type: ignore[list-item]
    yield context
    context.close()


def complaints_of(context: BrowserContext) -> list[str]:
    """What the browser says against its pages: policy, scripts, missing files."""
    found: list[str] = []
    context.on("console", lambda said: found.extend(complaint(said)))
    context.on("weberror", lambda failure: found.append(str(failure.error)))
    return found


def complaint(said: ConsoleMessage) -> list[str]:
    """Errors and warnings; a broken policy is an error."""
    return [said.text] if said.type in {"error", "warning"} else []


def violations(page: Page, *rules: str) -> list[tuple[str, str]]:
    """What axe finds, by all rules or these: the rule and the first place of each.

    The window must bypass the policy, which does not let axe in.
    """
    options = {"runOnly": list(rules)} if rules else {}
    found = Axe().run(page, options=options).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


PLAIN_LOOK = {"color_scheme": "light", "contrast": "null", "forced_colors": "none"}
OTHER_LOOKS = (
    {"color_scheme": "dark"},
    {"contrast": "more"},
    {"forced_colors": "active"},
)
NARROW: ViewportSize = {"width": 320, "height": 740}
USUAL_LETTERS = 16


def violations_in_every_look(page: Page) -> list[tuple[str, str]]:
    """All rules in the plain look, and the rule of contrast in each other one."""
    found = violations(page)
    for look in OTHER_LOOKS:
        show_in(page, look)
        found += violations(page, "color-contrast")
    show_in(page, {})
    return found


def show_in(page: Page, look: dict[str, str]) -> None:
    """Once all colours have come to what they shall be."""
    page.emulate_media(**(PLAIN_LOOK | look))  # type: ignore[arg-type]
    page.wait_for_function("document.getAnimations().length === 0")


def write_in_letters_of(page: Page, pixels: int) -> None:
    """As somebody who chose another size of letters in the browser's settings."""
    browser = page.context.new_cdp_session(page)
    sizes = {"standard": pixels, "fixed": pixels - 3}
    browser.send("Page.setFontSizes", {"fontSizes": sizes})


def write_page_in_letters_of(page: Page, pixels: int) -> None:
    """As an extension does that gives the page's root another size of letters."""
    page.add_style_tag(content=f":root {{ font-size: {pixels}px !important }}")


def overhang(page: Page) -> int:
    """By how many pixels the page is wider than its window, once it has settled."""
    beyond = "document.documentElement.scrollWidth - innerWidth"
    # A chart takes its new size when its own observer hears of it, a moment later.
    with suppress(TimeoutError):
        page.wait_for_function(f"{beyond} <= 0", timeout=10 * SECONDS)
    return int(page.evaluate(beyond))


def overhangs(page: Page) -> list[tuple[str, int]]:
    """What is wider than a narrow screen, or in letters of twice the size."""
    wide = page.viewport_size
    assert wide is not None
    page.set_viewport_size(NARROW)
    narrow = overhang(page)
    page.set_viewport_size(wide)
    write_in_letters_of(page, 2 * USUAL_LETTERS)
    found = (("320 px", narrow), ("200 %", overhang(page)))
    write_in_letters_of(page, USUAL_LETTERS)
    return [(where, pixels) for where, pixels in found if pixels > 0]
