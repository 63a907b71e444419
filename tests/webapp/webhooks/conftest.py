"""A program of Alice's that listens on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from webapp.webhooks.models import WebhookEndpoint


@dataclass
class Receiver:
    """What came, and what is answered to the next."""

    url: str = ""
    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """A real server; its host is allowed."""
    here = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = {k.lower(): v for k, v in self.headers.items()}
            here.got.append((names, body))
            self.send_response(here.status)
            for name, value in here.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(here.body)))
            self.end_headers()
            # The sender may hang up before all of a long answer is out.
            with suppress(ConnectionError):
                self.wfile.write(here.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    here.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def create(as_alice: Client) -> Callable[..., Any]:
    """Make an endpoint through REST."""

    def post(**fields: Any) -> Any:
        return as_alice.post(
            "/api/v1/webhooks", fields, content_type="application/json"
        )

    return post


@pytest.fixture
def endpoint(create: Callable[..., Any], receiver: Receiver) -> WebhookEndpoint:
    body = create(url=receiver.url).json()
    made = WebhookEndpoint.objects.get(pk=body["id"])
    assert body["secret"] == made.secrets[0]
    return made
