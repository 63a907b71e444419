"""Slides come and become ready before one's eyes, wherever one adds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from tests.end_to_end.window import Workspace, drop_files
from tests.slides import write_pyramid


def unlike_any_other(path: Path, seed: int) -> Path:
    """A slide that the site does not have yet."""
    noise = np.random.default_rng(seed).integers(0, 256, (256, 384, 3), dtype=np.uint8)
    write_pyramid(path, noise)
    return path


def test_a_card_follows_its_slide_without_a_reload(page: Page, tmp_path: Path) -> None:
    file = unlike_any_other(tmp_path / "before-my-eyes.svs", seed=11)
    page.goto("")
    page.evaluate("window.isSamePage = true")
    drop_files(page, file)
    ready = page.locator("#worklist li[data-state^=ready]", has_text=file.name)
    ready.wait_for()
    assert page.evaluate("window.isSamePage") is True
    assert file.name in (page.locator("#worklist-status").text_content() or "")


def test_a_slide_is_added_while_looking_at_another(
    demo: Workspace, tmp_path: Path
) -> None:
    file, page = unlike_any_other(tmp_path / "on-the-side.svs", seed=12), demo.page
    page.get_by_role("button", name="Add slides").click()
    drop_files(page, file)
    page.get_by_role("dialog").get_by_role("link", name="Open the slide").click()
    Workspace(page).ready()
    assert page.get_by_role("heading", level=1).inner_text() == file.name


def test_a_deleted_slide_can_be_brought_back(page: Page, tmp_path: Path) -> None:
    file = unlike_any_other(tmp_path / "gone-and-back.svs", seed=13)
    page.goto("")
    drop_files(page, file)
    page.get_by_role("link", name="Open the slide").click()
    page.get_by_role("heading", name="Owner").click()
    page.get_by_role("button", name="Delete the slide").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("heading", name=f"{file.name} is deleted").wait_for()
    assert page.request.get(f"api/v1/slides?name={file.name}").json()["results"] == []
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("application", name=file.name).wait_for()
