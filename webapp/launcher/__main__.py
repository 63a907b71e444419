"""`python -m webapp.launcher`: start the whole product, print its address, stay."""

from __future__ import annotations

import json
import signal
import sys
import urllib.error
import urllib.request
from typing import Any

from dragonfly.errors import DragonflyError
from webapp.launcher import processes
from webapp.launcher.announcement import announcement
from webapp.launcher.checks import check, make_data_folder, only_one
from webapp.launcher.queue_server import QueueServer, queue_answers
from webapp.launcher.settings import LauncherSettings, read_settings
from webapp.launcher.site import Site, Stopped
from webapp.launcher.terminal import Terminal
from webapp.launcher.tether import Tether, end_leftovers

# Drawing the demo slide and putting Dragonfly-mini together happen once, and take
# minutes on a slow machine.
FIRST_TIME_S = 900.0
SOON_S = 120.0


class Launch:
    """One start, from the checks to the address."""

    def __init__(self, settings: LauncherSettings, terminal: Terminal) -> None:
        self._settings = settings
        self._terminal = terminal
        self._told: dict[str, dict[str, Any]] = {}

    def run(self) -> None:
        """Start everything and stay until asked to stop.

        Raises:
            DragonflyError: something is missing, or a process does not live.
        """
        settings = self._settings
        make_data_folder(settings.data)
        record = settings.data / "processes.json"
        with only_one(settings.data):
            if left := end_leftovers(record):
                self._terminal.say("launcher", f"ended {left} left by a crashed start")
            check(settings)
            with Tether(record) as tether:
                self._live(Site(settings.logs, tether, self._terminal))

    def _live(self, site: Site) -> None:
        self._obey_signals(site)
        try:
            self._start(site)
            self._terminal.write(announcement(self._settings, self._told))
            site.watch()
        except Stopped:
            self._terminal.say("launcher", "stopping")
        finally:
            site.stop()
        self._terminal.say("launcher", "stopped")

    def _obey_signals(self, site: Site) -> None:
        def obey(*_: object) -> None:
            site.stop_asked.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, obey)

    def _start(self, site: Site) -> None:
        settings = self._settings
        environment = processes.site_environment(settings, self._queue(site))
        # The model loads for longest, so it begins before the database is looked at.
        inference = site.start(processes.inference(environment))
        prepare = site.start(processes.prepare(settings, environment, self._hear))
        site.wait("database", lambda: "database" in self._told, SOON_S)
        site.start(processes.web(settings, environment))
        web_worker = site.start(processes.web_worker(settings, environment))
        site.wait("web-worker", lambda: web_worker.is_ready, SOON_S)
        training = site.start(processes.training(environment))
        site.wait("web", self._web_answers, SOON_S)
        if settings.dimse_port:
            dimse = site.start(processes.dimse(settings.dimse_port, environment))
            site.wait("dimse", lambda: dimse.is_ready, SOON_S)
        site.wait("demo", lambda: prepare.is_done, FIRST_TIME_S)
        site.forget("prepare")
        site.wait("inference", lambda: inference.is_ready, FIRST_TIME_S)
        site.wait("training", lambda: training.is_ready, SOON_S)
        site.wait("health", self._is_well, SOON_S)

    def _queue(self, site: Site) -> str:
        if self._settings.redis_url:
            return self._settings.redis_url
        server = QueueServer(self._settings.data / "valkey")
        site.start(server.task(self._settings.environment))
        site.wait("valkey", lambda: queue_answers(server.url), SOON_S)
        return server.url

    def _hear(self, line: str) -> None:
        told = json.loads(line)
        self._told[told["step"]] = told

    def _web_answers(self) -> bool:
        return self._health().get("web") == "ok"

    def _is_well(self) -> bool:
        health = self._health()
        parts = {health.get(part) for part in ("web", "database", "queue")}
        return parts == {"ok"} and health.get("workers", 0) >= 1

    def _health(self) -> dict[str, Any]:
        address = f"{self._settings.own_url}api/v1/health"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310
                return dict(json.load(answer))
        except (urllib.error.URLError, OSError, ValueError):
            return {}


def main() -> int:
    """0 after Ctrl-C; 1 with one line when something is missing or dies."""
    terminal = Terminal()
    try:
        Launch(read_settings(), terminal).run()
    except DragonflyError as error:
        terminal.write(f"{error.code}: {error.message}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
