"""Send a file by tus to the site, and in a multipart form to a plain Django project.

    python -m benchmarks.upload
    python -m benchmarks.upload --mebibytes 600 --rounds 3

The plain project is a view that saves `request.FILES["file"]`, usually behind gunicorn
with threads, and once behind uvicorn, as the site is. All have one process and write to
one disk; the site alone waits until the file is safe there. Prints ratios and the
largest memory that each server held. Servers and sender share the machine, so that only
the ratios mean something.
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
FORM, ASGI_FORM = "form, gunicorn", "form, uvicorn"
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
from django.core.wsgi import get_wsgi_application
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.urls import path

def receive(request):
    default_storage.save("arrived.bin", request.FILES["file"])
    return HttpResponse(status=201)

urlpatterns = [path("upload", receive)]
application = get_asgi_application()
wsgi = get_wsgi_application()
"""


class Server:
    """One server, and the most memory that its processes were seen to hold."""

    def __init__(
        self, command: list[str], environment: dict[str, str], cwd: Path
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        command = [part.format(port=self.port) for part in command]
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=cwd, env=_environment(environment)
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
            before = self._cpu_s()
            send()
            used = self._cpu_s() - before
            self.spent.setdefault(name, []).append(used)

        return run

    def _processes(self) -> list[psutil.Process]:
        return [self._seen, *self._seen.children(recursive=True)]

    def _cpu_s(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self._processes())

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _see_memory(self) -> None:
        try:
            while self._process.poll() is None:
                used = max(p.memory_info().rss for p in self._processes())
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
            servers = {"tus": ours, **plain}
            rest = {name: server.peak for name, server in servers.items()}
            ways = {
                name: server.timed(name, partial(_send_form, server, source, work))
                for name, server in plain.items()
            }
            for name, chunk in CHUNKS.items():
                send = partial(_send_tus, ours, token, source, chunk)
                ways[name] = ours.timed(name, send)
            seconds = time_interleaved(ways, options.rounds)
            _report(options, seconds, servers)
            for name, server in servers.items():
                held = (
                    f"{rest[name] >> 20} MiB at rest, at most {server.peak >> 20} MiB"
                )
                print(f"server of {name}: {held}")


def _report(
    options: argparse.Namespace, seconds: Seconds, servers: dict[str, Server]
) -> None:
    print_table(seconds, "MiB", options.mebibytes)
    for server in servers.values():
        for name, used in server.spent.items():
            each = statistics.median(used) * 1024 / options.mebibytes
            print(f"{name}: {each:.2f} s of the server's CPU per GiB")
    for name in CHUNKS:
        for form in (FORM, ASGI_FORM):
            ratio = median_ratio(seconds, form, name)
            print(f"ratio: {name} is {ratio:.2f} times as fast as {form}")


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
    command = _uvicorn("webapp.asgi:application")
    # As the launcher starts it.
    command += ["--http", "webapp.http_protocol:HttpProtocol"]
    server = Server(command, environment, ROOT)
    try:
        yield server, token
    finally:
        server.stop()


@contextmanager
def _plain(work: Path) -> Iterator[dict[str, Server]]:
    (work / "plain").mkdir()
    (work / "plain_site.py").write_text(PLAIN_SITE)
    gunicorn = ["gunicorn", "plain_site:wsgi", "--bind", "127.0.0.1:{port}"]
    gunicorn += ["--worker-class", "gthread", "--threads", "4", "--timeout", "300"]
    gunicorn += ["--log-level", "error"]
    commands = {FORM: gunicorn, ASGI_FORM: _uvicorn("plain_site:application")}
    environment = {"PLAIN_FOLDER": str(work / "plain")}
    servers: dict[str, Server] = {}
    try:
        for name, command in commands.items():
            servers[name] = Server(command, environment, work)
        yield servers
    finally:
        for server in servers.values():
            server.stop()


def _uvicorn(application: str) -> list[str]:
    quiet = ["--no-access-log", "--log-level", "error"]
    return ["uvicorn", application, "--port", "{port}", *quiet]


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
