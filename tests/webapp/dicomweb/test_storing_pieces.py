"""STOW-RS of metadata and bulk data apart, and what goes wrong with that."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, JPEGBaseline8Bit

from tests.slides import dicom_image, tissue_picture
from tests.webapp.dicomweb.stow import BOUNDARY, Reply, Stow
from webapp.dicomweb.models import Instance
from webapp.dicomweb.native_xml import to_xml

JSON, XML = "application/dicom+json", "application/dicom+xml"
RAW = "application/octet-stream"


def related(*parts: tuple[str, str, bytes]) -> bytes:
    """Parts of (media type, location, bytes)."""
    lines = [
        f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n"
        f"Content-Location: {place}\r\n\r\n".encode()
        + data
        + b"\r\n"
        for kind, place, data in parts
    ]
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


def send(stow: Stow, kind: str, *parts: tuple[str, str, bytes]) -> Reply:
    whole = f'multipart/related; type="{kind}"; boundary={BOUNDARY}'
    return stow.send(related(*parts), kind=whole)


def header(dataset: Dataset, uri: str = "http://any/pixels") -> dict[str, Any]:
    """The JSON of an object, its pixels at an address."""
    found: dict[str, Any] = dataset.to_json_dict()
    found["7FE00010"] = {"vr": "OW", "BulkDataURI": uri}
    return found


@pytest.fixture
def sent() -> Dataset:
    values = np.arange(64, dtype=np.uint16).reshape(8, 8)
    return dicom_image(values, PatientName="Doe^Jane", PatientID="7")


@pytest.mark.parametrize("kind", [JSON, XML])
def test_pieces_become_an_object(stow: Stow, sent: Dataset, kind: str) -> None:
    plain = header(sent)
    text = json.dumps([plain]).encode() if kind == JSON else to_xml(plain)
    bulk = (RAW, "http://any/pixels", sent.PixelData)
    reply = send(stow, kind, (kind, "m", text), bulk)
    assert reply.status == 200, reply.body
    kept = dcmread(Instance.objects.get().path)
    assert (kept.PatientName, kept.PatientID) == ("Doe^Jane", "7")
    assert kept.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert np.array_equal(kept.pixel_array, sent.pixel_array)


def test_compressed_pixels_stay_as_they_are(stow: Stow) -> None:
    with BytesIO() as file:
        Image.fromarray(tissue_picture(16, 16)).save(file, "JPEG")
        data = file.getvalue()
    plain = header(dicom_image(tissue_picture(16, 16)))
    text = json.dumps([plain]).encode()
    bulk = ("image/jpeg", "http://any/pixels", data)
    assert send(stow, JSON, (JSON, "m", text), bulk).status == 200
    kept = Instance.objects.get()
    assert kept.transfer_syntax == JPEGBaseline8Bit
    assert data in kept.path.read_bytes()


def test_several_objects_come_in_one_message(stow: Stow) -> None:
    every = [dicom_image(np.full((4, 4), n, np.uint8)) for n in range(3)]
    plain = [header(each, f"p/{n}") for n, each in enumerate(every)]
    bulk = [(RAW, f"p/{n}", each.PixelData) for n, each in enumerate(every)]
    reply = send(stow, JSON, (JSON, "m", json.dumps(plain).encode()), *bulk)
    assert reply.status == 200
    assert Instance.objects.count() == 3


@pytest.mark.parametrize(
    "uri",
    ["http://169.254.169.254/latest", "file:///etc/passwd", "../../etc/passwd", ""],
)
def test_bulk_data_elsewhere_is_never_fetched(
    stow: Stow, sent: Dataset, uri: str
) -> None:
    text = json.dumps([header(sent, uri)]).encode()
    reply = send(stow, JSON, (JSON, "m", text))
    assert (reply.status, reply.reasons) == (409, [0x0110])
    failed = reply.items("00081198")[0]
    assert failed["00081155"]["Value"] == [sent.SOPInstanceUID]


BOMB = "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(9)
)
DEEP = '{"00081140":{"vr":"SQ","Value":[' * 20_000


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (JSON, f"[{DEEP}"),
        (JSON, f"{DEEP}{{}}{']}}' * 20_000}"),
        (JSON, "not JSON"),
        (JSON, "[1, 2]"),
        (JSON, "[]"),
        (XML, '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        (XML, f"<!DOCTYPE x [{BOMB}]><x>&e8;</x>"),
        (XML, "<a>" * 20_000 + "</a>" * 20_000),
        (XML, "<a"),
    ],
)
def test_metadata_that_makes_no_sense_is_400(stow: Stow, kind: str, text: str) -> None:
    assert send(stow, kind, (kind, "m", text.encode())).status == 400
    assert not Instance.objects.exists()


def test_an_object_that_names_nothing_is_refused(stow: Stow) -> None:
    reply = send(stow, JSON, (JSON, "m", b'[{"00100010": {"vr": "PN"}}]'))
    assert (reply.status, reply.reasons) == (409, [0xC000])


def test_bulk_data_without_a_place_is_400(stow: Stow, sent: Dataset) -> None:
    text = json.dumps([header(sent)]).encode()
    assert send(stow, JSON, (JSON, "m", text), (RAW, "", b"x")).status == 400


def test_the_answer_comes_as_xml_when_asked(stow: Stow, sent: Dataset) -> None:
    reply = stow.store(sent, b"rubbish", Accept=XML)
    assert (reply.status, reply.headers["content-type"]) == (202, XML)
    tags = {node.attrib["keyword"] for node in Xml.fromstring(reply.body)}
    assert {"ReferencedSOPSequence", "OtherFailuresSequence"} <= tags
