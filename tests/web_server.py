"""A real web server in a process of its own, on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError


def web_command(data: Path, key: str, **settings: str) -> list[str]:
    """The command of the whole web process over this data folder."""
    named = {"DRAGONFLY_DATA": str(data), "SECRET_KEY": key, "LOG_LEVEL": "WARNING"}
    pairs = [f"{name}={value}" for name, value in (named | settings).items()]
    server = [sys.executable, "-m", "uvicorn", "webapp.asgi:application"]
    quiet = ["--no-access-log", "--log-level", "warning"]
    quiet += ["--http", "webapp.http_protocol:HttpProtocol"]
    quiet += ["--no-proxy-headers", "--no-server-header"]
    return ["env", *pairs, *server, "--port", "{port}", *quiet]


@contextmanager
def running_server(
    command: Sequence[str], health: str = "/"
) -> Iterator[tuple[int, int]]:
    """Run `command`, in which "{port}" stands for a free port, until the block ends.

    Yields:
        The port and the process id, once something answers `health`, be it an error.
    """
    port = _free_port()
    filled = [part.replace("{port}", str(port)) for part in command]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(filled, stdout=log, stderr=log)
        try:
            _wait_until_up(port, health, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(20)


def _wait_until_up(port: int, health: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}")
        try:
            urllib.request.urlopen(
                f"http://127.0.0.1:{port}{health}", timeout=5
            ).close()
        except HTTPError:
            return
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"{process.args!r} does not answer")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
