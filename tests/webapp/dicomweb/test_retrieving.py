"""WADO-RS: objects, metadata, frames and bulk data."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.uid import ImplicitVRLittleEndian, RLELossless

from tests.slides import dicom_image, write_dicom_wsi
from tests.webapp.dicomweb.stow import Stow, part10, picture
from tests.webapp.dicomweb.wado import body, client_of, parts, place
from tests.webapp.factories import make_user
from webapp.accounts.models import User

OBJECTS = 'multipart/related; type="application/dicom"'
ALL = f"{OBJECTS}; transfer-syntax=*"


@pytest.fixture
def alices(stow: Stow) -> Client:
    return client_of(User.objects.get(username="alice"))


def volume() -> Dataset:
    """Three frames of noise, as bytes stay distinguishable in them."""
    pixels = np.random.default_rng(1).integers(0, 255, (3, 8, 8), np.uint8)
    return dicom_image(pixels, frames=3)


@pytest.fixture
def level(stow: Stow, tmp_path: Path) -> Dataset:
    """A stored whole-slide level of JPEG frames."""
    write_dicom_wsi(tmp_path / "wsi")
    file = tmp_path / "wsi" / "level1.dcm"
    assert stow.store(file.read_bytes()).status == 200
    return dcmread(file)


def test_an_object_comes_back_as_it_was_sent(stow: Stow, alices: Client) -> None:
    sent = picture()
    stow.store(sent)
    for path in (place(sent), place(sent).partition("/series")[0]):
        kind, data = parts(alices.get(path, headers={"Accept": OBJECTS}))[0]
        assert kind == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
        assert data == part10(sent)


def test_one_object_comes_on_its_own_too(stow: Stow, alices: Client) -> None:
    sent = picture()
    stow.store(sent)
    reply = alices.get(place(sent), headers={"Accept": "application/dicom"})
    assert body(reply) == part10(sent)
    assert reply.headers["Content-Disposition"] == "attachment"


def test_lossy_objects_go_out_as_stored(level: Dataset, alices: Client) -> None:
    kind, data = parts(alices.get(place(level), headers={"Accept": OBJECTS}))[0]
    assert kind.endswith("1.2.840.10008.1.2.4.50")
    assert dcmread(BytesIO(data)).PixelData == level.PixelData


def test_lossless_objects_are_decoded_unless_asked_for(
    stow: Stow, alices: Client
) -> None:
    sent = volume()
    values = sent.pixel_array
    sent.compress(RLELossless, generate_instance_uid=False)
    stow.store(sent)
    plain = parts(alices.get(place(sent), headers={"Accept": OBJECTS}))[0]
    assert plain[0].endswith("1.2.840.10008.1.2.1")
    assert np.array_equal(dcmread(BytesIO(plain[1])).pixel_array, values)
    kept = parts(alices.get(place(sent), headers={"Accept": ALL}))[0]
    assert kept[0].endswith(RLELossless)
    assert kept[1] == part10(sent)


def test_implicit_objects_are_never_sent(stow: Stow, alices: Client) -> None:
    sent = picture()
    values = sent.pixel_array
    sent.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    assert stow.store(sent).status == 200
    kind, data = parts(alices.get(place(sent), headers={"Accept": ALL}))[0]
    assert kind.endswith("1.2.840.10008.1.2.1")
    assert np.array_equal(dcmread(BytesIO(data)).pixel_array, values)


def test_a_syntax_that_cannot_be_had_is_406(stow: Stow, alices: Client) -> None:
    sent = picture()
    stow.store(sent)
    accept = f"{OBJECTS}; transfer-syntax=1.2.840.10008.1.2.4.90"
    reply = alices.get(place(sent), headers={"Accept": accept})
    assert reply.status_code == 406


@pytest.mark.parametrize(
    "accept",
    [
        'multipart/related; type="image/jpeg"; transfer-syntax=1.2.840.10008.1.2.4.50',
        "multipart/related; type=image/jpeg",
        'multipart/related; type="*/*"',
        "*/*",
        "multipart/related; type=image/jp2, multipart/related; type=image/jpeg;q=0.5",
    ],
)
def test_stored_frames_pass_untouched(
    level: Dataset, alices: Client, accept: str
) -> None:
    stored = list(
        generate_frames(level.PixelData, number_of_frames=level.NumberOfFrames)
    )
    reply = alices.get(place(level, "frames", "3,1"), headers={"Accept": accept})
    found = parts(reply)
    assert [data for _, data in found] == [stored[2], stored[0]]
    assert found[0][0] == "image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50"


def test_each_part_says_where_it_is_to_be_had(level: Dataset, alices: Client) -> None:
    text = body(alices.get(place(level, "frames", "2")))
    at = f"Content-Location: http://testserver{place(level)}/frames/2\r\n"
    assert at.encode() in text


def test_one_frame_comes_on_its_own_too(level: Dataset, alices: Client) -> None:
    reply = alices.get(place(level, "frames", "1"), headers={"Accept": "image/jpeg"})
    assert reply.headers["Content-Type"].startswith("image/jpeg")
    assert body(reply).startswith(b"\xff\xd8")


def test_compressed_frames_can_be_had_decoded(level: Dataset, alices: Client) -> None:
    accept = 'multipart/related; type="application/octet-stream"'
    reply = alices.get(place(level, "frames", "1"), headers={"Accept": accept})
    kind, data = parts(reply)[0]
    assert kind == "application/octet-stream"
    assert len(data) == level.Rows * level.Columns * 3


def test_plain_frames_are_cut_from_the_file(stow: Stow, alices: Client) -> None:
    sent = volume()
    stow.store(sent)
    found = parts(alices.get(place(sent, "frames", "2,3")))
    values = sent.pixel_array
    assert [data for _, data in found] == [values[1].tobytes(), values[2].tobytes()]


@pytest.mark.parametrize(
    ("numbers", "status"),
    [("0", 400), ("1,1", 400), ("-1", 400), ("a", 400), ("4", 404), ("999999", 404)],
)
def test_frames_that_make_no_sense(
    stow: Stow, alices: Client, numbers: str, status: int
) -> None:
    sent = volume()
    stow.store(sent)
    assert alices.get(place(sent, "frames", numbers)).status_code == status


def test_metadata_has_addresses_for_what_is_long(
    level: Dataset, alices: Client
) -> None:
    found = alices.get(place(level, "metadata")).json()[0]
    assert not [tag for tag in found if tag.startswith("0002")]
    assert found["00480006"]["Value"] == [level.TotalPixelMatrixColumns]
    uri = found["7FE00010"]["BulkDataURI"]
    assert uri == f"http://testserver{place(level)}/bulkdata/pixels"
    assert alices.get(uri).status_code == 200


def test_long_values_can_be_fetched(stow: Stow, alices: Client) -> None:
    profile = bytes(range(256)) * 40
    sent = picture(ICCProfile=profile)
    stow.store(sent)
    uri = alices.get(place(sent, "metadata")).json()[0]["00282000"]["BulkDataURI"]
    assert body(alices.get(uri)) == profile
    accept = 'multipart/related; type="*/*"'
    assert parts(alices.get(uri, headers={"Accept": accept}))[0][1] == profile
    ranged = alices.get(uri, headers={"Range": "bytes=256-259"})
    assert (ranged.status_code, body(ranged)) == (206, bytes(range(4)))
    assert alices.get(uri, headers={"Range": "bytes=99999-"}).status_code == 416


@pytest.mark.parametrize(
    "more", ["", "/metadata", "/frames/1", "/bulkdata/pixels", "/bulkdata/..%2Fa"]
)
def test_a_stranger_gets_nothing(stow: Stow, more: str) -> None:
    sent = picture()
    stow.store(sent)
    charlies = client_of(make_user("charlie"))
    assert charlies.get(place(sent) + more).status_code == 404


def test_the_wrong_study_is_404_and_no_uid_is_400(stow: Stow, alices: Client) -> None:
    sent = picture()
    stow.store(sent)
    wrong = place(sent).replace(sent.StudyInstanceUID, "1.2.3")
    assert alices.get(wrong).status_code == 404
    assert alices.get("/dicom-web/studies/..x..").status_code == 400


def test_a_frame_that_is_known_is_304(stow: Stow, alices: Client) -> None:
    sent = volume()
    stow.store(sent)
    path = place(sent, "frames", "1")
    tag = alices.get(path).headers["ETag"]
    assert alices.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_all_pixels_of_a_level_come_at_once(
    level: Dataset, alices: Client, depth: int
) -> None:
    at = "/".join(place(level).split("/")[: 2 + 2 * depth])
    found = parts(alices.get(f"{at}/pixeldata"))
    stored = generate_frames(level.PixelData, number_of_frames=level.NumberOfFrames)
    assert [data for _, data in found] == list(stored)


def test_all_long_values_come_at_once(stow: Stow, alices: Client) -> None:
    profile = bytes(range(256)) * 40
    sent = picture(ICCProfile=profile)
    stow.store(sent)
    at = place(sent).partition("/series")[0]
    assert [data for _, data in parts(alices.get(f"{at}/bulkdata"))] == [
        profile,
        sent.PixelData,
    ]
    accept = {"Accept": "image/png"}
    assert alices.get(f"{at}/bulkdata", headers=accept).status_code == 406


def test_a_thousand_ranges_are_answered_as_none(stow: Stow, alices: Client) -> None:
    sent = picture(ICCProfile=bytes(5000))
    stow.store(sent)
    uri = alices.get(place(sent, "metadata")).json()[0]["00282000"]["BulkDataURI"]
    many = "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(1000))
    reply = alices.get(uri, headers={"Range": many})
    assert (reply.status_code, len(body(reply))) == (200, 5000)
