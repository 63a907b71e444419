"""Objects put together from metadata and bulk data (PS3.18 section 10.5.1.1.2).

Bulk data is what came in the same message under the same Content-Location. Any other
address is refused: nothing is ever fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLSLossless,
    RLELossless,
)

from webapp.dicomweb.sandbox.accepted import TRANSFER_SYNTAXES
from webapp.dicomweb.sandbox.from_xml import from_xml
from webapp.dicomweb.sandbox.refusal import (
    NOT_UNDERSTOOD,
    PROCESSING_FAILURE,
    SYNTAX_NOT_SUPPORTED,
    Refusal,
)

INDEX = "index.json"
PIXELS = "7FE00010"
_RAW, _JPEG = "application/octet-stream", "image/jpeg"
_UNSTATED = {
    "image/jls": JPEGLSLossless,
    "image/jp2": JPEG2000,
    "image/jphc": HTJ2K,
    "image/dicom-rle": RLELossless,
}
_BY_MARKER = {0xC0: JPEGBaseline8Bit, 0xC1: JPEGExtended12Bit, 0xC3: JPEGLossless}
"""What a JPEG's start of frame says; its media type says less."""
Json = dict[str, Any]


def assemble(folder: Path) -> Json:
    """Write `object-<n>.dcm` for each data set that `index.json` names.

    The index is {"metadata": [file], "is_xml": bool, "bulk": {location: [file, media
    type, transfer syntax]}}.

    Returns:
        How many data sets there are, and the reason for each that is not written.

    Raises:
        Refusal: the metadata makes no sense.
    """
    index = json.loads((folder / INDEX).read_bytes())
    found = _metadata(folder, index["metadata"], is_xml=index["is_xml"])
    refused = {}
    for number, item in enumerate(found):
        try:
            _write(folder, number, item, index["bulk"])
        except Refusal as refusal:
            refused[number] = [refusal.reason, refusal.why, *_names(item)]
        except Exception as error:  # noqa: BLE001 -- the sender's values, whatever they do
            why = f"It cannot be put together ({type(error).__name__})."
            refused[number] = [NOT_UNDERSTOOD, why, *_names(item)]
    return {"count": len(found), "failures": refused}


def _metadata(folder: Path, names: list[str], *, is_xml: bool) -> list[Json]:
    found: list[Json] = []
    try:
        for name in names:
            data = (folder / name).read_bytes()
            read = from_xml(data) if is_xml else json.loads(data)
            found += read if isinstance(read, list) else [read]
    except RecursionError:
        raise Refusal(NOT_UNDERSTOOD, "The metadata is nested too deeply.") from None
    if not found or not all(isinstance(item, dict) for item in found):
        raise Refusal(NOT_UNDERSTOOD, "The metadata holds no data set.")
    return found


def _names(item: Json) -> list[str]:
    """SOP class and instance, as far as they are stated."""
    found = []
    for tag in ("00080016", "00080018"):
        element = item.get(tag)
        values = element.get("Value") if isinstance(element, dict) else None
        first = values[0] if isinstance(values, list) and values else ""
        found.append(first[:64] if isinstance(first, str) else "")
    return found


def _write(folder: Path, number: int, item: Json, bulk: dict[str, list[str]]) -> None:
    plain = {
        tag: value
        for tag, value in item.items()
        if not tag.startswith("0002") and tag != "00083002"
    }
    pixels = plain.pop(PIXELS, None)
    dataset = Dataset.from_json(plain, _reader(folder, bulk))
    syntax = ExplicitVRLittleEndian
    if pixels is not None:
        syntax = _add_pixels(dataset, pixels, folder, bulk)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    if "SpecificCharacterSet" not in dataset:
        dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.save_as(folder / f"object-{number}.dcm", enforce_file_format=True)


def _reader(
    folder: Path, bulk: dict[str, list[str]]
) -> Callable[[str, str, str], bytes]:
    def read(tag: str, vr: str, uri: str) -> bytes:
        return _found(bulk, uri, folder)[0]

    return read


def _found(bulk: dict[str, list[str]], uri: str, folder: Path) -> tuple[bytes, UID]:
    """The bytes at a location of this message, and their transfer syntax."""
    if uri not in bulk:
        raise Refusal(
            PROCESSING_FAILURE, "Its bulk data is no part of the same message."
        )
    name, kind, stated = bulk[uri]
    data = (folder / name).read_bytes()
    syntax = stated or _UNSTATED.get(kind) or ExplicitVRLittleEndian
    if kind == "image/jpeg" and not stated:
        syntax = _jpeg_syntax(data)
    if syntax not in TRANSFER_SYNTAXES or kind not in ("", _RAW, _JPEG, *_UNSTATED):
        raise Refusal(SYNTAX_NOT_SUPPORTED, "Its bulk data is of no kind we take.")
    return data, UID(syntax)


def _jpeg_syntax(data: bytes) -> str:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _BY_MARKER:
            return str(_BY_MARKER[data[at + 1]])
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return ""


def _add_pixels(
    dataset: Dataset, element: Json, folder: Path, bulk: dict[str, list[str]]
) -> UID:
    if "BulkDataURI" not in element:
        inline = Dataset.from_json({PIXELS: element})
        dataset.add(inline[PIXELS])
        return ExplicitVRLittleEndian
    data, syntax = _found(bulk, element["BulkDataURI"], folder)
    if not syntax.is_compressed:
        vr = "OB" if int(dataset.get("BitsAllocated") or 8) <= 8 else "OW"
        dataset.add_new(int(PIXELS, 16), vr, data + bytes(len(data) % 2))
        return ExplicitVRLittleEndian
    if int(dataset.get("NumberOfFrames") or 1) != 1:
        raise Refusal(
            PROCESSING_FAILURE, "Several compressed frames come as application/dicom."
        )
    dataset.add_new(int(PIXELS, 16), "OB", encapsulate([data]))
    return syntax
