"""A real web process is killed while a file is on its way; nothing of it is lost."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.valkey import free_port
from tests.webapp.database import database_url
from tests.webapp.factories import make_user
from tests.webapp.uploads.tus import BODY, ROOT, metadata
from webapp.accounts.models import ApiToken
from webapp.slides.models import Upload
from webapp.slides.uploads.part_file import PartFile

SIZE = 8_000_000


@contextmanager
def web_process(
    valkey: str, data: Path
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    environment = {
        **os.environ,  # noqa: TID251 -- handed on to the process
        "REDIS_URL": valkey,
        "DRAGONFLY_DATA": str(data),
        "DATABASE_URL": database_url(),
    }
    command = [sys.executable, "-m", "uvicorn", "webapp.asgi:application"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "error"], env=environment
    )
    try:
        wait_for(port)
        yield port, process
    finally:
        process.kill()
        process.wait()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The web process did not start.")


class Client:
    def __init__(self, secret: str) -> None:
        self._own = {"Authorization": f"Token {secret}", "Tus-Resumable": "1.0.0"}

    def ask(
        self, port: int, method: str, path: str, body: bytes = b"", **more: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request(method, path, body, self._own | self._named(more))
        reply = connection.getresponse()
        reply.read()
        connection.close()
        return reply

    def half_a_patch(self, port: int, path: str, body: bytes) -> socket.socket:
        """The headers of a request for everything, and the first part of its body."""
        fields = {**self._own, "Host": "127.0.0.1", "Upload-Offset": "0"}
        fields |= {"Content-Type": BODY, "Content-Length": str(SIZE)}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(f"PATCH {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        return line

    def _named(self, fields: dict[str, str]) -> dict[str, str]:
        return {name.replace("_", "-"): value for name, value in fields.items()}


@pytest.mark.django_db(transaction=True)
def test_an_upload_killed_at_sixty_percent_goes_on(
    valkey: str, data_folder: Path
) -> None:
    data = os.urandom(SIZE)
    cut = SIZE * 6 // 10
    client = Client(ApiToken.issue(make_user("alice"), "test")[1])
    fields = {"Upload_Length": str(SIZE), "Upload_Metadata": metadata(filename="a.svs")}
    with web_process(valkey, data_folder) as (port, process):
        begun = client.ask(port, "POST", ROOT, b"", **fields)
        place = urlsplit(begun.headers["Location"]).path
        part = PartFile(Upload.objects.get().id)
        with client.half_a_patch(port, place, data[:cut]):
            wait_until_stored(part, cut)
            process.kill()
            process.wait()
    with web_process(valkey, data_folder) as (port, _):
        here = int(client.ask(port, "HEAD", place).headers["Upload-Offset"])
        assert cut - 2 * 2**20 < here <= cut
        more = {"Upload_Offset": str(here), "Content_Type": BODY}
        assert client.ask(port, "PATCH", place, data[here:], **more).status == 204
    assert Upload.objects.get().state == Upload.State.COMPLETE
    assert part.path.read_bytes() == data


def wait_until_stored(part: PartFile, wanted: int) -> None:
    """All but the piece that is still being collected."""
    deadline = time.monotonic() + 30
    while part.size < wanted - 2 * 2**20:
        assert time.monotonic() < deadline, "The bytes did not come."
        time.sleep(0.02)
