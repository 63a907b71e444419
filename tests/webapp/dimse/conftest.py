"""Our own end of DIMSE on a free port, and one machine that may call."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pynetdicom import AE
from pytest_django.fixtures import Settings

from tests.valkey import free_port
from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.dicomweb.sandbox.gate import end_nurseries
from webapp.dimse import storing
from webapp.dimse.contexts import ordered_syntaxes
from webapp.dimse.models import Sender
from webapp.dimse.server import Server, start_server, stop_server


@pytest.fixture(scope="session", autouse=True)
def nurseries() -> Iterator[None]:
    """Their processes end with the run."""
    yield
    end_nurseries()


@pytest.fixture
def sender(transactional_db: None, valkey: str) -> Sender:
    """SCANNER, which stores for the account "pacs"."""
    account = make_user("pacs", User.Role.INTEGRATION)
    return Sender.objects.create(title="SCANNER", account=account)


@pytest.fixture
def receiving(
    data_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder of objects on their way."""
    settings.DICOM_FOLDER = data_folder / "dicom"
    settings.SERIES_QUIET_SECONDS = 0
    folder: Path = data_folder / "dicom" / "receiving"
    folder.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def listen(
    sender: Sender,
    receiving: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[], int]]:
    """Start the server with the settings as they are then; returns its port."""
    threads = ThreadPoolExecutor(1)
    monkeypatch.setattr(storing, "_threads", threads)
    running: list[tuple[Server, threading.Thread]] = []

    def start() -> int:
        settings.DIMSE_PORT = free_port()
        server = start_server()
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        running.append((server, thread))
        return int(settings.DIMSE_PORT)

    yield start
    for server, thread in running:
        stop_server(server)
        thread.join()
    threads.submit(connections.close_all).result()
    threads.shutdown()


@pytest.fixture
def port(listen: Callable[[], int]) -> int:
    return listen()


@contextmanager
def calling(
    port: int, *classes: str, title: str = "SCANNER", called: str = "DRAGONFLY"
) -> Iterator[Any]:
    """An association, which may have been refused."""
    entity = AE(title)
    for name in classes or ("1.2.840.10008.1.1",):
        entity.add_requested_context(name, ordered_syntaxes()[:2])
    association = entity.associate("127.0.0.1", port, ae_title=called)
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        association.dul.join()
        # The library leaves it open where the other side was the one to end.
        if (left := association.dul.socket) and left.socket:
            left.socket.close()
