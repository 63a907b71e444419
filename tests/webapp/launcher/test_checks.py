"""What is wrong before the start is said in one line each."""

from __future__ import annotations

import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from dragonfly.errors import DragonflyError
from tests.valkey import free_port, running_valkey
from webapp.launcher import checks
from webapp.launcher.announcement import announcement
from webapp.launcher.node import is_new_enough
from webapp.launcher.processes import inference_environment, site_environment
from webapp.launcher.queue_server import QueueServer
from webapp.launcher.settings import LauncherSettings, read_settings


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LauncherSettings:
    return settings_of(monkeypatch, tmp_path)


def settings_of(
    monkeypatch: pytest.MonkeyPatch, data: Path, **values: str
) -> LauncherSettings:
    for name in ("HOST", "PORT", "REDIS_URL", "REDIS_URL_FILE", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"DRAGONFLY_DATA": str(data)} | values).items():
        monkeypatch.setenv(name, value)
    return read_settings()


def refusal(attempt: Callable[[], object]) -> DragonflyError:
    with pytest.raises(DragonflyError) as refused:
        attempt()
    assert "\n" not in refused.value.message
    return refused.value


def test_a_port_in_use_is_named_with_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = refusal(lambda: checks.check_port("127.0.0.1", port))
    assert refused.code == "PORT_IN_USE"
    assert f"PORT={port + 1}" in refused.message


def test_a_free_port_is_taken() -> None:
    checks.check_port("127.0.0.1", free_port())


def test_an_address_of_another_machine_is_refused() -> None:
    refused = refusal(lambda: checks.check_port("192.0.2.1", 8000))
    assert refused.code == "ADDRESS_UNKNOWN"


def test_a_missing_library_is_named(
    launcher: LauncherSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "LIBRARIES", ("celery", "no_such_library"))
    refused = refusal(lambda: checks.check(launcher))
    assert refused.code == "LIBRARY_MISSING"
    assert refused.message == "Not installed: no_such_library. Run: make setup"


def test_a_front_end_that_is_not_built_is_named(
    launcher: LauncherSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(checks, "BUILT", tmp_path / "manifest.json")
    assert refusal(lambda: checks.check(launcher)).code == "FRONTEND_NOT_BUILT"


def test_a_given_queue_has_to_answer(tmp_path: Path) -> None:
    with running_valkey(tmp_path) as url:
        checks.check_queue(url)
    assert refusal(lambda: checks.check_queue(url)).code == "QUEUE_UNREACHABLE"
    refused = refusal(lambda: checks.check_queue("127.0.0.1:6379"))
    assert refused.code == "QUEUE_UNREACHABLE"


def test_a_data_folder_has_one_launcher(tmp_path: Path) -> None:
    def again() -> None:
        with checks.only_one(tmp_path):
            pass

    with checks.only_one(tmp_path):
        assert refusal(again).code == "ALREADY_RUNNING"
    again()


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    refused = refusal(lambda: checks.make_data_folder(tmp_path / "file"))
    assert refused.code == "DATA_NOT_WRITABLE"


@pytest.mark.parametrize("port", ["0", "70000", "http", "-1"])
def test_a_port_is_a_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, port: str
) -> None:
    refused = refusal(lambda: settings_of(monkeypatch, tmp_path, PORT=port))
    assert refused.code == "SETTING_INVALID"


def test_a_site_open_to_the_network_names_its_hosts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refused = refusal(lambda: settings_of(monkeypatch, tmp_path, HOST="0.0.0.0"))
    assert "ALLOWED_HOSTS" in refused.message
    opened = settings_of(
        monkeypatch, tmp_path, HOST="0.0.0.0", ALLOWED_HOSTS="slides.example.org"
    )
    hosts = site_environment(opened, "redis://")["ALLOWED_HOSTS"].split(",")
    assert hosts == ["slides.example.org", "127.0.0.1", "127.0.0.1"]


def test_the_site_lives_on_loopback_unless_told(launcher: LauncherSettings) -> None:
    assert launcher.url == "http://127.0.0.1:8000/"
    assert launcher.with_demo


def test_a_sub_path_is_part_of_the_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = settings_of(monkeypatch, tmp_path, URL_PREFIX="/pathology/", HOST="::1")
    assert at.url == "http://[::1]:8000/pathology/"


def test_the_key_is_drawn_once_for_the_owner_alone(launcher: LauncherSettings) -> None:
    first = Path(site_environment(launcher, "")["SECRET_KEY_FILE"])
    key = first.read_text()
    assert len(key) > 60
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    second = Path(site_environment(launcher, "")["SECRET_KEY_FILE"])
    assert second.read_text() == key


def test_a_given_key_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = settings_of(monkeypatch, tmp_path, SECRET_KEY="given")
    assert "SECRET_KEY_FILE" not in site_environment(given, "")


def test_the_inference_worker_hears_neither_key_nor_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = settings_of(monkeypatch, tmp_path, DATABASE_URL="postgres://secret@db/x")
    names = inference_environment(site_environment(given, "redis://")).keys()
    hidden = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "SECRET_KEY_FILE"}
    assert hidden & names == set()
    assert {"REDIS_URL", "DRAGONFLY_DATA"} <= names


def test_the_queues_password_is_on_no_command_line(tmp_path: Path) -> None:
    server = QueueServer(tmp_path / "valkey")
    task = server.task({})
    assert server.password not in " ".join(task.command)
    assert f"requirepass {server.password}" in task.given.decode()
    assert "appendonly yes" in task.given.decode()


@pytest.mark.parametrize(
    ("version", "is_new"),
    [("v20.19.0", True), ("v24.1.0", True), ("v20.18.3", False), ("v18.20.4", False)],
)
def test_node_is_new_enough_for_the_build(version: str, is_new: bool) -> None:
    assert is_new_enough(version) is is_new


def test_no_node_is_not_new_enough() -> None:
    assert not is_new_enough("")


def test_the_password_is_announced_when_it_is_new(launcher: LauncherSettings) -> None:
    new = announcement(launcher, {"account": {"name": "demo", "password": "pa55word"}})
    assert "Sign in as demo with pa55word" in new
    assert "Research use only" in new
    old = announcement(launcher, {"account": {"name": "demo", "password": None}})
    assert "webapp.manage changepassword demo" in old
