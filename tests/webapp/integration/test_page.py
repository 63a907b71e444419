"""Each command of docs/integration.md does what the page says, in the page's order."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from zipfile import ZipFile

import pytest

from tests.slides import write_pyramid
from tests.stack import NAMES, PATIENCE_S, ROOT, Stack
from tests.webapp.dicomweb.stow import part10, picture

PAGE = (ROOT / "docs" / "integration.md").read_text()
RECEIVER = "https://receiver.hospital.example/dragonfly"
PREPARE = """
from webapp.accounts.models import ApiToken, User
from webapp.accounts.oauth.models import OAuthClient
from webapp.deidentification.models import Profile
from webapp.delivery.models import Destination
from webapp.webhooks.secret import seal

router = User.objects.create(username="router", role="integration")
archive = User.objects.create(username="archive", role="integration")
client = OAuthClient(user=router, name="router")
secret = client.draw_secret()
client.save()
Profile.objects.create(name="all")
Destination.objects.create(
    name="Archive", kind="stow", url=site + "/dicom-web", sign_in="bearer",
    sealed_secret=seal(ApiToken.issue(archive, "archive")[1]),
)
result = {"CLIENT_ID": client.client_id, "CLIENT_SECRET": secret}
"""

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")), reason="curl and jq are needed"
)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


class Receiver(BaseHTTPRequestHandler):
    """Takes webhooks."""

    taken: Queue[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = {name.lower(): value for name, value in self.headers.items()}
        self.taken.put((named, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.taken = Queue()
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    settings = {
        "WEBHOOK_HOSTS": "127.0.0.1",
        "SERIES_QUIET_SECONDS": "0",
        "MAX_NEW_TOKENS": "8",
    }
    with Stack(tmp_path / "stack", settings) as stack:
        stack.migrate()
        yield stack


def test_the_commands_of_the_page_work(
    stack: Stack, receiver: str, tmp_path: Path
) -> None:
    given = stack.django(PREPARE, site=stack.url)
    stack.start(*NAMES)
    write_pyramid(tmp_path / "slide.svs")
    named = picture(PatientID="H-1", PatientName="Doe^Jane", BurnedInAnnotation="NO")
    (tmp_path / "object.dcm").write_bytes(part10(named))
    script = "\n".join(["set -euo pipefail", *blocks("sh")])
    done = subprocess.run(
        ["bash", "-c", script.replace(RECEIVER, receiver)],
        cwd=tmp_path,
        env={**stack.environment, **given, "SITE": stack.url, "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with ZipFile(tmp_path / "copies.zip") as copies:
        assert len(copies.namelist()) == 2
    headers, body = Receiver.taken.get(timeout=PATIENCE_S)
    secret = (tmp_path / "webhook.secret").read_text().strip()
    verified_as_on_the_page(secret, headers, body)


def verified_as_on_the_page(secret: str, headers: dict[str, str], body: bytes) -> None:
    by_package: dict[str, Any] = {}
    by_hand: dict[str, Any] = {}
    for scope, code in zip((by_package, by_hand), blocks("python"), strict=True):
        exec(code, scope)
    assert by_package["check"](secret, headers, body)["type"] == "ping"
    assert by_hand["is_ours"](secret, headers, body)
    assert not by_hand["is_ours"](secret, headers, body + b" ")
