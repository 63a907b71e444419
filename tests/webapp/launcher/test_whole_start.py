"""`python -m webapp.launcher` with real processes: start, kill, restart, stop."""

from __future__ import annotations

import json
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.launched import Launched, launch
from tests.webapp.launcher.test_processes import is_alive, soon


@pytest.fixture(scope="module")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launched]:
    with launch(tmp_path_factory.mktemp("site"), DRAGONFLY_DEMO="0") as site:
        yield site


def health(site: Launched) -> dict[str, object]:
    try:
        address = f"{site.url}api/v1/health"
        with urllib.request.urlopen(address, timeout=30) as answer:
            return dict(json.load(answer))
    except OSError:
        return {}


def child(site: Launched, word: str) -> psutil.Process:
    """The launcher's own child with this word in its command."""
    for process in psutil.Process(site.process.pid).children():
        if any(word in part for part in process.cmdline()):
            return process
    raise AssertionError(f"no {word} among the children")


def test_everything_answers_when_the_address_is_printed(launched: Launched) -> None:
    assert health(launched)["workers"] == 1
    assert health(launched)["queue"] == "ok"


def test_a_second_start_in_the_same_folder_is_refused(launched: Launched) -> None:
    done = launched.again()
    assert done.returncode == 1
    assert "ALREADY_RUNNING: Another start uses" in done.stdout


def test_a_second_start_on_the_same_port_is_refused(
    launched: Launched, tmp_path: Path
) -> None:
    done = launched.again(DRAGONFLY_DATA=str(tmp_path))
    assert done.returncode == 1
    assert done.stdout.startswith(f"PORT_IN_USE: Port {launched.port} of 127.0.0.1")
    assert done.stderr == ""


def test_a_killed_web_process_comes_back(launched: Launched) -> None:
    before = child(launched, "uvicorn")
    before.kill()
    before.wait()
    assert soon(lambda: health(launched).get("web") == "ok")
    assert child(launched, "uvicorn").pid != before.pid
    assert "killed by SIGKILL" in launched.said()


def test_a_killed_queue_comes_back_with_what_it_held(launched: Launched) -> None:
    before = child(launched, "valkey-server")
    before.kill()
    before.wait()
    assert soon(lambda: health(launched).get("queue") == "ok")


def test_the_queue_lets_nobody_in_without_the_password(launched: Launched) -> None:
    server = child(launched, "valkey-server")
    ports = [c.laddr.port for c in server.net_connections() if c.status == "LISTEN"]
    with socket.create_connection(("127.0.0.1", ports[0]), timeout=30) as stranger:
        stranger.sendall(b"KEYS *\r\n")
        assert stranger.recv(100).startswith(b"-NOAUTH")


def test_ctrl_c_leaves_no_process_and_neither_does_a_killed_launcher(
    launched: Launched,
) -> None:
    below = psutil.Process(launched.process.pid).children(recursive=True)
    assert len(below) >= 5
    launched.process.send_signal(signal.SIGINT)
    assert launched.process.wait(60) == 0
    assert [p for p in below if is_alive(p.pid)] == []
    with launch(launched.data, DRAGONFLY_DEMO="0") as second:
        assert health(second)["workers"] == 1
        below = psutil.Process(second.process.pid).children(recursive=True)
        second.process.kill()
        assert soon(lambda: not any(is_alive(p.pid) for p in below))


def test_a_model_that_is_not_there_ends_the_start_with_its_code(tmp_path: Path) -> None:
    settings = {"DRAGONFLY_DEMO": "0", "DRAGONFLY_MODEL": "/no/such/model"}
    with (
        pytest.raises(AssertionError, match="START_FAILED: inference: exit status 1"),
        launch(tmp_path, **settings),
    ):
        pass
