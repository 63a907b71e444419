"""Sign in with the printed password, find the demo slide, drop a slide, look at it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import window
from tests.end_to_end.window import DEMO, Workspace, drop_files, sign_in, until
from tests.launched import Launched
from tests.slides import write_pyramid


def test_the_printed_password_opens_the_worklist(
    browser: Browser, site: Launched
) -> None:
    with window(browser, site.url) as context:
        page = context.new_page()
        page.goto("")
        assert page.get_by_role("heading", level=1).inner_text() == "Sign in"
        sign_in(page, site.password)
        assert page.get_by_role("link", name=DEMO).count() == 1


def test_a_dropped_slide_becomes_ready_and_opens(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "biopsy.svs"
    write_pyramid(file)
    page.goto("")
    drop_files(page, file)
    page.get_by_role("link", name="Open the slide").click()
    Workspace(page).ready()
    assert page.get_by_role("heading", level=1).inner_text() == "biopsy.svs"
    assert page.get_by_text("640 × 512 px").count() == 1  # noqa: RUF001


def test_zooming_in_brings_finer_tiles(demo: Workspace) -> None:
    downsample = float(demo.place["d"])
    with demo.page.expect_response(lambda answer: "/tiles/" in answer.url) as tile:
        demo.tool("20×").click()  # noqa: RUF001
    assert tile.value.status == 200
    until(lambda: float(demo.place["d"]) == 2, demo.page, "2 px a screen pixel")
    assert downsample > 8
    assert demo.page.get_by_test_id("scale-bar").inner_text().endswith("µm")


def test_the_wheel_zooms_where_it_turns(demo: Workspace) -> None:
    before = float(demo.place["d"])
    demo.page.locator(".picture").hover()
    demo.page.mouse.wheel(0, -400)
    until(lambda: float(demo.place["d"]) < before, demo.page, "a closer view")


def test_a_link_to_a_view_opens_that_view(demo: Workspace) -> None:
    address = demo.page.url.partition("#")[0]
    page = demo.page.context.new_page()
    page.goto(f"{address}#x=3000&y=5000&d=2&r=30")
    there = Workspace(page).ready()
    view = {"x": "3000", "y": "5000", "d": "2", "r": "30"}
    assert view.items() <= there.place.items()
