"""Read one received object: is it acceptable, what does it say, where are its frames.

Leaves beside the object: `metadata.json` (PS3.18 annex F, with "bulk:<name>" for what
is too long), `bulk/<name>`, and `frames.bin` where frames are compressed.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filereader import _read_file_meta_info, read_preamble
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    VLWholeSlideMicroscopyImageStorage,
)

from webapp.dicomweb.sandbox.accepted import (
    SOP_CLASSES,
    TRANSFER_SYNTAXES,
    UID_PATTERN,
)
from webapp.dicomweb.sandbox.inflate import inflate
from webapp.dicomweb.sandbox.little_endian import make_little_endian
from webapp.dicomweb.sandbox.pixels import locate_pixels
from webapp.dicomweb.sandbox.refusal import (
    CLASS_DIFFERS,
    CLASS_NOT_SUPPORTED,
    MATCHES_CLASS_NOT,
    NOT_UNDERSTOOD,
    SYNTAX_NOT_SUPPORTED,
    Refusal,
)

BULK_BYTES = 4096
_OF_IMAGES = (
    "Rows",
    "Columns",
    "BitsAllocated",
    "SamplesPerPixel",
    "PhotometricInterpretation",
)
_OF_SLIDES = ("TotalPixelMatrixColumns", "TotalPixelMatrixRows", "NumberOfFrames")
_UIDS = ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "SOPClassUID")


def describe(folder: Path) -> dict[str, Any]:
    """Describe `instance.dcm` in `folder`.

    Returns:
        UIDs, transfer syntax, SHA-256 of the data set, where the pixels lie, and a
        warning reason of PS3.18 annex I.2.1 if there is one.

    Raises:
        Refusal: it is not acceptable.
    """
    path = folder / "instance.dcm"
    syntax, dataset_at = _syntax(path)
    if syntax == DeflatedExplicitVRLittleEndian:
        dataset_at = _made_plain(path, dataset_at)
        syntax = UID(ExplicitVRLittleEndian)
    if syntax == ExplicitVRBigEndian:
        make_little_endian(path)
        syntax, dataset_at = _syntax(path)
    with path.open("rb") as file:
        dataset = dcmread(file, stop_before_pixels=True)
        uids = _checked(dataset, syntax)
        pixels = locate_pixels(file, dataset, syntax, folder)
    metadata = _metadata(dataset, folder, has_pixels=bool(pixels))
    (folder / "metadata.json").write_text(
        json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
    )
    return {
        **uids,
        "transfer_syntax": str(syntax),
        "sha256": _digest(path, dataset_at),
        **pixels,
        **_warning(dataset, has_pixels=bool(pixels)),
    }


def _warning(dataset: Dataset, *, has_pixels: bool) -> dict[str, int]:
    """B007 for an image that lacks what every image states."""
    wanted: tuple[str, ...] = _OF_IMAGES if has_pixels else ()
    if dataset.SOPClassUID == VLWholeSlideMicroscopyImageStorage:
        wanted = (*_OF_IMAGES, *_OF_SLIDES)
    lacks = any(dataset.get(name) in (None, "") for name in wanted)
    return {"warning": MATCHES_CLASS_NOT} if lacks else {}


def _syntax(path: Path) -> tuple[UID, int]:
    with path.open("rb") as file:
        read_preamble(file, False)
        meta = _read_file_meta_info(file)
        stated = str(meta.get("TransferSyntaxUID") or "")
        if stated not in TRANSFER_SYNTAXES:
            raise Refusal(SYNTAX_NOT_SUPPORTED, "Its transfer syntax is not supported.")
        return UID(stated), file.tell()


def _made_plain(path: Path, dataset_at: int) -> int:
    fresh = path.with_suffix(".plain")
    with path.open("rb") as file:
        read_preamble(file, False)
        meta = _read_file_meta_info(file)
        inflate(file, meta, fresh, path.stat().st_size - dataset_at)
    os.replace(fresh, path)
    return _syntax(path)[1]


def _checked(dataset: Dataset, syntax: UID) -> dict[str, str]:
    uids = {name: str(dataset.get(name) or "") for name in _UIDS}
    for name, uid in uids.items():
        if len(uid) > 64 or not UID_PATTERN.fullmatch(uid):
            raise Refusal(NOT_UNDERSTOOD, f"Its {name} is missing or no UID.")
    refusal = _doubt(dataset, uids, syntax)
    if refusal is not None:
        raise refusal.of(uids["SOPClassUID"], uids["SOPInstanceUID"])
    return uids


def _doubt(dataset: Dataset, uids: dict[str, str], syntax: UID) -> Refusal | None:
    """Why an object that names itself is not taken."""
    sop_class, instance = uids["SOPClassUID"], uids["SOPInstanceUID"]
    if sop_class not in SOP_CLASSES:
        return Refusal(CLASS_NOT_SUPPORTED, "Its SOP class is not supported.")
    meta = dataset.file_meta
    if meta.get("MediaStorageSOPClassUID", sop_class) != sop_class:
        return Refusal(CLASS_DIFFERS, "File meta information names another SOP class.")
    if meta.get("MediaStorageSOPInstanceUID", instance) != instance:
        return Refusal(NOT_UNDERSTOOD, "File meta information names another instance.")
    if dataset.original_encoding != (syntax.is_implicit_VR, syntax.is_little_endian):
        return Refusal(NOT_UNDERSTOOD, "It is not encoded as its syntax says.")
    return None


def _metadata(dataset: Dataset, folder: Path, *, has_pixels: bool) -> dict[str, Any]:
    bulk = folder / "bulk"
    bulk.mkdir(exist_ok=True)
    names: list[str] = []

    def set_aside(element: DataElement) -> str:
        names.append(f"{element.tag:08X}-{len(names) + 1}")
        value = element.value
        data = value if isinstance(value, bytes) else bytes(value)
        (bulk / names[-1]).write_bytes(data)
        return f"bulk:{names[-1]}"

    found: dict[str, Any] = dataset.to_json_dict(
        BULK_BYTES, set_aside, suppress_invalid_tags=True
    )
    if has_pixels:
        found["7FE00010"] = {"vr": "OW", "BulkDataURI": "bulk:pixels"}
    found["00080005"] = {"vr": "CS", "Value": ["ISO_IR 192"]}
    plain: dict[str, Any] = _writable(dict(sorted(found.items())))
    return plain


def _writable(value: Any) -> Any:
    """JSON knows neither NaN nor infinity, and UTF-8 no lone surrogate."""
    if isinstance(value, dict):
        return {key: _writable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_writable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return value


def _digest(path: Path, dataset_at: int) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(dataset_at)
        while piece := file.read(2**20):
            found.update(piece)
    return found.hexdigest()
