"""Alice uploads; rows are committed, because the server's threads have to see them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.webapp.factories import make_user
from tests.webapp.uploads.tus import Tus
from webapp.slides.uploads import asgi
from webapp.slides.uploads.sign_in import senders
from webapp.slides.uploads.storage import uploads_seen


@pytest.fixture
def upload_threads(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Threads of the test's own, whose database connections end with it."""
    threads = ThreadPoolExecutor(1)
    monkeypatch.setattr(asgi, "_threads", threads)
    senders.clear()
    uploads_seen.clear()
    yield
    threads.submit(connections.close_all).result()
    threads.shutdown()


@pytest.fixture
def tus(upload_threads: None, valkey: str) -> Tus:
    """Alice's client."""
    return Tus(make_user("alice"))


@pytest.fixture
def charlies_tus(upload_threads: None) -> Tus:
    """A stranger's client."""
    return Tus(make_user("charlie"))
