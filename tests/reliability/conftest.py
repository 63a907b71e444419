"""The whole product running, a slide in it, and Alice in front of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets import Origin
from websockets.sync.client import ClientConnection, connect

from dragonfly.slide import open_slide
from tests.slides import write_pyramid
from tests.stack import NAMES, PATIENCE_S, Stack

PREPARE = """
from django.contrib.sessions.backends.db import SessionStore
from webapp.accounts.models import User
from webapp.slides.models import Slide

alice = User.objects.create(username="alice", role="editor")
session = SessionStore()
session["_auth_user_id"] = str(alice.pk)
session["_auth_user_backend"] = "webapp.accounts.authentication.PeopleBackend"
session["_auth_user_hash"] = alice.get_session_auth_hash()
session.create()
slide = Slide.objects.create(
    owner=alice, name="slide.svs", state="ready", entry=entry, digest=digest,
    width=640, height=512,
)
result = {"slide": str(slide.pk), "session": session.session_key}
"""


@dataclass(frozen=True)
class Site:
    """Alice at the running product."""

    stack: Stack
    client: httpx.Client
    slide: str
    session: str

    def ask(self, text: str) -> dict[str, Any]:
        """Ask about her slide."""
        response = self.client.post(
            "/api/v1/questions", json={"slide": self.slide, "text": text}
        )
        assert response.status_code == 201, response.text
        return dict(response.json())

    def question(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The question as it is now."""
        return dict(self.client.get(f"/api/v1/questions/{asked['id']}").json())

    def watch(self, asked: dict[str, Any], after: str = "0") -> ClientConnection:
        """The socket of a question."""
        return connect(
            f"{self.stack.socket_url}/ws/questions/{asked['id']}?after={after}",
            additional_headers={"Cookie": f"sessionid={self.session}"},
            origin=Origin(self.stack.url),
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One start for the tests of a module; a test starts again what it killed."""
    settings = {"MAX_NEW_TOKENS": "1500"}
    with Stack(tmp_path_factory.mktemp("stack"), settings) as stack:
        stack.migrate()
        path = stack.slides / "one" / "original" / "slide.svs"
        path.parent.mkdir(parents=True)
        write_pyramid(path)
        with open_slide(path) as slide:
            digest = slide.digest
        entry = str(path.relative_to(stack.slides))
        made = stack.django(PREPARE, entry=entry, digest=digest)
        stack.start(*NAMES)
        token = "t" * 32
        with httpx.Client(
            base_url=stack.url,
            cookies={"sessionid": made["session"], "csrftoken": token},
            headers={"X-CSRFToken": token, "Referer": stack.url},
            timeout=20,
        ) as client:
            yield Site(stack, client, made["slide"], made["session"])


class View:
    """What a page has after these events: the newest attempt alone counts."""

    def __init__(self) -> None:
        self.attempt = 0
        self.text = ""
        self.last = "0"
        self.end: dict[str, Any] | None = None

    def take(self, message: str | bytes) -> dict[str, Any]:
        """One more event."""
        event: dict[str, Any] = json.loads(message)
        self.last = event.get("id", self.last)
        attempt = event.get("attempt", self.attempt)
        if attempt > self.attempt:
            self.attempt, self.text = attempt, ""
        if event["kind"] == "text" and attempt == self.attempt:
            self.text += event["text"]
        if event["kind"] in {"answered", "stopped", "failed"}:
            self.end = event
        return event

    def until(self, socket: ClientConnection, kind: str) -> dict[str, Any]:
        """Take events until the first of this kind."""
        while True:
            event = self.take(socket.recv(timeout=PATIENCE_S))
            if event["kind"] == kind:
                return event


@pytest.fixture
def view() -> View:
    return View()
