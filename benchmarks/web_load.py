"""Start a web server, ask it for many URLs at once, and say how it did.

The load comes from `wrk` (Debian: `apt install wrk`); a client in Python is slower than
the fastest servers here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.web_server import running_server

# Every request is formatted before the clock starts, so that wrk only sends.
_WRK_SCRIPT = """
local requests, at = {}, 0
function init(args)
  math.randomseed(7)
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path, {Cookie = args[2]})
  end
end
function request()
  return requests[math.random(#requests)]
end
function done(summary, latency, _)
  local e = summary.errors
  print(string.format(
    '{"requests":%d,"seconds":%f,"failed":%d,"p50_ms":%f,"p99_ms":%f}',
    summary.requests, summary.duration / 1e6,
    e.status + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""


@dataclass(frozen=True)
class Load:
    """What one server did under one load."""

    requests: int
    seconds: float
    failed: int
    p50_ms: float
    p99_ms: float
    cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def cpu_us(self) -> float:
        """Processor time of the server for one request."""
        return self.cpu_seconds / max(1, self.requests) * 1e6


@dataclass(frozen=True)
class Server:
    """A running web server and its children."""

    port: int
    process: psutil.Process

    @property
    def tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    @property
    def rss_bytes(self) -> int:
        return sum(process.memory_info().rss for process in self.tree)

    @property
    def cpu_seconds(self) -> float:
        times = [process.cpu_times() for process in self.tree]
        return float(sum(t.user + t.system for t in times))

    def ask(
        self, paths: Sequence[str], cookie: str, connections: int, seconds: float
    ) -> Load:
        """Ask for `paths` in random order over so many connections at once."""
        before = self.cpu_seconds
        result = _wrk(self.port, paths, cookie, connections, seconds)
        return Load(**result, cpu_seconds=self.cpu_seconds - before)


@contextmanager
def running(command: Sequence[str], health: str = "/") -> Iterator[Server]:
    """A server to ask, until the block ends."""
    with running_server(command, health) as (port, process_id):
        yield Server(port, psutil.Process(process_id))


def _wrk(
    port: int, paths: Sequence[str], cookie: str, connections: int, seconds: float
) -> dict[str, Any]:
    if shutil.which("wrk") is None:
        raise SystemExit("Missing: wrk. Run: sudo apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        script, list_ = Path(folder) / "load.lua", Path(folder) / "paths"
        script.write_text(_WRK_SCRIPT)
        list_.write_text("\n".join(paths))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
        command += ["-s", str(script), f"http://127.0.0.1:{port}", "--"]
        command += [str(list_), cookie]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result
