"""A real Orthanc on free ports of loopback: somebody else's archive."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.valkey import free_port

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
IS_HERE = shutil.which("Orthanc") is not None and PLUGIN.exists()
NAME, PASSWORD = "dragonfly", "a-password"
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Orthanc:
    """Where it is; it knows us as DRAGONFLY at `our_port`."""

    port: int
    dicom_port: int
    our_port: int
    title: str = "ORTHANC"

    @property
    def url(self) -> str:
        """Of its DICOMweb services."""
        return f"http://127.0.0.1:{self.port}/dicom-web"

    def rest(self, method: str, path: str, **options: Any) -> Any:
        """Its own interface."""
        address = f"http://127.0.0.1:{self.port}{path}"
        answer = httpx.request(
            method, address, auth=(NAME, PASSWORD), timeout=PATIENCE_S, **options
        )
        answer.raise_for_status()
        return answer.json()

    def has(self, instance_uid: str) -> bool:
        """It keeps this object."""
        query = {"Level": "Instance", "Query": {"SOPInstanceUID": instance_uid}}
        return bool(self.rest("POST", "/tools/find", json=query))

    def count(self) -> int:
        return int(self.rest("GET", "/statistics")["CountInstances"])

    def clear(self) -> None:
        for patient in self.rest("GET", "/patients"):
            self.rest("DELETE", f"/patients/{patient}")


@contextmanager
def running_orthanc(folder: Path) -> Iterator[Orthanc]:
    """Start it, and end it with the block."""
    here = Orthanc(free_port(), free_port(), free_port())
    configuration = {
        "Name": "Test",
        "StorageDirectory": str(folder / "store"),
        "IndexDirectory": str(folder / "store"),
        "Plugins": [str(PLUGIN)],
        "HttpPort": here.port,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": True,
        "RegisteredUsers": {NAME: PASSWORD},
        "DicomAet": here.title,
        "DicomPort": here.dicom_port,
        "DicomAlwaysAllowStore": True,
        "DicomCheckCalledAet": True,
        "DicomModalities": {"us": ["DRAGONFLY", "127.0.0.1", here.our_port]},
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    (folder / "orthanc.json").write_text(json.dumps(configuration))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["Orthanc", str(folder / "orthanc.json")], stdout=log, stderr=log
        )
    try:
        _wait(here, process, folder / "log")
        yield here
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _wait(here: Orthanc, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        with suppress(httpx.HTTPError, OSError):
            here.rest("GET", "/system")
            socket.create_connection(("127.0.0.1", here.dicom_port)).close()
            return
        time.sleep(0.05)
