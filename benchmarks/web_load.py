"""Start a web server, ask it for many URLs at once, and say how it did.

The load comes from `wrk` where it is installed (Debian: `apt install wrk`), else from a
small client of our own, which is itself slower than the fastest servers here.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import subprocess
import tempfile
import time
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
        load = _wrk if shutil.which("wrk") else _own_client
        result = load(self.port, paths, cookie, connections, seconds)
        return Load(**result, cpu_seconds=self.cpu_seconds - before)


@contextmanager
def running(command: Sequence[str], health: str = "/") -> Iterator[Server]:
    """A server to ask, until the block ends."""
    with running_server(command, health) as (port, process_id):
        yield Server(port, psutil.Process(process_id))


def _wrk(
    port: int, paths: Sequence[str], cookie: str, connections: int, seconds: float
) -> dict[str, Any]:
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


def _own_client(
    port: int, paths: Sequence[str], cookie: str, connections: int, seconds: float
) -> dict[str, Any]:
    return asyncio.run(_all_connections(port, paths, cookie, connections, seconds))


async def _all_connections(
    port: int, paths: Sequence[str], cookie: str, connections: int, seconds: float
) -> dict[str, Any]:
    started = time.perf_counter()
    clients = [
        _one_connection(port, paths, cookie, started + seconds, seed)
        for seed in range(connections)
    ]
    answers = [answer for client in await asyncio.gather(*clients) for answer in client]
    taken = sorted(milliseconds for milliseconds, _ in answers)
    return {
        "requests": len(answers),
        "seconds": time.perf_counter() - started,
        "failed": sum(status >= 400 for _, status in answers),
        "p50_ms": taken[len(taken) // 2],
        "p99_ms": taken[len(taken) * 99 // 100],
    }


async def _one_connection(
    port: int, paths: Sequence[str], cookie: str, until: float, seed: int
) -> list[tuple[float, int]]:
    choose = random.Random(seed)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    while (asked := time.perf_counter()) < until:
        path = choose.choice(paths)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        fields = head.lower().split(b"content-length:", 1)[1]
        await reader.readexactly(int(fields.split(b"\r\n", 1)[0]))
        answers.append(((time.perf_counter() - asked) * 1e3, int(head[9:12])))
    writer.close()
    return answers
