"""Asking a real Orthanc what it has, and fetching a study from it to our own end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from pydicom.dataset import Dataset
from pytest_django.fixtures import Settings

from dragonfly.errors import DragonflyError
from tests.orthanc import IS_HERE, Orthanc, running_orthanc
from tests.webapp.conftest import signed_in
from tests.webapp.dicomweb.stow import part10
from tests.webapp.dimse import conftest
from tests.webapp.dimse.test_receiving import picture
from tests.webapp.factories import make_user
from webapp.accounts.models import User
from webapp.delivery.models import Destination
from webapp.dicomweb.models import Instance
from webapp.dimse.archive.finding import find_studies
from webapp.dimse.models import Fetch, Sender
from webapp.dimse.services import end_lost_fetches, fetch_next, run_fetches

pytestmark = pytest.mark.skipif(not IS_HERE, reason="Orthanc is not installed")
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as here:
        yield here


@pytest.fixture(scope="module")
def prior(orthanc: Orthanc) -> Dataset:
    """A study of two objects that Orthanc has."""
    first = picture(PatientID="P-1", PatientName="Müller^Änne", StudyDate="20250131")
    first.SpecificCharacterSet = "ISO_IR 192"
    first.AccessionNumber = "A-1"
    second = picture(PatientID="P-1", PatientName="Müller^Änne", StudyDate="20250131")
    second.SpecificCharacterSet = "ISO_IR 192"
    second.StudyInstanceUID = first.StudyInstanceUID
    for one in (first, second):
        orthanc.rest("POST", "/instances", content=part10(one))
    return first


@pytest.fixture
def archive(orthanc: Orthanc, transactional_db: None) -> Destination:
    return Destination.objects.create(
        name="Archive",
        kind="dimse",
        title=orthanc.title,
        host="127.0.0.1",
        port=orthanc.dicom_port,
    )


@pytest.fixture
def receiving_archive(
    orthanc: Orthanc,
    archive: Destination,
    sender: Sender,
    monkeypatch: pytest.MonkeyPatch,
    listen: Callable[[], int],
) -> Destination:
    """The archive, which may send to us, and our end is there."""
    Sender.objects.create(title=orthanc.title, account=sender.account)
    monkeypatch.setattr(conftest, "free_port", lambda: orthanc.our_port)
    listen()
    return archive


@pytest.fixture
def page(transactional_db: None) -> Client:
    return signed_in(make_user("root", User.Role.ADMIN))


def test_a_patients_studies_are_found(archive: Destination, prior: Dataset) -> None:
    (found,) = find_studies(archive, PatientID="P-1")
    assert found.study == prior.StudyInstanceUID
    assert found.patient_name == "Müller^Änne"
    assert (found.date, found.accession_number) == ("20250131", "A-1")
    assert find_studies(archive, PatientID="P-2") == []


def test_an_archive_that_is_away_says_so(archive: Destination) -> None:
    archive.title = "OTHER"
    with pytest.raises(DragonflyError, match="another AE title") as refused:
        find_studies(archive, PatientID="P-1")
    assert refused.value.code == "ARCHIVE_FAILED"


def test_a_study_is_fetched(receiving_archive: Destination, prior: Dataset) -> None:
    fetch = wanted(receiving_archive, prior.StudyInstanceUID)
    assert fetch_next()
    fetch.refresh_from_db()
    assert (fetch.state, fetch.reason) == (Fetch.State.DONE, "")
    assert (fetch.completed, fetch.failed) == (2, 0)
    here = Instance.objects.filter(series__study__uid=prior.StudyInstanceUID)
    assert here.count() == 2
    assert {one.owner.username for one in here} == {"pacs"}
    assert not fetch_next()


def test_one_series_is_fetched(receiving_archive: Destination, prior: Dataset) -> None:
    wanted(receiving_archive, prior.StudyInstanceUID, prior.SeriesInstanceUID)
    fetch_next()
    assert Instance.objects.get().uid == prior.SOPInstanceUID


def test_what_we_refuse_is_told(
    receiving_archive: Destination, prior: Dataset, settings: Settings
) -> None:
    settings.DIMSE_MAX_BYTES = 10
    fetch = wanted(receiving_archive, prior.StudyInstanceUID)
    fetch_next()
    fetch.refresh_from_db()
    assert fetch.state == Fetch.State.FAILED
    assert fetch.reason
    assert not Instance.objects.exists()


def test_an_archive_that_does_not_know_us_is_told(
    archive: Destination, prior: Dataset, settings: Settings
) -> None:
    settings.DIMSE_AE_TITLE = "NOBODY"
    fetch = wanted(archive, prior.StudyInstanceUID)
    fetch_next()
    fetch.refresh_from_db()
    assert fetch.state == Fetch.State.FAILED
    assert fetch.reason


def test_the_process_does_what_is_queued(
    receiving_archive: Destination, prior: Dataset
) -> None:
    fetch = wanted(receiving_archive, prior.StudyInstanceUID)
    stopped = threading.Event()

    def run() -> None:
        run_fetches(stopped, 0.01)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while fetch.state != Fetch.State.DONE and time.monotonic() < until:
        time.sleep(0.02)
        fetch.refresh_from_db()
    stopped.set()
    thread.join()
    assert fetch.state == Fetch.State.DONE


def test_a_fetch_of_a_process_that_ended_has_failed(archive: Destination) -> None:
    fetch = wanted(archive, "1.2.3")
    before = timezone.now() - timedelta(days=1)
    Fetch.objects.update(state=Fetch.State.FETCHING, changed_at=before)
    end_lost_fetches()
    fetch.refresh_from_db()
    assert (fetch.state, fetch.reason) == (Fetch.State.FAILED, "It was broken off.")


def wanted(archive: Destination, study: str, series: str = "") -> Fetch:
    user = make_user("asker", User.Role.INTEGRATION)
    return Fetch.objects.create(
        archive=archive, study=study, series=series, requested_by=user
    )


def test_rest_searches_and_fetches(
    page: Client, archive: Destination, prior: Dataset
) -> None:
    address = f"/api/v1/archives/{archive.pk}/studies"
    (found,) = page.get(address, {"patient_id": "P-1"}).json()
    assert found["study"] == prior.StudyInstanceUID
    fields = {"archive": str(archive.pk), "study": found["study"]}
    answer = page.post("/api/v1/fetches", fields, content_type="application/json")
    assert answer.status_code == 202
    made = answer.json()
    assert made["state"] == "queued"
    assert page.get(f"/api/v1/fetches/{made['id']}").json() == made
    assert page.get("/api/v1/fetches").json()["results"] == [made]


@pytest.mark.parametrize(
    "query", [{}, {"patient_id": "*"}, {"date": "20260101"}, {"study": "x"}]
)
def test_no_whole_archive_is_listed(
    page: Client, archive: Destination, query: dict[str, Any]
) -> None:
    answer = page.get(f"/api/v1/archives/{archive.pk}/studies", query)
    assert answer.status_code == 400


def test_only_administrators_and_integrations_may_ask(
    archive: Destination, transactional_db: None
) -> None:
    editor = signed_in(make_user("editor", User.Role.EDITOR))
    address = f"/api/v1/archives/{archive.pk}/studies"
    assert editor.get(address, {"patient_id": "P-1"}).status_code == 403
    assert editor.get("/api/v1/fetches").status_code == 403


def test_an_archive_that_does_not_answer_is_a_bad_gateway(
    page: Client, archive: Destination
) -> None:
    Destination.objects.update(title="OTHER")
    address = f"/api/v1/archives/{archive.pk}/studies"
    answer = page.get(address, {"patient_id": "P-1"})
    assert answer.status_code == 502
    assert answer.json()["code"] == "ARCHIVE_FAILED"


def test_an_administrator_fetches_from_the_admin(
    page: Client, archive: Destination
) -> None:
    fields = {"archive": str(archive.pk), "study": "1.2.3", "series": ""}
    assert page.post("/admin/dimse/fetch/add/", fields).status_code == 302
    made = Fetch.objects.get()
    assert made.requested_by.username == "root"
    wrong = page.post("/admin/dimse/fetch/add/", {**fields, "study": "../x"})
    assert wrong.status_code == 200
    assert Fetch.objects.count() == 1
