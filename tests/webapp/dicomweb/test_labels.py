"""Pictures of labels and overviews are kept from whom they are not meant for."""

from __future__ import annotations

from itertools import product

import pytest
from django.test import Client
from pydicom.dataset import Dataset

from tests.webapp.dicomweb.stow import Stow, picture
from tests.webapp.dicomweb.wado import client_of, parts, place
from tests.webapp.factories import make_slide, make_user
from webapp.accounts.models import ApiToken, User
from webapp.dicomweb.models import Series
from webapp.slides.models import SlideAccess

PIXELS = (
    (),
    ("frames", "1"),
    ("rendered",),
    ("frames", "1", "rendered"),
    ("bulkdata",),
    ("bulkdata", "pixels"),
    ("pixeldata",),
)
"""What comes below the address of an object."""


@pytest.fixture(params=["LABEL", "OVERVIEW"])
def label(stow: Stow, request: pytest.FixtureRequest) -> Dataset:
    """One of Alice's, in a series with no other picture."""
    dataset = picture(ImageType=["ORIGINAL", "PRIMARY", request.param, "NONE"])
    assert stow.store(dataset).status == 200
    return dataset


def holder(scopes: str, user: User | None = None) -> Client:
    owner = user or User.objects.get(username="alice")
    _, secret = ApiToken.issue(owner, "x", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def session_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_token_without_the_scope_gets_no_pixels(label: Dataset) -> None:
    for client, path in product((holder(""), holder("dicomweb.read")), PIXELS):
        answer = client.get(place(label, *path))
        assert answer.status_code == 403
        assert 'scope="phi.read"' in answer.headers["WWW-Authenticate"]


def test_a_token_with_the_scope_and_the_owner_get_them(label: Dataset) -> None:
    alice = User.objects.get(username="alice")
    clients = (holder("dicomweb.read phi.read"), session_of(alice))
    for client, path in product(clients, PIXELS):
        assert client.get(place(label, *path)).status_code == 200


def test_whom_the_slide_is_shared_with_gets_none(label: Dataset) -> None:
    slide = make_slide(User.objects.get(username="alice"))
    Series.objects.update(slide=slide)
    bob = make_user("bob")
    SlideAccess.objects.create(slide=slide, user=bob)
    assert session_of(bob).get(place(label, "metadata")).status_code == 200
    answer = session_of(bob).get(place(label, "rendered"))
    assert answer.status_code == 403
    assert "for the owner and for administrators" in answer.content.decode()


def test_its_attributes_are_no_pictures(label: Dataset) -> None:
    assert holder("").get(place(label, "metadata")).status_code == 200


def test_a_study_is_sent_without_it_and_says_so(stow: Stow, label: Dataset) -> None:
    level = picture(StudyInstanceUID=label.StudyInstanceUID)
    assert stow.store(level).status == 200
    study = f"/dicom-web/studies/{label.StudyInstanceUID}"
    answer = client_of(User.objects.get(username="alice")).get(study)
    assert len(parts(answer)) == 1
    assert "1 labels and overviews are withheld" in answer.headers["Warning"]
    assert len(parts(holder("dicomweb.read phi.read").get(study))) == 2
