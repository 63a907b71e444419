"""Children are heard, started again a few times, and ended with all of theirs."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from dragonfly.errors import DragonflyError
from webapp.launcher.child import TOLD, Task
from webapp.launcher.restarts import Restarts
from webapp.launcher.settings import ROOT
from webapp.launcher.site import Site, Stopped
from webapp.launcher.terminal import Terminal
from webapp.launcher.tether import Tether, end_leftovers

SLEEP = "import time; time.sleep(60)"
DEAF = f"import signal; signal.signal(15, signal.SIG_IGN); print('up'); {SLEEP}"
PATIENCE_S = 60
PARENT = (
    "import subprocess, sys, time;"
    f"subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); print('up');"
    "time.sleep(60)"
)


@pytest.fixture
def shown() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def site(tmp_path: Path, shown: io.StringIO) -> Iterator[Site]:
    with Tether(tmp_path / "processes.json") as tether:
        running = Site(tmp_path, tether, Terminal(shown))
        yield running
        running.stop()


def python(code: str, name: str = "child", **fields: object) -> Task:
    command = [sys.executable, "-u", "-c", code]
    return Task(name, command, {}, **fields)  # type: ignore[arg-type]


def soon(is_true: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if is_true():
            return True
        time.sleep(0.02)
    return False


def is_alive(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_a_child_is_ready_when_it_says_so(site: Site) -> None:
    child = site.start(python(f"print('now ready.'); {SLEEP}", ready_mark=" ready."))
    site.wait("child", lambda: child.is_ready, PATIENCE_S)
    assert soon(lambda: child.log.read_text() == "now ready.\n")


def test_a_secret_line_reaches_the_launcher_and_no_log(
    site: Site, shown: io.StringIO
) -> None:
    heard: list[str] = []
    code = f"print({TOLD!r} + 'password'); print('ERROR done')"
    child = site.start(python(code, told=heard.append))
    assert soon(lambda: child.is_done)
    assert heard == ["password"]
    assert child.log.read_text() == "ERROR done\n"
    assert "ERROR done" in shown.getvalue()
    assert "password" not in shown.getvalue()


def test_what_a_child_is_given_it_reads(site: Site) -> None:
    task = python("import sys; print(sys.stdin.read())", given=b"port 1")
    child = site.start(task)
    assert soon(lambda: child.is_done)
    assert child.log.read_text().strip() == "port 1"


def test_a_child_that_dies_at_the_start_is_one_line_with_its_last_words(
    site: Site,
) -> None:
    site.start(python("raise ValueError('no such model')"))
    with pytest.raises(DragonflyError) as refused:
        site.wait("child", lambda: False, PATIENCE_S)
    assert refused.value.code == "START_FAILED"
    assert "child: exit status 1: ValueError: no such model" in refused.value.message


def test_a_start_that_takes_too_long_is_given_up(site: Site) -> None:
    site.start(python(SLEEP))
    with pytest.raises(DragonflyError, match="did not answer within 0 seconds"):
        site.wait("child", lambda: False, 0.2)


def test_a_child_that_dies_later_is_started_again(
    site: Site, shown: io.StringIO, tmp_path: Path
) -> None:
    first = site.start(python(SLEEP))
    watching = threading.Thread(target=watch_quietly, args=(site,))
    watching.start()
    psutil.Process(first.pid).kill()
    assert soon(lambda: site.pids().get("child", first.pid) != first.pid)
    site.stop_asked.set()
    watching.join()
    assert "killed by SIGKILL" in shown.getvalue()
    assert "starting it again" in shown.getvalue()


def watch_quietly(site: Site) -> None:
    with pytest.raises(Stopped):
        site.watch()


def test_it_is_not_started_again_for_ever() -> None:
    restarts = Restarts(most=2, within_s=60)
    assert restarts.delay_s("web", "exit status 1", now=0.0) == 1.0
    assert restarts.delay_s("web", "exit status 1", now=1.0) == 2.0
    assert restarts.delay_s("valkey", "exit status 1", now=1.0) == 1.0
    with pytest.raises(DragonflyError) as given_up:
        restarts.delay_s("web", "exit status 1: no memory", now=2.0)
    assert given_up.value.code == "PROCESS_DIED"
    assert "no memory" in given_up.value.message


def test_deaths_of_long_ago_do_not_count() -> None:
    restarts = Restarts(most=1, within_s=60)
    restarts.delay_s("web", "exit status 1", now=0.0)
    assert restarts.delay_s("web", "exit status 1", now=61.0) == 1.0


def test_stopping_ends_the_childrens_children(site: Site) -> None:
    child = site.start(python(PARENT, ready_mark="up"))
    site.wait("child", lambda: child.is_ready, PATIENCE_S)
    below = psutil.Process(child.pid).children()
    assert len(below) == 1
    site.stop()
    assert not is_alive(child.pid)
    assert soon(lambda: not is_alive(below[0].pid))


def test_a_child_that_does_not_listen_is_killed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.launcher.site.GRACE_S", 0.3)
    child = site.start(python(DEAF, ready_mark="up"))
    site.wait("child", lambda: child.is_ready, PATIENCE_S)
    site.stop()
    assert not is_alive(child.pid)


LAUNCHER = f"""
import sys, time
from pathlib import Path
from webapp.launcher.child import Task
from webapp.launcher.site import Site
from webapp.launcher.terminal import Terminal
from webapp.launcher.tether import Tether
folder = Path(sys.argv[1])
with Tether(folder / "processes.json") as tether:
    site = Site(folder, tether, Terminal(sys.stderr))
    task = Task("child", [sys.executable, "-u", "-c", {PARENT!r}], {{}}, "up")
    child = site.start(task)
    site.wait("child", lambda: child.is_ready, 60)
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another launcher, with a child that has a child."""
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def test_a_killed_launcher_leaves_nobody(launcher: subprocess.Popen[str]) -> None:
    below = psutil.Process(launcher.pid).children(recursive=True)
    assert len(below) == 3
    launcher.kill()
    assert soon(lambda: not any(is_alive(process.pid) for process in below))


def test_the_next_start_ends_what_even_the_watcher_left(
    launcher: subprocess.Popen[str], tmp_path: Path
) -> None:
    below = psutil.Process(launcher.pid).children(recursive=True)
    watcher = next(p for p in below if "webapp.launcher.watcher" in p.cmdline())
    watcher.send_signal(signal.SIGKILL)
    launcher.kill()
    launcher.wait()
    left = [process for process in below if process != watcher]
    assert all(is_alive(process.pid) for process in left)
    assert end_leftovers(tmp_path / "processes.json") == 1
    assert soon(lambda: not any(is_alive(process.pid) for process in left))


def test_another_process_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as stranger:
        begun = psutil.Process(stranger.pid).create_time()
        record.write_text(f'{{"{stranger.pid}": {begun - 100}}}')
        assert end_leftovers(record) == 0
        assert stranger.poll() is None
        stranger.kill()


def test_a_damaged_record_is_no_obstacle(tmp_path: Path) -> None:
    record = tmp_path / "processes.json"
    assert end_leftovers(record) == 0
    record.write_text("{")
    assert end_leftovers(record) == 0
