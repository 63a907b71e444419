"""Send a file by tus, and by a plain Django multipart form, to two equal servers.

    python -m benchmarks.upload
    python -m benchmarks.upload --mebibytes 600 --rounds 3

Both run behind uvicorn with one process each and write to one folder. The plain one is
what a Django project does: a view that saves `request.FILES["file"]`. Prints the ratio
and the largest memory that each server held. The two servers and the sender share the
machine, so the speeds are of this machine and only the ratio means something.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import psutil

from benchmarks.measure import Seconds, median_ratio, print_table, time_interleaved

ROOT = Path(__file__).resolve().parent.parent
FORM = "Django multipart form"
CHUNKS = {
    "tus, 8 MiB chunks": 8 << 20,
    "tus, 32 MiB chunks": 32 << 20,
    "tus, one request": 1 << 60,
}

PLAIN_SITE = """
import os
from django.conf import settings
settings.configure(
    DEBUG=False, SECRET_KEY="x" * 50, ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
    MEDIA_ROOT=os.environ["PLAIN_FOLDER"],
    FILE_UPLOAD_TEMP_DIR=os.environ["PLAIN_FOLDER"],
)
import django
django.setup()
from django.core.asgi import get_asgi_application
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.urls import path

def receive(request):
    default_storage.save("arrived.bin", request.FILES["file"])
    return HttpResponse(status=201)

