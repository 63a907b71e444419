"""A slide with stored tiles, published, and the tile application asked directly."""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dragonfly.slide import open_slide
from tests.slides import tissue_picture, write_pyramid
from tests.webapp.factories import make_slide
from webapp.accounts.models import User
from webapp.slides.models import Slide
from webapp.slides.tiles.application import LEASE_COOKIE, TileApplication
from webapp.slides.tiles.decoding import Decoder
from webapp.slides.tiles.grant import Grant, digest_key
from webapp.slides.tiles.listing import publish
from webapp.slides.tiles.made import MadeTiles
from webapp.slides.tiles.pool import SlidePool

WIDTH, HEIGHT, TILE = 900, 700, 128
LAST_Z = 3
"""Step 3 is level 0 in 8 x 6 tiles and step 1 the stored quarter; 2 is missing."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Asker:
    """Asks the application for tiles of one grant."""

    application: TileApplication
    grant: Grant
    lease: str

    def get(self, tile: str, method: str = "GET", **headers: str) -> Reply:
        """`tile` is what follows the address, such as "3/0_0.jpg"."""
        cookie = f"theme=dark; {LEASE_COOKIE}={self.lease}"
        path = f"/tiles/{self.grant.address}/{tile}"
        return ask(self.application, path, method, {"cookie": cookie} | headers)


def ask(
    application: TileApplication,
    path: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
) -> Reply:
    """One request, as a server would hand it over."""
    path, _, query = path.partition("?")
    named = [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in (headers or {}).items()
    ]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": named,
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits so long")

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    start, body = sent
    texts = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], texts, body["body"])


@pytest.fixture
def slide(alice: User) -> Slide:
    """Alice's slide with a real file, published for tiles."""
    return write_slide(alice)


def write_slide(owner: User, **written: Any) -> Slide:
    """A record with its file, ready and published."""
    slide_id = uuid.uuid4()
    slide = make_slide(owner, id=slide_id, entry=f"{slide_id}/original/slide.svs")
    slide.path.parent.mkdir(parents=True)
    plain: dict[str, Any] = {"downsamples": (1, 4), "tile": TILE, "quality": 80}
    slide.path.write_bytes(_pyramid(**(plain | written)))
    digest(slide)
    publish(slide)
    return slide


@cache
def _pyramid(**written: Any) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slide.svs"
        write_pyramid(path, tissue_picture(WIDTH, HEIGHT), **written)
        return path.read_bytes()


def digest(slide: Slide) -> None:
    """Record the digest of the file as it is now."""
    with open_slide(slide.path) as opened:
        slide.digest = opened.digest
    slide.save(update_fields=["digest"])


@pytest.fixture
def application() -> Iterator[TileApplication]:
    application = TileApplication(SlidePool(4, 2**28), Decoder(), MadeTiles(2**20))
    yield application
    application.close()


def granted(application: TileApplication, slide: Slide, user: User) -> Asker:
    """Someone who was just given a token."""
    grant = Grant(user.pk, slide.pk, digest_key(slide.digest))
    return Asker(application, grant, grant.lease(int(time.time()) + 300))


@pytest.fixture
def viewer(application: TileApplication, slide: Slide, alice: User) -> Asker:
    """Alice's browser after a token was issued."""
    return granted(application, slide, alice)


@pytest.fixture
def original(slide: Slide) -> Path:
    return slide.path
