"""A real Orthanc as the destination, by STOW-RS and by C-STORE."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.utils import timezone

from tests.orthanc import IS_HERE, NAME, PASSWORD, Orthanc, running_orthanc
from webapp.delivery.models import Delivery, Destination
from webapp.delivery.sending import try_out
from webapp.delivery.sending.outcome import Fate
from webapp.delivery.services import deliver, enqueue
from webapp.dicomweb.models import Instance
from webapp.webhooks.secret import seal

pytestmark = pytest.mark.skipif(not IS_HERE, reason="Orthanc is not installed")


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with running_orthanc(tmp_path_factory.mktemp("orthanc")) as here:
        yield here


@pytest.fixture
def by_stow(orthanc: Orthanc, db: None) -> Destination:
    return Destination.objects.create(
        name="by STOW-RS",
        kind="stow",
        url=orthanc.url,
        sign_in="basic",
        username=NAME,
        sealed_secret=seal(PASSWORD),
    )


@pytest.fixture
def by_dimse(orthanc: Orthanc, db: None) -> Destination:
    return Destination.objects.create(
        name="by C-STORE",
        kind="dimse",
        title=orthanc.title,
        host="127.0.0.1",
        port=orthanc.dicom_port,
    )


@pytest.fixture(params=["by_stow", "by_dimse"])
def destination(request: pytest.FixtureRequest) -> Destination:
    found: Destination = request.getfixturevalue(request.param)
    return found


def test_it_answers(destination: Destination) -> None:
    assert try_out(destination).fate == Fate.DELIVERED


def test_an_object_arrives(
    orthanc: Orthanc, instance: Instance, destination: Destination
) -> None:
    (made,) = enqueue([instance], destination)
    deliver(made.pk)
    made.refresh_from_db()
    assert (made.state, made.reason) == (Delivery.State.DELIVERED, "")
    assert orthanc.has(instance.uid)


def test_an_answer_that_was_lost_makes_no_second_object(
    orthanc: Orthanc, instance: Instance, destination: Destination
) -> None:
    (made,) = enqueue([instance], destination)
    deliver(made.pk)
    before = orthanc.count()
    Delivery.objects.update(state=Delivery.State.SENDING, next_at=timezone.now())
    deliver(made.pk)
    made.refresh_from_db()
    assert made.state == Delivery.State.DELIVERED
    assert orthanc.count() == before


def test_a_wrong_password_is_parked(
    orthanc: Orthanc, instance: Instance, by_stow: Destination
) -> None:
    Destination.objects.update(sealed_secret=seal("wrong"))
    (made,) = enqueue([instance], by_stow)
    deliver(made.pk)
    made.refresh_from_db()
    assert made.state == Delivery.State.PARKED
    assert "does not know us" in made.reason


def test_a_wrong_title_is_parked(
    orthanc: Orthanc, instance: Instance, by_dimse: Destination
) -> None:
    Destination.objects.update(title="OTHER")
    (made,) = enqueue([instance], by_dimse)
    deliver(made.pk)
    made.refresh_from_db()
    assert "another AE title" in made.reason
    assert made.state == Delivery.State.PARKED


# The library leaves a socket that never was connected to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_archive_that_is_away_is_tried_later(
    instance: Instance, by_dimse: Destination
) -> None:
    Destination.objects.update(port=9)
    (made,) = enqueue([instance], by_dimse)
    deliver(made.pk)
    gc.collect()
    made.refresh_from_db()
    assert made.state == Delivery.State.WAITING
    assert "does not answer" in made.reason
