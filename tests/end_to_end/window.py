"""What a person does in a window of the site, and what they can see there.

No test reaches behind the page here: the only other source is the site's REST API,
asked with the same person's session.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, WebSocket

from tests.browser import PATIENCE, SECONDS

DEMO = "Demo slide (synthetic)"


def until(is_true: Callable[[], bool], page: Page, what: str) -> None:
    """Look again and again, letting the page live meanwhile."""
    end = time.monotonic() + PATIENCE / SECONDS
    while not is_true():
        assert time.monotonic() < end, f"not in time: {what}"
        page.wait_for_timeout(30)


def sign_in(page: Page, password: str) -> None:
    """Through the form, as the demo account."""
    page.goto("login/")
    page.get_by_label("User name").fill("demo")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Worklist").wait_for()


def drop_files(page: Page, *files: Path) -> None:
    """Drag files from outside the browser into the drop zone and let go."""
    box = page.get_by_role("group", name="Drop zone").bounding_box()
    assert box is not None
    place = {"x": box["x"] + 20, "y": box["y"] + 20}
    data = {"items": [], "files": [str(f) for f in files], "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for event in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": event, **place, "data": data})
    browser.detach()


class Workspace:
    """One slide in one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.answer = page.locator(".answer")
        self.text = page.locator(".answer-text")
        self.marks = page.locator("rect.overview-evidence")
        self.cards = page.locator("[data-evidence]")
        self.heard: list[dict[str, Any]] = []
        """What the last question's socket has brought, however fast the page was."""
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        # One that goes on after a break says where; any other tells from the beginning.
        if "/ws/questions/" in socket.url and socket.url.endswith("after=0"):
            self.heard = []
        socket.on("framereceived", self._hear)

    def _hear(self, frame: str | bytes) -> None:
        self.heard.append(json.loads(frame))

    @classmethod
    def open(cls, page: Page, slide: str = DEMO) -> Workspace:
        """From the worklist, by the slide's name."""
        page.goto("")
        page.get_by_role("link", name=slide).click()
        return cls(page).ready()

    def ready(self) -> Workspace:
        """Once the picture and the address of its view are there."""
        self.page.locator(".picture canvas").first.wait_for()
        until(lambda: "d" in self.place, self.page, "a view in the address")
        return self

    @property
    def place(self) -> dict[str, str]:
        """The view in the address: x, y, d and, while one is shown, q and e."""
        # The address as the page has it: Playwright hears of replaced ones late.
        address = str(self.page.evaluate("location.href"))
        fields = parse_qs(urlsplit(address).fragment)
        return {name: values[0] for name, values in fields.items()}

    @property
    def phase(self) -> str:
        """Of the answer that is shown."""
        return self.answer.get_attribute("data-phase") or ""

    def tool(self, name: str) -> Locator:
        """A button over the slide."""
        toolbar = self.page.get_by_role("toolbar", name="View")
        return toolbar.get_by_role("button", name=name, exact=True)

    def ask(self, text: str) -> None:
        """Write a question, send it, and see it shown or an earlier answer offered."""
        self.page.get_by_role("textbox", name="Question").fill(text)
        self.page.locator(".ask button.main[type=submit]").click()
        shown = self.answer.locator(".asked", has_text=text)
        offer = self.page.get_by_role("button", name="Show it")
        shown.or_(offer).first.wait_for()

    def wait_for(self, phase: str) -> None:
        """Until the answer shown is in this phase."""
        shown = self.page.locator(f".answer[data-phase={phase}]")
        shown.wait_for()

    def written(self) -> str:
        """The answer's text so far."""
        return self.text.text_content() or "" if self.text.count() else ""

    def wait_for_words(self, more_than: int = 0) -> int:
        """Until more characters are there; returns how many."""
        until(lambda: len(self.written()) > more_than, self.page, "words")
        return len(self.written())

    def pieces(self) -> list[str]:
        """The text as the page's socket brought it: one piece for each event."""
        return [event["text"] for event in self.heard if event["kind"] == "text"]

    def question(self) -> dict[str, Any]:
        """The question shown, as the REST API has it."""
        shown = self.answer.locator(".asked p").first.text_content()
        # The address follows what is shown a moment later.
        until(lambda: self._row().get("text") == shown, self.page, "its address")
        return self._row()

    def _row(self) -> dict[str, Any]:
        number = self.place.get("q")
        response = self.page.request.get(f"api/v1/questions/{number}")
        return dict(response.json()) if number and response.ok else {}

    def kinds_of_events(self) -> list[str]:
        """What happened to the question shown, in order, as the REST API tells it."""
        number = self.question()["id"]
        response = self.page.request.get(f"api/v1/questions/{number}/events")
        return [event["kind"] for event in response.json()["events"]]
