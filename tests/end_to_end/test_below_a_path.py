"""The whole workspace below a path of a host that has other sites as well."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response, WebSocket

from tests.end_to_end.conftest import PREFIX
from tests.end_to_end.window import Workspace, until


class Traffic:
    """What a page asked for, and what it was answered."""

    def __init__(self, page: Page) -> None:
        self.replies: list[tuple[str, int]] = []
        self.sockets: list[str] = []
        page.on("response", self._answered)
        page.on("websocket", self._opened)

    def _answered(self, response: Response) -> None:
        if response.url.startswith("http"):
            self.replies.append((urlsplit(response.url).path, response.status))

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(urlsplit(socket.url).path)

    def of(self, beginning: str) -> list[int]:
        """The statuses of replies whose path, without the prefix, begins so."""
        start = PREFIX + beginning
        return [status for path, status in self.replies if path.startswith(start)]

    def elsewhere(self) -> list[str]:
        """What was asked for beside the site's own path."""
        paths = [path for path, _ in self.replies] + self.sockets
        return [path for path in paths if not path.startswith(f"{PREFIX}/")]


@pytest.fixture
def traffic(page: Page) -> Traffic:
    """From the page's first request on."""
    return Traffic(page)


def test_a_question_is_asked_and_answered_there(traffic: Traffic, page: Page) -> None:
    demo = Workspace.open(page)
    demo.ask("What is below a path?")
    demo.wait_for("answered")
    until(lambda: demo.marks.count() > 0, page, "boxes")
    until(lambda: "".join(demo.pieces()) == demo.written(), page, "every piece")
    assert traffic.elsewhere() == []
    assert set(traffic.of("/tiles/")) == {200}
    assert any(path.startswith(f"{PREFIX}/ws/questions/") for path in traffic.sockets)
    assert max(status for _, status in traffic.replies) < 400
