"""Store requests that no client should send."""

from __future__ import annotations

import gzip

import pytest
from pytest_django.fixtures import Settings

from tests.webapp.dicomweb.stow import BOUNDARY, Stow, multipart, part10, picture
from webapp.dicomweb.models import Instance

RELATED = 'multipart/related; type="application/dicom"'


def test_a_length_that_cannot_fit_is_413_at_once(stow: Stow) -> None:
    reply = stow.send(multipart(part10(picture())), Content_Length=str(2**32))
    assert reply.status == 413
    assert not Instance.objects.exists()


def test_more_bytes_than_announced_are_counted(stow: Stow, settings: Settings) -> None:
    settings.STOW_MAX_BYTES = 3000
    body = multipart(*[part10(picture()) for _ in range(5)])
    pieces = [body[at : at + 500] for at in range(0, len(body), 500)]
    assert stow.send(*pieces).status == 413


def test_too_many_parts_are_413(stow: Stow, settings: Settings) -> None:
    settings.STOW_MAX_PARTS = 3
    assert stow.store(*[b"x"] * 4).status == 413


@pytest.mark.parametrize("boundary", ["", "b" * 5000, "é"])
def test_a_boundary_that_is_none_is_400(stow: Stow, boundary: str) -> None:
    kind = f"{RELATED}; boundary={boundary}" if boundary else RELATED
    assert stow.send(b"", kind=kind).status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary anywhere",
        b"--" + BOUNDARY.encode() + b"--\r\n",
        multipart(b"x")[:-6],
        b"--" + BOUNDARY.encode() + b"\r\nX: " + b"y" * 5000 + b"\r\n\r\n",
    ],
)
def test_a_malformed_body_is_400(stow: Stow, body: bytes) -> None:
    assert stow.send(body).status == 400


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "multipart/form-data; boundary=x",
        'multipart/related; type="image/jpeg"; boundary=x',
    ],
)
def test_another_kind_is_415_and_says_what_is_taken(stow: Stow, kind: str) -> None:
    reply = stow.send(b"", kind=kind)
    assert reply.status == 415
    assert "application/dicom" in reply.headers["accept"]


def test_a_packed_body_is_415(stow: Stow) -> None:
    body = gzip.compress(multipart(part10(picture())))
    assert stow.send(body, Content_Encoding="gzip").status == 415


def test_an_answer_nobody_can_give_is_406_before_storing(stow: Stow) -> None:
    assert stow.store(picture(), Accept="image/png").status == 406
    assert not Instance.objects.exists()


def test_a_study_that_is_no_uid_is_400(stow: Stow) -> None:
    assert stow.store(picture(), study="..%2F..").status == 400