urlpatterns = [path("upload", receive)]
application = get_asgi_application()
"""


class Server:
    """A uvicorn process, and the most memory it was seen to hold."""

    def __init__(
        self, application: str, environment: dict[str, str], cwd: Path
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        command = [sys.executable, "-m", "uvicorn", application, "--no-access-log"]
        command += ["--port", str(self.port), "--log-level", "error"]
        self._process = subprocess.Popen(
            command, cwd=cwd, env=_environment(environment)
        )
        self._seen = psutil.Process(self._process.pid)
        self.spent: dict[str, list[float]] = {}
        self.peak = 0
        self._watch = threading.Thread(target=self._see_memory, daemon=True)
        self._watch.start()
        self._wait()

    def timed(self, name: str, send: Callable[[], None]) -> Callable[[], None]:
        """`send`, noting how much of its CPU time the server spent on it."""

        def run() -> None:
            before = sum(self._seen.cpu_times()[:2])
            send()
            used = sum(self._seen.cpu_times()[:2]) - before
            self.spent.setdefault(name, []).append(used)

        return run

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _see_memory(self) -> None:
        try:
            while self._process.poll() is None:
                used = self._seen.memory_info().rss
                self.peak = max(self.peak, used)
                time.sleep(0.02)
        except psutil.Error:
            return

    def _wait(self) -> None:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("A server did not start.")


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        work = Path(folder)
        source = _source(work / "source.bin", options.mebibytes)
        with _ours(work) as (ours, token), _plain(work) as plain:
            rest = {"tus": ours.peak, FORM: plain.peak}
            ways = {FORM: plain.timed(FORM, partial(_send_form, plain, source, work))}
            for name, chunk in CHUNKS.items():
                send = partial(_send_tus, ours, token, source, chunk)
                ways[name] = ours.timed(name, send)
            seconds = time_interleaved(ways, options.rounds)
            _report(options, seconds, ours.spent | plain.spent)
            for name, server in (("tus", ours), (FORM, plain)):
                held = (
                    f"{rest[name] >> 20} MiB at rest, at most {server.peak >> 20} MiB"
                )
                print(f"server of {name}: {held}")


def _report(
    options: argparse.Namespace, seconds: Seconds, spent: dict[str, list[float]]
) -> None:
    print_table(seconds, "MiB", options.mebibytes)
    for name, used in spent.items():
        each = statistics.median(used) * 1024 / options.mebibytes
        print(f"{name}: {each:.2f} s of the server's CPU per GiB")
    for name in CHUNKS:
        ratio = median_ratio(seconds, FORM, name)
        print(f"ratio: {name} is {ratio:.2f} times as fast as a {FORM}")


def _environment(changes: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **changes}  # noqa: TID251 -- handed on to the servers


def _source(path: Path, mebibytes: int) -> Path:
    block = os.urandom(2**20)
    with path.open("wb") as file:
        for _ in range(mebibytes):
            file.write(block)
    return path


@contextmanager
def _ours(work: Path) -> Iterator[tuple[Server, str]]:
    environment = {"DRAGONFLY_DATA": str(work / "data")}
    manage = [sys.executable, "-m", "webapp.manage"]
    script = (
        "from webapp.accounts.models import User, ApiToken\n"
        "user = User.objects.create(username='sender', role='editor')\n"
        "print('token:' + ApiToken.issue(user, 'benchmark')[1])"
    )
    (work / "data").mkdir()
    run = partial(subprocess.run, cwd=ROOT, env=_environment(environment), check=True)
    run([*manage, "migrate", "-v0"])
    made = run(
        [*manage, "shell", "-v0", "-c", script], stdout=subprocess.PIPE, text=True
    )
    token = made.stdout.rpartition("token:")[2].strip()
    server = Server("webapp.asgi:application", environment, ROOT)
    try:
        yield server, token
    finally:
        server.stop()


@contextmanager
def _plain(work: Path) -> Iterator[Server]:
    (work / "plain").mkdir()
    (work / "plain_site.py").write_text(PLAIN_SITE)
    server = Server(
        "plain_site:application", {"PLAIN_FOLDER": str(work / "plain")}, work
    )
    try:
        yield server
    finally:
        server.stop()


def _send_tus(server: Server, token: str, source: Path, chunk: int) -> None:
    size = source.stat().st_size
    headers = {"Authorization": f"Token {token}", "Tus-Resumable": "1.0.0"}
    connection = server.connect()
    # A file of a folder waits for the others, so that only the transfer is timed.
    folder = b64encode(str(uuid4()).encode()).decode()
    begin = {"Upload-Length": str(size), "Upload-Metadata": f"folder {folder}"}
    connection.request("POST", "/api/v1/uploads/tus/", headers={**headers, **begin})
    place = _answered(connection, 201).headers["Location"]
    with source.open("rb") as file:
        for offset in range(0, size, chunk):
            length = min(chunk, size - offset)
            _patch(connection, place, headers, offset, length)
            connection.sock.sendfile(file, offset, length)
            _answered(connection, 204)
    connection.request("DELETE", place, headers=headers)
    _answered(connection, 204)


def _patch(
    connection: http.client.HTTPConnection,
    place: str,
    headers: dict[str, str],
    offset: int,
    length: int,
) -> None:
    connection.putrequest("PATCH", place)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Type", "application/offset+octet-stream")
    connection.putheader("Upload-Offset", str(offset))
    connection.putheader("Content-Length", str(length))
    connection.endheaders()


def _send_form(server: Server, source: Path, work: Path) -> None:
    size = source.stat().st_size
    head = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n"
    )
    tail = b"\r\n--edge--\r\n"
    connection = server.connect()
    connection.putrequest("POST", "/upload")
    connection.putheader("Content-Type", "multipart/form-data; boundary=edge")
    connection.putheader("Content-Length", str(len(head) + size + len(tail)))
    connection.endheaders(head)
    with source.open("rb") as file:
        connection.sock.sendfile(file)
    connection.send(tail)
    _answered(connection, 201)
    for stored in (work / "plain").iterdir():
        stored.unlink()


def _answered(
    connection: http.client.HTTPConnection, wanted: int
) -> http.client.HTTPResponse:
    response = connection.getresponse()
    body = response.read()
    if response.status != wanted:
        raise SystemExit(
            f"{response.status} instead of {wanted}: {json.dumps(body.decode())}"
        )
    return response


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mebibytes", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", help="on the disk to measure", default=None)
    return parser.parse_args()


if __name__ == "__main__":
    main()
