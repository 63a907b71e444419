"""From `git clone` to the first answer on the demo slide, and the second start.

    python -m benchmarks.first_run            a fresh clone, its own set-up, two starts
    python -m benchmarks.first_run --here     this checkout as it is, two starts

It clones the last commit into a temporary folder, makes what `make run` needs, and runs
it on a free port with a data folder of its own; then it signs in, asks the first
suggested question and follows its events as a page does. The packages come from pip's
and npm's caches where they are warm. Goals: 5 minutes in all, of which the project's
own start takes 20 s; a second start, 10 s.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from websockets import Origin
from websockets.sync.client import connect

from tests.valkey import free_port

LAUNCH = [sys.executable, "-m", "webapp.launcher"]
ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 900.0
ADDRESS = re.compile(r"is ready: (\S+)")
PASSWORD = re.compile(r"Sign in as demo with (\S+)")
READY = re.compile(r" s  (\S+)\s+ready$")
MARKS = {
    "state": "first event",
    "examined": "first box",
    "text": "first word",
    "answered": "done",
}
GOALS = {"clone to answer": 300.0, "first start": 20.0, "second start": 10.0}


@dataclass
class Times:
    """Seconds of each part, in the order in which they were measured."""

    rows: list[tuple[str, float]] = field(default_factory=list)

    def add(self, name: str, seconds: float) -> None:
        self.rows.append((name, seconds))

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """The time that the block takes."""
        begun = time.monotonic()
        yield
        self.add(name, time.monotonic() - begun)

    def show(self) -> None:
        table = Table("part", "seconds", "goal")
        for name, seconds in self.rows:
            goal = GOALS.get(name)
            table.add_row(name, f"{seconds:.1f}", f"{goal:.0f}" if goal else "")
        Console().print(table)


@dataclass(frozen=True)
class Started:
    """The running site."""

    url: str
    said: str


def main() -> int:
    options = _options()
    times = Times()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        project = ROOT if options.here else fresh_clone(Path(folder), times)
        data = Path(folder) / "data"
        command = LAUNCH if options.here else ["make", "--silent", "run"]
        with running(command, project, data, times, "first start") as site:
            ask(site, times)
            if not options.here:
                times.add("clone to answer", time.monotonic() - begun)
        with running(command, project, data, times, "second start"):
            pass
    times.show()
    return 0


def fresh_clone(folder: Path, times: Times) -> Path:
    """The last commit with all that it needs."""
    project = folder / "dragonfly"
    with times.of("git clone"):
        _run(["git", "clone", "--quiet", str(ROOT), str(project)], folder)
    with times.of("set-up: Python"):
        _run(["make", "setup", f"PYTHON={sys.executable}"], project)
    with times.of("set-up: front end"):
        _run(["make", "frontend"], project)
    with times.of("set-up: demo slide"):
        _run(["make", "demo"], project)
    return project


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(
            f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )


@contextmanager
def running(
    command: list[str], project: Path, data: Path, times: Times, name: str
) -> Iterator[Started]:
    """The site, from its call to the address, and until the end of the block."""
    own = {"DRAGONFLY_DATA": str(data), "PORT": str(free_port())}
    environment = os.environ | own  # noqa: TID251 -- handed on to the launcher
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield _started(process, begun, times, name)
    finally:
        # As Ctrl-C in a terminal does: to make and all below it.
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)


def _started(
    process: subprocess.Popen[str], begun: float, times: Times, name: str
) -> Started:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        seconds = time.monotonic() - begun
        if ready := READY.search(line.rstrip()):
            times.add(f"  {ready[1]} ready after", seconds)
        if address := ADDRESS.search(line):
            times.add(name, seconds)
            # What follows is printed with it: how to sign in.
            said += process.stdout.readline()
            return Started(address[1], said)
    raise SystemExit(f"It did not start:\n{said}")


def ask(site: Started, times: Times) -> None:
    """Sign in, wait for the demo slide, ask about it and follow the answer."""
    password = PASSWORD.search(site.said)
    assert password is not None, site.said
    with httpx.Client(base_url=site.url, timeout=60, follow_redirects=True) as client:
        with times.of("sign in"):
            _sign_in(client, password[1])
        with times.of("demo slide ready"):
            slide = _demo_slide(client)
        begun = time.monotonic()
        text = slide["suggested_questions"][0]
        asked = client.post(
            "api/v1/questions", json={"slide": slide["id"], "text": text}
        )
        asked.raise_for_status()
        _follow(client, asked.json()["id"], begun, times)


def _sign_in(client: httpx.Client, password: str) -> None:
    client.get("login/").raise_for_status()
    client.headers["Referer"] = str(client.base_url)
    form = {"username": "demo", "password": password}
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    client.post("login/", data=form | token).raise_for_status()
    client.headers["X-CSRFToken"] = client.cookies["csrftoken"]


def _demo_slide(client: httpx.Client) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        for slide in client.get("api/v1/slides").raise_for_status().json()["results"]:
            if slide["state"].startswith("ready"):
                return dict(slide)
        time.sleep(0.1)
    raise SystemExit("The demo slide is not ready.")


def _follow(client: httpx.Client, question: str, begun: float, times: Times) -> None:
    base = str(client.base_url)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    waiting = dict(MARKS)
    with connect(
        f"{base.replace('http', 'ws', 1)}ws/questions/{question}?after=0",
        additional_headers={"Cookie": cookies},
        origin=Origin(base.rstrip("/")),
    ) as socket:
        while "answered" in waiting:
            kind = json.loads(socket.recv(timeout=PATIENCE_S))["kind"]
            if kind in ("failed", "stopped"):
                raise SystemExit(f"The question {kind}.")
            if mark := waiting.pop(kind, None):
                times.add(f"click to {mark}", time.monotonic() - begun)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true", help="no clone and no set-up")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
