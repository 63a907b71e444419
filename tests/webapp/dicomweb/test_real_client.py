"""dicomweb-client and wsidicom against a real web process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from dicomweb_client.api import DICOMwebClient
from dicomweb_client.session_utils import create_session
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from wsidicom import WsiDicom, WsiDicomWebClient

from tests.slides import tissue_picture, write_dicom_wsi
from tests.valkey import running_valkey
from tests.web_server import running_server, web_command

KEY = "only-for-tests-" + "0" * 40


def manage(data: Path, *words: str) -> str:
    named = (f"DRAGONFLY_DATA={data}", f"SECRET_KEY={KEY}")
    command = ["env", *named, sys.executable, "-m", "webapp.manage", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DICOMwebClient]:
    data = tmp_path_factory.mktemp("data")
    manage(data, "migrate", "--verbosity", "0")
    manage(data, "create_user", "pacs", "--role", "integration")
    code = (
        "from webapp.accounts.models import *;"
        "print(ApiToken.issue(User.objects.get(username='pacs'), 'x')[1])"
    )
    secret = manage(data, "shell", "--no-imports", "-c", code).strip().splitlines()[-1]
    with running_valkey(tmp_path_factory.mktemp("valkey")) as queue:
        command = web_command(data, KEY, REDIS_URL=queue)
        with running_server(command, "/login/") as (port, _):
            session = create_session()
            session.headers["Authorization"] = f"Bearer {secret}"
            url = f"http://127.0.0.1:{port}/dicom-web"
            yield DICOMwebClient(url, session=session)
            session.close()


@pytest.fixture(scope="module")
def levels(
    client: DICOMwebClient, tmp_path_factory: pytest.TempPathFactory
) -> list[Dataset]:
    """Stored by the client."""
    folder = tmp_path_factory.mktemp("wsi")
    write_dicom_wsi(folder)
    datasets: list[Dataset] = [dcmread(file) for file in sorted(folder.iterdir())]
    client.store_instances(datasets)
    return datasets


def uids(dataset: Dataset) -> tuple[str, str, str]:
    return (
        dataset.StudyInstanceUID,
        dataset.SeriesInstanceUID,
        dataset.SOPInstanceUID,
    )


def test_it_finds_what_it_stored(client: DICOMwebClient, levels: list[Dataset]) -> None:
    study, series, _ = uids(levels[0])
    assert len(client.search_for_studies(search_filters={"StudyInstanceUID": study}))
    found = client.search_for_instances(study, series)
    assert [each["00200013"]["Value"] for each in found] == [[1], [2]]


def test_it_reads_the_metadata(client: DICOMwebClient, levels: list[Dataset]) -> None:
    study, series, _ = uids(levels[0])
    found = client.retrieve_series_metadata(study, series)
    assert Dataset.from_json(found[0], bulk_data_uri_handler=lambda uri: None)


def test_it_gets_the_stored_frames(
    client: DICOMwebClient, levels: list[Dataset]
) -> None:
    level = levels[0]
    stored = generate_frames(level.PixelData, number_of_frames=level.NumberOfFrames)
    found = client.retrieve_instance_frames(
        *uids(level),
        [1, 2],
        media_types=(("image/jpeg", "1.2.840.10008.1.2.4.50"),),
    )
    assert found == [frame for frame, _ in zip(stored, range(2), strict=False)]


def test_it_gets_frames_without_saying_how(
    client: DICOMwebClient, levels: list[Dataset]
) -> None:
    assert len(client.retrieve_instance_frames(*uids(levels[1]), [1])) == 1


def test_it_gets_whole_objects(client: DICOMwebClient, levels: list[Dataset]) -> None:
    study, series, _ = uids(levels[0])
    found = client.retrieve_series(
        study, series, media_types=(("application/dicom", "*"),)
    )
    assert [each.PixelData for each in found] == [each.PixelData for each in levels]


def test_it_gets_bulk_data(client: DICOMwebClient, levels: list[Dataset]) -> None:
    uri = client.retrieve_instance_metadata(*uids(levels[0]))["7FE00010"]["BulkDataURI"]
    assert np.frombuffer(client.retrieve_bulkdata(uri)[0], np.uint8).size > 1000


@pytest.mark.filterwarnings("ignore:No bulk data URI handler")
def test_wsidicom_opens_the_slide_and_reads_it(
    client: DICOMwebClient, levels: list[Dataset]
) -> None:
    study, series, _ = uids(levels[0])
    with WsiDicom.open_web(WsiDicomWebClient(client), study, series) as slide:
        assert [(each.size.width, each.size.height) for each in slide.levels] == [
            (640, 512),
            (320, 256),
        ]
        region = np.asarray(slide.read_region((100, 50), 0, (300, 200)), np.int16)
    wanted = tissue_picture()[50:250, 100:400].astype(np.int16)
    assert np.abs(region - wanted).mean() < 6
