"""Alice's PACS stores; rows are committed, as the server's threads have to see them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from pytest_django.fixtures import Settings

from tests.webapp.dicomweb.stow import Stow
from tests.webapp.factories import make_user
from webapp.dicomweb.sandbox.gate import end_nurseries
from webapp.dicomweb.store import asgi


@pytest.fixture(autouse=True)
def dicom_folder(data_folder: Path, settings: Settings) -> Path:
    settings.DICOM_FOLDER = data_folder / "dicom"
    settings.DICOM_FOLDER.mkdir()
    settings.SERIES_QUIET_SECONDS = 0
    return data_folder / "dicom"


@pytest.fixture(scope="session", autouse=True)
def nurseries() -> Iterator[None]:
    """Their processes end with the run."""
    yield
    end_nurseries()


@pytest.fixture
def store_threads(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Threads of the test's own, whose database connections end with it."""
    threads = ThreadPoolExecutor(1)
    monkeypatch.setattr(asgi, "_threads", threads)
    yield
    threads.submit(connections.close_all).result()
    threads.shutdown()


@pytest.fixture
def stow(store_threads: None, valkey: str) -> Stow:
    """Alice's client."""
    return Stow(make_user("alice"))
