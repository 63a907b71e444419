"""Files of a single-page program over HTTP, on a free port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar


@dataclass
class Pages:
    """What is served."""

    url: str
    """Without a slash at the end."""
    scripts: dict[str, str] = field(default_factory=dict)
    """By path, in place of the files of that name."""


class Handler(SimpleHTTPRequestHandler):
    """A script, a file of the folder or, for any other path, the one page."""

    scripts: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in self.scripts:
            self._send(self.scripts[path].encode())
            return
        if not Path(self.translate_path(path)).is_file():
            self.path = "/index.html"
        super().do_GET()

    def _send(self, script: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript")
        self.send_header("Content-Length", str(len(script)))
        self.end_headers()
        self.wfile.write(script)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def served(folder: Path) -> Iterator[Pages]:
    """Until the block ends."""
    scripts: dict[str, str] = {}
    kind = type("HandlerOfOne", (Handler,), {"scripts": scripts})
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(kind, directory=str(folder))
    ) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Pages(f"http://127.0.0.1:{server.server_address[1]}", scripts)
        server.shutdown()
        thread.join()
