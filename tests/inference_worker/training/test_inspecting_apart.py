"""The process that opens a model from outside: what it may take, and what it leaves."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from inference_worker.messages import Inspected, InspectRequest, ModelFields
from inference_worker.settings import WorkerSettings, bare_environment
from inference_worker.training import inspecting


@pytest.fixture
def settings(tmp_path: Path) -> WorkerSettings:
    (tmp_path / "models" / "incoming").mkdir(parents=True)
    return WorkerSettings(
        redis_url="",
        slide_folder=tmp_path,
        model=None,
        device="cpu",
        name="t",
        data_folder=tmp_path,
    )


def inspected(
    settings: WorkerSettings, folder: str, beats: list[int] | None = None
) -> Inspected:
    def beat() -> None:
        if beats is not None:
            beats.append(1)

    return inspecting.inspect(InspectRequest("1", folder), settings, beat)


def test_a_model_is_opened_in_a_process_that_tells_it_is_alive(
    settings: WorkerSettings, base: ModelFields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://secret")
    shutil.copytree(base.path, settings.data_folder / "models" / "incoming" / "tiny")
    beats: list[int] = []

    found = inspected(settings, "tiny", beats)

    assert found.model is not None
    assert found.model.digest == base.digest
    assert beats
    assert not list((settings.data_folder / "models").glob("*.partial"))


def test_one_that_needs_more_memory_than_its_size_explains_is_refused(
    settings: WorkerSettings, base: ModelFields, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspecting, "LIBRARY_BYTES", 2**28)
    shutil.copytree(base.path, settings.data_folder / "models" / "incoming" / "large")

    found = inspected(settings, "large")

    assert found.code == "CHECKPOINT_UNREADABLE"
    assert [each.name for each in (settings.data_folder / "models").iterdir()] == [
        "incoming"
    ]


@pytest.mark.parametrize("folder", ["../../..", ".", "", "/etc", "out"])
def test_a_folder_outside_of_incoming_is_refused(
    settings: WorkerSettings, folder: str
) -> None:
    (settings.data_folder / "models" / "incoming" / "out").symlink_to("/etc")

    assert inspected(settings, folder).code == "PATH_OUTSIDE"


def test_what_a_killed_worker_left_is_removed_in_time(
    settings: WorkerSettings,
) -> None:
    models = settings.data_folder / "models"
    old, new, other = (
        models / name for name in ("incoming-1.partial", "incoming-2.partial", "d")
    )
    for folder in (old, new, other):
        folder.mkdir()
    hours_ago = time.time() - 3 * inspecting.INSPECT_SECONDS
    for folder in (old, other):
        os.utime(folder, (hours_ago, hours_ago))

    inspecting.clear_left_over(models)

    assert [each.exists() for each in (old, new, other)] == [False, True, True]


def test_a_folder_that_is_not_there_is_refused(settings: WorkerSettings) -> None:
    assert inspected(settings, "nothing").code == "CHECKPOINT_MISSING"


def can_lose_network() -> bool:
    """Whether the kernel lets this user; its own program is the judge."""
    return shutil.which("unshare") is not None and not subprocess.call(
        ["unshare", "--user", "--net", "true"], stderr=subprocess.DEVNULL
    )


def limited(code: str, needed: int = 0) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=partial(inspecting.fence, needed),
        capture_output=True,
        text=True,
        check=False,
    )


def test_memory_is_limited_by_the_size_of_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inspecting, "LIBRARY_BYTES", 2**28)
    code = "import mmap; mmap.mmap(-1, 2**29)"

    assert "Cannot allocate memory" in limited(code).stderr
    assert limited(code, needed=2**27).returncode == 0


def test_files_are_limited_by_the_size_of_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspecting, "SMALL_FILES", 1000)
    code = f"open({str(tmp_path / 'f')!r}, 'wb', 0).write(bytes(5000)) - 5000 and bad"

    assert limited(code).returncode == 1
    assert limited(code, needed=5000).returncode == 0


def test_the_process_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/redis_url")
    monkeypatch.setenv("SECRET_KEY", "secret")

    told = " ".join(f"{name}={text}" for name, text in bare_environment("/h").items())

    assert "secret" not in told
    assert "HOME=/h" in told


@pytest.mark.skipif(not can_lose_network(), reason="the kernel takes no network away")
def test_it_reaches_nobody_over_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        code = f"import socket; socket.create_connection({address!r}, timeout=60)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

        assert "Network is unreachable" in limited(code).stderr
