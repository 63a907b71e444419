"""dcmtk's own programs against the real process, `python -m webapp.dimse`."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.slides import write_dicom_wsi
from tests.valkey import free_port, running_valkey
from tests.webapp.dimse.test_receiving import picture

KEY = "only-for-tests-" + "0" * 40
PATIENCE_S = 120.0
SENDER = (
    "from webapp.accounts.models import User;"
    "from webapp.dimse.models import Sender;"
    "pacs = User.objects.get(username='pacs');"
    "Sender.objects.create(title='SCANNER', account=pacs)"
)
COUNT = "SELECT count(*) FROM dicomweb_instance"
pytestmark = pytest.mark.skipif(
    shutil.which("storescu") is None, reason="dcmtk is not installed"
)


@dataclass
class Site:
    """A data folder, and the settings of the processes over it."""

    data: Path
    settings: tuple[str, ...]
    port: int

    def manage(self, *words: str) -> str:
        command = ["env", *self.settings, sys.executable, "-m", "webapp.manage", *words]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def stored(self) -> int:
        with closing(sqlite3.connect(self.data / "dragonfly.db")) as database:
            (count,) = database.execute(COUNT).fetchone()
        return int(count)

    def call(self, *words: str, title: str = "SCANNER") -> int:
        """The exit status of one of dcmtk's programs."""
        program, *rest = words
        place = ["-aet", title, "-aec", "DRAGONFLY", "127.0.0.1", str(self.port)]
        return subprocess.run([program, *place, *rest], capture_output=True).returncode


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("data")
    with running_valkey(tmp_path_factory.mktemp("valkey")) as queue:
        named = {"DRAGONFLY_DATA": data, "SECRET_KEY": KEY, "REDIS_URL": queue}
        port = free_port()
        named |= {"DIMSE_PORT": port, "LOG_LEVEL": "INFO"}
        named |= {"DATABASE_URL": f"sqlite:///{data / 'dragonfly.db'}"}
        here = Site(data, tuple(f"{k}={v}" for k, v in named.items()), port)
        here.manage("migrate", "--verbosity", "0")
        here.manage("create_user", "pacs", "--role", "integration")
        here.manage("shell", "--no-imports", "-c", SENDER)
        with (data / "log").open("wb") as log:
            process = subprocess.Popen(
                ["env", *here.settings, sys.executable, "-m", "webapp.dimse"],
                stdout=log,
                stderr=log,
            )
        try:
            _wait_until_ready(data / "log", process)
            yield here
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_S) == 0
        assert not list((data / "dicom" / "receiving").iterdir())


def _wait_until_ready(log: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while " is ready." not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until
        time.sleep(0.05)


def test_echoscu_is_answered(site: Site) -> None:
    assert site.call("echoscu") == 0


def test_echoscu_of_a_stranger_is_refused(site: Site) -> None:
    assert site.call("echoscu", title="STRANGER") != 0


def test_storescu_stores_a_slide_with_its_compressed_tiles(
    site: Site, tmp_path: Path
) -> None:
    write_dicom_wsi(tmp_path)
    files = sorted(map(str, tmp_path.glob("*.dcm")))
    before = site.stored()
    assert files
    assert site.call("storescu", "-R", "-xy", *files) == 0
    assert site.stored() == before + len(files)


def test_storescu_stores_the_same_file_twice_as_one(site: Site, tmp_path: Path) -> None:
    picture().save_as(tmp_path / "1.dcm", enforce_file_format=True)
    before = site.stored()
    for _ in range(2):
        assert site.call("storescu", "-R", str(tmp_path / "1.dcm")) == 0
    assert site.stored() == before + 1
