"""Which server carries the web process: uvicorn or granian, tile, page and socket.

    .venv/bin/python -m benchmarks.web_servers [--seconds 3] [--rounds 3]

granian is not a dependency of the project; install it beside for this comparison. Both
run `benchmarks.web_servers:site`, which is the whole web application with one socket
more, a Channels consumer that sends as many messages as it is asked for. The page is
the sign-in page, without a database.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.tiles import CONNECTIONS, describe, grant, ours_command, place_slide
from benchmarks.web_load import Load, Server, running

MESSAGES, SOCKETS = 500, 16
PYTHON = sys.executable
SITE = "benchmarks.web_servers:site"


def commands(workers: int) -> dict[str, list[str]]:
    """The two servers, each with its fastest loop and parser."""
    uvicorn = [PYTHON, "-m", "uvicorn", SITE, "--port", "{port}"]
    uvicorn += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    granian = [PYTHON, "-m", "granian", SITE, "--interface", "asgi"]
    granian += ["--loop", "uvloop", "--port", "{port}", "--no-access-log"]
    return {
        "uvicorn": [*uvicorn, "--log-level", "warning", "--workers", str(workers)],
        "granian": [*granian, "--log-level", "warning", "--workers", str(workers)],
    }


async def site(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """The web application and one socket more."""
    if scope["type"] == "websocket" and scope["path"] == "/ws/measure":
        await _consumer()(scope, receive, send)
        return
    from webapp.asgi import application

    await application(scope, receive, send)


def _consumer() -> Any:
    from channels.generic.websocket import AsyncWebsocketConsumer

    class Measured(AsyncWebsocketConsumer):
        async def receive(self, text_data: str = "0", bytes_data: Any = None) -> None:
            for _ in range(int(text_data)):
                await self.send(text_data="a word of an answer, with its kind and id")

    return Measured.as_asgi()


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder)
        slide_id, path = place_slide(data, options.slide)
        cookie, address = grant(data, slide_id, path)
        tiles = [
            f"/tiles/{address}/{options.z}/{x}_{y}.jpg"
            for x in range(24)
            for y in range(20)
        ]
        servers = {
            name: stack.enter_context(running(ours_command(data, command), "/login/"))
            for name, command in commands(options.workers).items()
        }
        for what, paths in {"tile": tiles, "page": ["/login/"]}.items():
            _compare(what, servers, paths, cookie, options)
        _compare_sockets(servers, options.rounds)
        for name, server in servers.items():
            print(f"{name}: {server.rss_bytes / 2**20:.0f} MiB")


def _compare(
    what: str,
    servers: dict[str, Server],
    paths: list[str],
    cookie: str,
    options: argparse.Namespace,
) -> None:
    loads: dict[str, list[Load]] = {name: [] for name in servers}
    for round_ in range(options.rounds + 1):
        for name, server in servers.items():
            load = server.ask(paths, cookie, CONNECTIONS, options.seconds)
            if round_:
                loads[name].append(load)
    print(what)
    for name, all_ in loads.items():
        print(f"  {name} {describe(all_)}")


def _compare_sockets(servers: dict[str, Server], rounds: int) -> None:
    rates: dict[str, list[float]] = {name: [] for name in servers}
    for _ in range(rounds):
        for name, server in servers.items():
            before, started = server.cpu_seconds, time.perf_counter()
            asyncio.run(_listen(server.port))
            taken = time.perf_counter() - started
            cost = (server.cpu_seconds - before) / (MESSAGES * SOCKETS) * 1e6
            rates[name].append(cost)
            print(f"  socket, {name} {MESSAGES * SOCKETS / taken:.0f} messages/s")
    for name, costs in rates.items():
        print(f"  socket, {name} {statistics.median(costs):.0f} us of processor each")


async def _listen(port: int) -> None:
    from websockets.asyncio.client import connect

    async def one() -> None:
        async with connect(f"ws://127.0.0.1:{port}/ws/measure") as socket:
            await socket.send(str(MESSAGES))
            for _ in range(MESSAGES):
                await socket.recv()

    await asyncio.gather(*(one() for _ in range(SOCKETS)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--slide", type=Path)
    parser.add_argument("--z", type=int, default=5, help="the step of level 0")
    return parser.parse_args()


if __name__ == "__main__":
    main()
