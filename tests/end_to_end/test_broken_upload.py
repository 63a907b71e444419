"""An upload whose server is killed in the middle goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from playwright.sync_api import Page, Request

from tests.end_to_end.window import Workspace, until
from tests.launched import Launched
from tests.slides import write_pyramid

MIB = 2**20
BYTES_PER_S = 4 * MIB
SHARE = 0.6


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 20 MiB: one request, of which a part arrives."""
    path = tmp_path_factory.mktemp("large") / "large.svs"
    noise = np.random.default_rng(0).integers(0, 256, (2048, 3072, 3), dtype=np.uint8)
    write_pyramid(path, noise, tile=256)
    assert path.stat().st_size > 16 * MIB
    return path


@pytest.fixture
def slow(page: Page) -> Iterator[Page]:
    """A page whose line to the server is slow enough to break it in the middle."""
    browser = page.context.new_cdp_session(page)
    browser.send("Network.enable")
    line = {"offline": False, "latency": 0, "downloadThroughput": -1}
    browser.send(
        "Network.emulateNetworkConditions", line | {"uploadThroughput": BYTES_PER_S}
    )
    yield page
    browser.detach()


def kill_web(site: Launched) -> None:
    """As a power cut would; the launcher starts it again."""
    for process in psutil.Process(site.process.pid).children():
        if "webapp.asgi:application" in process.cmdline():
            process.kill()


def arrived(page: Page, name: str) -> int:
    """Bytes of the upload that the server has."""
    answer = page.request.get("api/v1/uploads")
    rows = answer.json()["results"] if answer.ok else []
    return max((row["received"] for row in rows if row["file_name"] == name), default=0)


def offsets_of(requests: list[Request]) -> list[int]:
    """Where each piece that was sent began."""
    pieces = [request for request in requests if request.method == "PATCH"]
    return [int(piece.headers["upload-offset"]) for piece in pieces]


def test_a_killed_server_costs_no_byte_that_it_had(
    slow: Page, site: Launched, large: Path, complaints: list[str]
) -> None:
    sent: list[Request] = []
    slow.on("request", lambda request: sent.append(request))
    slow.goto("")
    slow.get_by_test_id("file-picker").set_input_files(large)
    had = int(SHARE * large.stat().st_size)
    until(lambda: arrived(slow, large.name) >= had, slow, "60 % on the server")
    kill_web(site)
    before = len(offsets_of(sent))
    slow.get_by_role("link", name="Open the slide").click()
    after = offsets_of(sent)[before:]
    assert after
    assert min(after) >= had
    Workspace(slow).ready()
    # That the line broke is what the browser has to say, and nothing else.
    assert all("net::ERR" in one or "502" in one for one in complaints)
    complaints.clear()


def test_a_reload_in_mid_upload_goes_on_with_the_same_file(
    slow: Page, large: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.svs"
    other.write_bytes(large.read_bytes() + b"\0")
    slow.goto("")
    slow.get_by_test_id("file-picker").set_input_files(other)
    until(lambda: arrived(slow, other.name) >= 8 * MIB, slow, "a piece on the server")
    slow.on("dialog", lambda dialog: dialog.accept())
    sent: list[Request] = []
    slow.on("request", lambda request: sent.append(request))
    slow.reload()
    with slow.expect_file_chooser() as chooser:
        slow.get_by_role("button", name="Choose other.svs again").click()
    chooser.value.set_files(other)
    slow.get_by_role("link", name="Open the slide").wait_for()
    assert min(offsets_of(sent)) >= 8 * MIB
