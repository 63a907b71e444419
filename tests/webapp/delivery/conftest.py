"""An object of Alice's, and destinations that answer as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pytest_django.fixtures import Settings

from tests.slides import dicom_image
from webapp.accounts.models import User
from webapp.delivery.models import Destination
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.gate import end_nurseries
from webapp.dicomweb.store.files import store_file


@pytest.fixture(scope="session", autouse=True)
def nurseries() -> Iterator[None]:
    """Their processes end with the run."""
    yield
    end_nurseries()


@pytest.fixture(autouse=True)
def dicom_folder(data_folder: Path, settings: Settings) -> None:
    settings.DICOM_FOLDER = data_folder / "dicom"


def stored(owner: User, folder: Path, **attributes: Any) -> Instance:
    """A small picture of this person's."""
    dataset: Dataset = dicom_image(np.full((8, 8), 100, np.uint8), **attributes)
    path = folder / "sent.dcm"
    dataset.save_as(path, enforce_file_format=True)
    return store_file(path, owner, "test", moves=True).instance


@pytest.fixture
def instance(alice: User, valkey: str, tmp_path: Path) -> Instance:
    return stored(alice, tmp_path)


@dataclass
class Archive:
    """A DICOMweb server that answers what it is told, and keeps what came."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    finds: bytes = b"[]"
    got: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def stores(self) -> list[bytes]:
        return [body for method, _, _, body in self.got if method == "POST"]


@pytest.fixture
def archive() -> Iterator[Archive]:
    here = Archive()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.answer(here.status, here.body)

        def do_GET(self) -> None:
            self.answer(200, here.finds)

        def answer(self, status: int, body: bytes) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            names = {k.lower(): v for k, v in self.headers.items()}
            here.got.append((self.command, self.path, names, sent))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", here.url)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    here.url = f"http://127.0.0.1:{server.server_port}/dicom-web/"
    yield here
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def destination(archive: Archive, db: None) -> Destination:
    return Destination.objects.create(name="Archive", kind="stow", url=archive.url)
