"""The whole web process, started as it is in earnest, under many connections."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import simplejpeg
from pytest_django.fixtures import Settings

from tests.web_server import running_server, web_command
from tests.webapp.tiles.conftest import Asker

CONNECTIONS = 64
KEY = "of a test"
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def shared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder, as starting a process takes seconds."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(shared_data: Path) -> Iterator[str]:
    """The URL of a web process over the shared folder."""
    command = web_command(shared_data, KEY, URL_PREFIX="/pathology")
    with running_server(command) as (port, _):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def same_site(shared_data: Path, settings: Settings) -> None:
    """This test's slides and signatures are the process's."""
    settings.SECRET_KEY = KEY
    settings.SLIDE_FOLDER = shared_data / "slides"


def get(address: str, **options: Any) -> httpx.Response:
    """Ask straight, without a proxy."""
    return httpx.get(address, timeout=PATIENCE_S, trust_env=False, **options)


def every_tile(viewer: Asker) -> list[str]:
    steps = {3: (8, 6), 2: (4, 3), 1: (2, 2), 0: (1, 1)}
    return [
        f"/tiles/{viewer.grant.address}/{z}/{x}_{y}.jpg"
        for z, (columns, rows) in steps.items()
        for x in range(columns)
        for y in range(rows)
    ]


async def ask_all(
    server: str, paths: list[str], cookies: dict[str, str]
) -> list[httpx.Response]:
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(
        base_url=server,
        cookies=cookies,
        limits=limits,
        timeout=PATIENCE_S,
        trust_env=False,
    ) as client:
        return await asyncio.gather(*(client.get(path) for path in paths))


def test_many_connections_get_every_tile(server: str, viewer: Asker) -> None:
    paths = every_tile(viewer) * 3
    lease = {"tile_lease": viewer.lease}
    replies = asyncio.run(ask_all(server, paths, lease))
    assert Counter(reply.status_code for reply in replies) == {200: len(paths)}
    bodies = {(reply.url.path, reply.content) for reply in replies}
    assert len(bodies) == len(set(paths)), "the same tile is the same every time"


def test_the_process_serves_what_the_application_does(
    server: str, viewer: Asker
) -> None:
    path = f"/pathology/tiles/{viewer.grant.address}/3/3_2.jpg?lease={viewer.lease}"
    reply = get(server + path)
    assert reply.content == viewer.get("3/3_2.jpg").body
    head = httpx.head(server + path, timeout=PATIENCE_S, trust_env=False)
    assert head.headers["content-length"] == str(len(reply.content))
    assert simplejpeg.is_jpeg(reply.content)


def test_a_slide_deleted_under_the_process_is_gone(
    server: str, viewer: Asker, original: Path
) -> None:
    path = f"/tiles/{viewer.grant.address}/3/3_2.jpg?lease={viewer.lease}"
    assert get(server + path).status_code == 200
    shutil.rmtree(original.parent.parent)
    # A process looks for the files once a second.
    end = time.monotonic() + PATIENCE_S
    while (status := get(server + path).status_code) == 200:
        assert time.monotonic() < end
    assert status == 410


def test_a_stranger_s_socket_is_refused(server: str) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": server,
    }
    reply = get(f"{server}/pathology/ws/nothing", headers=upgrade)
    assert reply.status_code == 404


def test_pages_are_below_the_site_s_prefix(server: str) -> None:
    page = get(f"{server}/pathology/login/")
    assert page.status_code == 200
    assert "/pathology/static/" in page.text
    assert get(f"{server}/login/").status_code == 200, "a proxy may cut the prefix"


def test_uploads_are_below_the_site_s_prefix(server: str) -> None:
    path = "/pathology/api/v1/uploads/tus"
    offer = httpx.options(server + path)
    assert offer.status_code == 401, "there, but not for a stranger"
