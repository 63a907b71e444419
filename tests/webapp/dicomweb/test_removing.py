"""What its owner deletes is gone, and the service says so."""

from __future__ import annotations

import pytest
from django.test import Client
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from tests.webapp.dicomweb.stow import Stow, picture
from tests.webapp.dicomweb.wado import client_of, place
from tests.webapp.factories import make_slide, make_user
from webapp.accounts.models import User
from webapp.dicomweb.models import Instance, Series, Study
from webapp.dicomweb.removal import remove_of_deleted_slides
from webapp.slides.models import SlideAccess


@pytest.fixture
def alices(stow: Stow) -> Client:
    return client_of(User.objects.get(username="alice"))


@pytest.fixture
def pair(stow: Stow) -> list[Dataset]:
    """Two stored pictures of one series."""
    study, series = generate_uid(), generate_uid()
    sent = [picture(StudyInstanceUID=study, SeriesInstanceUID=series) for _ in range(2)]
    assert stow.store(*sent).status == 200
    return sent


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_what_is_deleted_is_gone(
    alices: Client, pair: list[Dataset], depth: int
) -> None:
    at = "/".join(place(pair[0]).split("/")[: 2 + 2 * depth])
    folder = Instance.objects.get(uid=pair[0].SOPInstanceUID).folder
    assert alices.delete(at).status_code == 204
    for more in ("", "/metadata", "/rendered"):
        assert alices.get(f"{at}{more}").status_code == 410
    assert alices.delete(at).status_code == 410
    assert not folder.exists()


def test_what_is_left_stays(alices: Client, pair: list[Dataset]) -> None:
    assert alices.delete(place(pair[0])).status_code == 204
    assert alices.get(place(pair[1])).status_code == 200
    assert Series.objects.get().instances.count() == 1


def test_a_study_goes_with_its_last_object(alices: Client, pair: list[Dataset]) -> None:
    for each in pair:
        assert alices.delete(place(each)).status_code == 204
    assert not Study.objects.exists()
    assert alices.get("/dicom-web/studies").status_code == 204


def test_it_can_be_stored_again(
    stow: Stow, alices: Client, pair: list[Dataset]
) -> None:
    alices.delete(place(pair[0]))
    assert stow.store(pair[0]).status == 200
    assert alices.get(place(pair[0])).status_code == 200


def test_strangers_delete_nothing_and_learn_nothing(
    alices: Client, pair: list[Dataset]
) -> None:
    charlies = client_of(make_user("charlie"))
    assert charlies.delete(place(pair[0])).status_code == 404
    alices.delete(place(pair[0]))
    assert charlies.get(place(pair[0])).status_code == 404


def test_whom_it_is_shared_with_cannot_delete_it(pair: list[Dataset]) -> None:
    series, bob = Series.objects.get(), make_user("bob")
    series.slide = make_slide(series.study.owner)
    series.save()
    SlideAccess.objects.create(slide=series.slide, user=bob)
    assert client_of(bob).delete(place(pair[0])).status_code == 403
    assert Instance.objects.count() == 2


def test_the_slide_goes_with_its_series(alices: Client, pair: list[Dataset]) -> None:
    series = Series.objects.get()
    series.slide = slide = make_slide(series.study.owner)
    series.save()
    alices.delete(place(pair[0]).partition("/instances")[0])
    slide.refresh_from_db()
    assert slide.deleted_at is not None


def test_a_slide_that_is_gone_for_good_takes_its_series_along(
    pair: list[Dataset],
) -> None:
    series = Series.objects.get()
    series.slide = make_slide(series.study.owner)
    series.save()
    assert remove_of_deleted_slides() == 0
    series.slide.files_removed = True
    series.slide.save()
    assert remove_of_deleted_slides() == 1
    assert not Instance.objects.exists()
