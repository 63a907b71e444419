"""DICOMweb of the site against Orthanc's, on the same objects in the same run.

    python -m benchmarks.dicomweb
    python -m benchmarks.dicomweb --studies 10000 --rounds 20

Stored: a whole-slide series of four levels in one request. Read: three frames in one
request, and by wsidicom a region of 512 pixels a side of a slide that it opens.
Searched: a hundred studies of `--studies`, by name, by date and by number. Goals: not
slower in any, and twice as fast for frames. Orthanc is Debian's (apt: orthanc
orthanc-dicomweb); both listen on loopback and ask for a password or a token. Only the
ratios mean something.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from rich.console import Console
from rich.progress import track
from wsidicom import WsiDicom, WsiDicomWebClient

from benchmarks.measure import median_ratio, print_table, time_interleaved
from tests.orthanc import NAME, PASSWORD, running_orthanc
from tests.slides import dicom_image, tissue_picture, write_dicom_wsi
from tests.valkey import running_valkey
from tests.web_server import running_server, web_command

KEY = "of-the-benchmark-" + "0" * 40
EDGE = "edge-of-a-part"
STOW = {"Content-Type": f'multipart/related; type="application/dicom"; boundary={EDGE}'}
FRAMES = {"Accept": 'multipart/related; type="image/jpeg"'}
SEARCHES = {
    "name": {"PatientName": "Patient^1*", "limit": "100"},
    "date": {"StudyDate": "20260101-20260131", "limit": "100"},
    "number": {"PatientID": "P-77"},
}
GOALS = {"frames": 2.0}
AT_ONCE = 200


@dataclass(frozen=True)
class Archive:
    """One of the two, with what opens it."""

    name: str
    url: str
    http: httpx.Client
    client: DICOMwebClient

    def store(self, body: bytes) -> None:
        answer = self.http.post(f"{self.url}/studies", content=body, headers=STOW)
        _expect(answer, 200)

    def frames(self, path: str) -> None:
        answer = self.http.get(f"{self.url}{path}", headers=FRAMES)
        _expect(answer, 200)

    def search(self, query: dict[str, str]) -> int:
        """How many were found."""
        form = {"Accept": "application/dicom+json"}
        answer = self.http.get(f"{self.url}/studies", params=query, headers=form)
        _expect(answer, 200)
        return len(answer.json())


def main() -> None:
    options = _options()
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder, _both(Path(folder)) as archives:
        levels = _slide(Path(folder))
        load = os.getloadavg()[0]
        console.print(f"load of the machine before: {load:.1f}")
        for archive in archives:
            archive.store(_body(levels))
        _fill(archives, options.studies, console)
        ways = {
            what: {each.name: make(each) for each in archives}
            for what, make in _ways(levels, options.rounds).items()
        }
        for what, of_each in ways.items():
            seconds = time_interleaved(of_each, options.rounds)
            console.print(f"\n{what}")
            print_table(seconds, "requests", 1)
            ratio = median_ratio(seconds, "Orthanc", "ours")
            goal = GOALS.get(what, 1.0)
            console.print(f"ratio {ratio:.2f} times as fast (goal {goal:g})")


Way = Callable[[Archive], Callable[[], object]]


def _ways(levels: list[Dataset], rounds: int) -> dict[str, Way]:
    study, series = levels[0].StudyInstanceUID, levels[0].SeriesInstanceUID
    at = f"/studies/{study}/series/{series}/instances/{levels[0].SOPInstanceUID}"

    def store(archive: Archive) -> Callable[[], None]:
        bodies = [_body(_renamed(levels)) for _ in range(rounds + 1)]
        return lambda: archive.store(bodies.pop())

    def frames(archive: Archive) -> Callable[[], None]:
        return partial(archive.frames, f"{at}/frames/1,2,3")

    def region(archive: Archive) -> Callable[[], object]:
        return partial(_read_region, archive, study, series)

    def search(query: dict[str, str]) -> Way:
        return lambda archive: partial(archive.search, query)

    return {
        "store": store,
        "frames": frames,
        "region": region,
        **{f"search by {name}": search(query) for name, query in SEARCHES.items()},
    }


def _read_region(archive: Archive, study: str, series: str) -> object:
    """Open the slide, too: an open one keeps the frames that it has read."""
    web = WsiDicomWebClient(archive.client)
    with WsiDicom.open_web(web, study, series) as slide:
        return np.asarray(slide.read_region((300, 300), 0, (512, 512)))


def _slide(folder: Path) -> list[Dataset]:
    """Four levels, 2,048 pixels a side and about 2 MB."""
    picture = np.tile(tissue_picture(512, 512), (4, 4, 1))
    write_dicom_wsi(folder / "wsi", picture, downsamples=(1, 2, 4, 8), tile=256)
    return [dcmread(file) for file in sorted((folder / "wsi").iterdir())]


def _renamed(levels: list[Dataset]) -> list[Dataset]:
    study, series = generate_uid(), generate_uid()
    for level in levels:
        level.StudyInstanceUID, level.SeriesInstanceUID = study, series
        level.SOPInstanceUID = level.file_meta.MediaStorageSOPInstanceUID = (
            generate_uid()
        )
    return levels


def _body(datasets: list[Dataset]) -> bytes:
    lines = []
    for dataset in datasets:
        with BytesIO() as file:
            dataset.save_as(file, enforce_file_format=True)
            lines += [
                f"--{EDGE}\r\nContent-Type: application/dicom\r\n\r\n".encode(),
                file.getvalue(),
                b"\r\n",
            ]
    return b"".join([*lines, f"--{EDGE}--\r\n".encode()])


def _fill(archives: list[Archive], count: int, console: Console) -> None:
    """So many studies of one small picture in each."""
    starts = range(0, count, AT_ONCE)
    for start in track(starts, "storing studies", console=console):
        body = _body([_study(n) for n in range(start, min(start + AT_ONCE, count))])
        for archive in archives:
            archive.store(body)


def _study(number: int) -> Dataset:
    day = f"2026{1 + number % 12:02}{1 + number % 28:02}"
    return dicom_image(
        np.full((8, 8), 100, np.uint8),
        PatientID=f"P-{number}",
        PatientName=f"Patient^{number}",
        StudyDate=day,
        StudyID=str(number),
        AccessionNumber=f"A{number}",
    )


@contextmanager
def _both(folder: Path) -> Iterator[list[Archive]]:
    for name in ("data", "valkey", "orthanc"):
        (folder / name).mkdir()
    with (
        running_valkey(folder / "valkey") as queue,
        running_server(_ours(folder / "data", queue), "/login/") as (port, _),
        running_orthanc(folder / "orthanc") as orthanc,
    ):
        token = f"Bearer {_token(folder / 'data')}"
        address = f"http://127.0.0.1:{port}/dicom-web"
        yield [
            _archive("ours", address, {"headers": {"Authorization": token}}),
            _archive("Orthanc", orthanc.url, {"auth": (NAME, PASSWORD)}),
        ]


def _archive(name: str, url: str, opens: dict[str, Any]) -> Archive:
    session = create_session()
    session.headers.update(opens.get("headers", {}))
    session.auth = opens.get("auth")
    client = DICOMwebClient(url, session=session)
    return Archive(name, url, httpx.Client(timeout=300, **opens), client)


def _ours(data: Path, queue: str) -> list[str]:
    _manage(data, "migrate", "--verbosity", "0")
    return web_command(data, KEY, REDIS_URL=queue)


def _token(data: Path) -> str:
    _manage(data, "create_user", "pacs", "--role", "integration")
    code = (
        "from webapp.accounts.models import *;"
        "print(ApiToken.issue(User.objects.get(username='pacs'), 'x')[1])"
    )
    shown = _manage(data, "shell", "--no-imports", "-c", code)
    return shown.strip().splitlines()[-1]


def _manage(data: Path, *words: str) -> str:
    named = (f"DRAGONFLY_DATA={data}", f"SECRET_KEY={KEY}")
    command = ["env", *named, sys.executable, "-m", "webapp.manage", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _expect(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        words = answer.text[:500]
        raise SystemExit(f"{answer.url}: {answer.status_code} {words}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()
