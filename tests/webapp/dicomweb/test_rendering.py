"""Rendered resources and thumbnails."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image, ImageCms
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import BasicTextSRStorage, EncapsulatedPDFStorage, generate_uid

from tests.slides import dicom_dataset, dicom_image, tissue_picture, write_dicom_wsi
from tests.webapp.dicomweb.stow import Stow, picture
from tests.webapp.dicomweb.wado import body, client_of, parts, place
from webapp.accounts.models import User

Get = Callable[..., Any]


@pytest.fixture
def client(stow: Stow) -> Client:
    return client_of(User.objects.get(username="alice"))


@pytest.fixture
def gradient(stow: Stow, client: Client) -> Get:
    """A stored CT-like ramp; asks for a rendering of it."""
    ramp = np.tile(np.arange(0, 4096, 16, dtype=np.uint16), (64, 1))
    dataset = dicom_image(ramp, BitsStored=12, HighBit=11)
    assert stow.store(dataset).status == 200
    path = place(dataset, "rendered")
    return lambda accept="image/png", **query: client.get(
        path, query, headers={"accept": accept}
    )


def image(reply: Any) -> Image.Image:
    assert reply.status_code == 200, body(reply)
    shown = Image.open(BytesIO(body(reply)))
    shown.load()
    return shown


@pytest.mark.parametrize(
    ("accept", "form"),
    [("*/*", "JPEG"), ("image/*", "JPEG"), ("image/png", "PNG"), ("image/gif", "GIF")],
)
def test_a_picture_comes_as_asked(gradient: Get, accept: str, form: str) -> None:
    shown = image(gradient(accept))
    assert (shown.format, shown.size) == (form, (256, 64))


@pytest.mark.parametrize("accept", ["image/webp", "video/mp4", "text/html"])
def test_other_forms_are_not_to_be_had(gradient: Get, accept: str) -> None:
    reply = gradient(accept)
    assert reply.status_code == 406
    assert b"image/jpeg" in body(reply)


def test_a_window_is_applied(gradient: Get) -> None:
    shown = np.asarray(image(gradient(window="1024,512,linear-exact")))[0, :, 0]
    # 768 is black, 1280 is white, and a step of 16 is a column.
    assert (shown[:48] == 0).all()
    assert (shown[81:] == 255).all()
    assert abs(int(shown[64]) - 128) <= 1


@pytest.mark.parametrize(
    "window", ["a,b", "1,2", "40,400,cubic", "40,0,linear", "nan,1,linear", ",,"]
)
def test_a_window_that_is_none_is_refused(gradient: Get, window: str) -> None:
    assert gradient(window=window).status_code == 400


def test_a_viewport_fits_the_picture_in(gradient: Get) -> None:
    assert image(gradient(viewport="128,128")).size == (128, 32)


def test_a_viewport_cuts_a_part_out(gradient: Get) -> None:
    shown = image(gradient(viewport="64,64,128,0,64,64", window="2048,4096,linear"))
    whole = image(gradient(window="2048,4096,linear"))
    assert np.array_equal(np.asarray(shown), np.asarray(whole)[:, 128:192])


def test_a_negative_width_mirrors(gradient: Get) -> None:
    shown = image(gradient(viewport="256,64,0,0,-256,64"))
    plain = image(gradient(viewport="256,64,0,0,256,64"))
    assert np.array_equal(np.asarray(shown), np.asarray(plain)[:, ::-1])


@pytest.mark.parametrize(
    "viewport",
    [
        *("100000,100000", "0,1", "1", "1,2,3", "-5,5", "1.5,2", "inf,1"),
        *("64,64,-1,0,5,5", "64,64,9999,0,5,5", "9,9,0,0,0.1,0.1"),
    ],
)
def test_a_viewport_that_is_none_is_refused(gradient: Get, viewport: str) -> None:
    assert gradient(viewport=viewport).status_code in (400, 406)


def test_less_quality_is_fewer_bytes(gradient: Get) -> None:
    small, large = (
        gradient("image/jpeg", viewport="1024,256", quality=q) for q in (5, 95)
    )
    assert len(body(small)) < len(body(large))


@pytest.mark.parametrize("quality", ["-1", "0", "101", "x", "5.5"])
def test_a_quality_that_is_none_is_refused(gradient: Get, quality: str) -> None:
    assert gradient(quality=quality).status_code == 400


def test_a_parameter_comes_once(gradient: Get) -> None:
    assert gradient(quality=["5", "6"]).status_code == 400


def test_annotation_is_not_burned_in_and_says_so(gradient: Get) -> None:
    reply = gradient(annotation="patient,technique")
    assert reply.status_code == 200
    assert "not supported: annotation" in reply.headers["Warning"]
    assert gradient(annotation="doctor").status_code == 400


def test_a_profile_comes_along_when_asked(stow: Stow, client: Client) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    dataset = dicom_image(tissue_picture(64, 64), ICCProfile=profile)
    assert stow.store(dataset).status == 200
    path = place(dataset, "rendered")
    held = {
        wish: image(client.get(path, {"iccprofile": wish})).info.get("icc_profile")
        for wish in ("no", "yes", "srgb")
    }
    assert held["no"] is None
    assert held["yes"] == profile
    assert held["srgb"] is not None
    assert client.get(path, {"iccprofile": "mine"}).status_code == 400


def test_frames_are_rendered_one_by_one(stow: Stow, client: Client) -> None:
    stack = np.stack([np.full((8, 8), level, np.uint8) for level in (0, 100, 200)])
    dataset = dicom_image(stack, frames=3)
    assert stow.store(dataset).status == 200
    path = place(dataset, "frames", "3,1", "rendered")
    many = client.get(path, headers={"accept": 'multipart/related; type="image/png"'})
    levels = [np.asarray(Image.open(BytesIO(data)))[0, 0, 0] for _, data in parts(many)]
    assert levels == [200, 0]
    assert client.get(path, headers={"accept": "image/png"}).status_code == 406
    for wrong in ("0", "4", "1,1", "x"):
        path = place(dataset, "frames", wrong, "rendered")
        assert client.get(path).status_code in (400, 404)


@pytest.fixture
def wsi(stow: Stow, tmp_path: Path) -> list[Dataset]:
    write_dicom_wsi(tmp_path / "wsi")
    files = sorted((tmp_path / "wsi").iterdir())
    assert stow.store(*(file.read_bytes() for file in files)).status == 200
    return [dcmread(file) for file in files]


def test_a_level_is_rendered_as_one_picture(client: Client, wsi: list[Dataset]) -> None:
    shown = image(client.get(place(wsi[0], "rendered")))
    assert shown.size == (640, 512)
    truth = tissue_picture().astype(int)
    assert np.abs(np.asarray(shown, int) - truth).mean() < 6


def test_a_part_of_a_slide_is_read_at_the_right_level(
    client: Client, wsi: list[Dataset]
) -> None:
    query = {"viewport": "160,128,320,256,320,256"}
    shown = image(client.get(place(wsi[0], "rendered"), query))
    truth = tissue_picture()[256:512, 320:640].reshape(128, 2, 160, 2, 3)
    assert shown.size == (160, 128)
    assert np.abs(np.asarray(shown, int) - truth.mean((1, 3))).mean() < 6


def test_a_series_shows_one_picture_or_each(client: Client, wsi: list[Dataset]) -> None:
    path = place(wsi[0]).partition("/instances/")[0] + "/rendered"
    one = client.get(path)
    assert image(one).size == (320, 256)
    assert "Of 2 objects one is shown" in one.headers["Warning"]
    every = client.get(path, headers={"accept": 'multipart/related; type="image/jpeg"'})
    assert [kind for kind, _ in parts(every)] == ["image/jpeg"] * 2


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_thumbnail_at_every_level(
    client: Client, wsi: list[Dataset], depth: int
) -> None:
    path = place(wsi[0], "frames", "1")
    cut = path.split("/")[: 2 + 2 * depth]
    shown = image(client.get("/".join([*cut, "thumbnail"])))
    assert shown.format == "JPEG"
    assert max(shown.size) == 256


def test_a_label_is_never_a_thumbnail(stow: Stow, client: Client) -> None:
    label = picture(ImageType=["ORIGINAL", "PRIMARY", "LABEL", "NONE"])
    assert stow.store(label).status == 200
    path = place(label).partition("/series/")[0]
    for at in (place(label), path):
        assert client.get(f"{at}/thumbnail").status_code == 404


def test_a_burned_in_name_is_never_a_thumbnail(stow: Stow, client: Client) -> None:
    marked = picture(BurnedInAnnotation="YES")
    assert stow.store(marked).status == 200
    assert client.get(place(marked, "thumbnail")).status_code == 404


def item(**attributes: Any) -> Dataset:
    dataset = Dataset()
    for name, value in attributes.items():
        setattr(dataset, name, value)
    return dataset


@pytest.fixture
def report(stow: Stow) -> Dataset:
    dataset = dicom_dataset(BasicTextSRStorage, "1.2.840.10008.1.2.1")
    dataset.Modality = "SR"
    finding = item(
        ConceptNameCodeSequence=[item(CodeMeaning="Finding")],
        TextValue="<script>alert(1)</script> & none",
    )
    dataset.ConceptNameCodeSequence = [item(CodeMeaning="Report")]
    dataset.ContentSequence = [finding]
    assert stow.store(dataset).status == 200
    return dataset


def test_a_report_is_a_page_that_runs_nothing(client: Client, report: Dataset) -> None:
    reply = client.get(place(report, "rendered"))
    assert reply.headers["Content-Type"].startswith("text/html")
    assert b"&lt;script&gt;alert(1)&lt;/script&gt; &amp; none" in body(reply)
    assert reply.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_report_is_plain_text_too(client: Client, report: Dataset) -> None:
    headers = {"accept": "text/plain"}
    reply = client.get(place(report, "rendered"), headers=headers)
    assert body(reply) == b"Report\n  Finding: <script>alert(1)</script> & none\n"
    headers = {"accept": "image/jpeg"}
    assert client.get(place(report, "rendered"), headers=headers).status_code == 406


@pytest.mark.parametrize("length", [100, 10_000])
def test_a_pdf_is_rendered_as_itself(stow: Stow, client: Client, length: int) -> None:
    dataset = dicom_dataset(EncapsulatedPDFStorage, "1.2.840.10008.1.2.1")
    dataset.Modality = "DOC"
    dataset.EncapsulatedDocument = b"%PDF-1.4".ljust(length, b" ")
    assert stow.store(dataset).status == 200
    reply = client.get(place(dataset, "rendered"))
    assert reply.headers["Content-Type"] == "application/pdf"
    assert body(reply) == dataset.EncapsulatedDocument


def test_who_may_not_see_it_is_not_shown_it(client: Client) -> None:
    nobody = picture(StudyInstanceUID=generate_uid())
    for what in ("rendered", "thumbnail"):
        assert client.get(place(nobody, what)).status_code == 404
        assert Client().get(place(nobody, what)).status_code == 401
