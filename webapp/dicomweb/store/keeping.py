"""`keep_object`: from a received file to an instance in the index, once."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction

from webapp.accounts.models import User
from webapp.dicomweb import attributes
from webapp.dicomweb.attributes import Json, text
from webapp.dicomweb.exporting.arrival import replace_arrived
from webapp.dicomweb.models import Instance, Removed, Series, Study
from webapp.dicomweb.preparing import send_series
from webapp.dicomweb.sandbox.gate import run_sandboxed
from webapp.dicomweb.sandbox.refusal import (
    COERCED,
    DUPLICATE,
    STUDY_DIFFERS,
    Refusal,
)

MOST_METADATA_BYTES = 256 * 2**20
EXTRA_BYTES = 64 * 2**20
"""What a reader may write beyond the size of the object itself."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A folder of server-made name in which one object arrives."""

    id: uuid.UUID

    @classmethod
    def begin(cls) -> Arriving:
        """Make the folder."""
        arriving = cls(uuid.uuid4())
        arriving.folder.mkdir(parents=True)
        return arriving

    @property
    def folder(self) -> Path:
        return Path(settings.DICOM_FOLDER) / "arriving" / str(self.id)

    @property
    def path(self) -> Path:
        return self.folder / "instance.dcm"

    def discard(self) -> None:
        """Forget it; a second time changes nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Kept(NamedTuple):
    """What became of an object that is acceptable."""

    instance: Instance
    is_new: bool
    """False if the same object was here before; nothing was changed then."""
    warning: int = 0
    """The warning reason of PS3.18 annex I.2.1, or 0."""


def keep_object(owner: User, arriving: Arriving, study_uid: str = "") -> Kept:
    """Check the object in its sandbox and index it; the same one twice is one.

    Args:
        study_uid: the only study it may belong to, if one was named.

    Raises:
        Refusal: it is not acceptable, or another object has its UID.
    """
    try:
        _clear_preamble(arriving.path)
        size = arriving.path.stat().st_size
        most = size * 100 + EXTRA_BYTES
        found = run_sandboxed("describe", arriving.folder, most)
        if study_uid and found["StudyInstanceUID"] != study_uid:
            raise _of(Refusal(STUDY_DIFFERS, "It belongs to another study."), found)
        if _is_replaced(owner, arriving, found):
            found = run_sandboxed("describe", arriving.folder, most)
            found.setdefault("warning", COERCED)
        instance = _same(owner, found) or _index(owner, arriving, found)
        is_new = instance.pk == arriving.id
        return Kept(instance, is_new, int(found.get("warning", 0)))
    finally:
        arriving.discard()


def _is_replaced(owner: User, arriving: Arriving, found: Json) -> bool:
    """Whether a de-identified copy now stands in its place."""
    try:
        return replace_arrived(owner, arriving.folder, arriving.path)
    except Refusal as refusal:
        raise _of(refusal, found) from None


def _clear_preamble(path: Path) -> None:
    """What stands before "DICM" may be a program or a page (CVE-2019-11687)."""
    with path.open("r+b") as file:
        if file.read(132)[128:] == b"DICM":
            file.seek(0)
            file.write(bytes(128))


def _same(owner: User, found: Json) -> Instance | None:
    uid = found["SOPInstanceUID"]
    here = Instance.objects.filter(owner=owner, uid=uid).select_related("series__study")
    instance = here.first()
    if instance is not None and instance.sha256 != found["sha256"]:
        raise _of(Refusal(DUPLICATE, "Another object has the same UID."), found)
    return instance


def _of(refusal: Refusal, found: Json) -> Refusal:
    return refusal.of(found["SOPClassUID"], found["SOPInstanceUID"])


def _index(owner: User, arriving: Arriving, found: Json) -> Instance:
    metadata = _metadata(arriving.folder)
    try:
        with transaction.atomic():
            series = _series(owner, found, metadata)
            instance = _instance(owner, series, arriving, found, metadata)
            instance.folder.parent.mkdir(parents=True, exist_ok=True)
            os.replace(arriving.folder, instance.folder)
            series.save(update_fields=["changed_at"])
            back = (instance.uid, series.uid, series.study.uid)
            Removed.objects.filter(owner=owner, uid__in=back).delete()
            transaction.on_commit(lambda: send_series(series.pk))
    except IntegrityError:
        # Somebody stored the same UID at the same moment.
        if (instance_here := _same(owner, found)) is None:
            raise
        return instance_here
    return instance


def _metadata(folder: Path) -> Json:
    file = folder / "metadata.json"
    if file.stat().st_size > MOST_METADATA_BYTES:
        raise Refusal(0xA700, "Its header is too large.")
    metadata: Json = json.loads(file.read_bytes())
    return metadata


def _series(owner: User, found: Json, metadata: Json) -> Series:
    study, _ = Study.objects.get_or_create(
        owner=owner,
        uid=found["StudyInstanceUID"],
        defaults={
            "date": text(metadata, "StudyDate", 8),
            "time": text(metadata, "StudyTime", 16),
            "accession_number": text(metadata, "AccessionNumber"),
            "referring_physician": text(metadata, "ReferringPhysicianName", 400),
            "patient_name": text(metadata, "PatientName", 400),
            "patient_id": text(metadata, "PatientID"),
            "study_id": text(metadata, "StudyID"),
            "attributes": attributes.pick(metadata, attributes.STUDY_TAGS),
        },
    )
    series, _ = Series.objects.get_or_create(
        study=study,
        uid=found["SeriesInstanceUID"],
        defaults={
            "modality": text(metadata, "Modality", 16),
            "number": attributes.number(metadata, "SeriesNumber"),
            "procedure_date": text(metadata, "PerformedProcedureStepStartDate", 8),
            "procedure_time": text(metadata, "PerformedProcedureStepStartTime", 16),
            "attributes": attributes.pick(metadata, attributes.SERIES_TAGS),
        },
    )
    return series


def _instance(
    owner: User, series: Series, arriving: Arriving, found: Json, metadata: Json
) -> Instance:
    fields: dict[str, Any] = {
        name: int(found.get(name, 0))
        for name in ("frame_count", "pixels_at", "frame_bytes")
    }
    return Instance.objects.create(
        id=arriving.id,
        owner=owner,
        series=series,
        uid=found["SOPInstanceUID"],
        sop_class=found["SOPClassUID"],
        transfer_syntax=found["transfer_syntax"],
        sha256=found["sha256"],
        byte_size=arriving.path.stat().st_size,
        number=attributes.number(metadata, "InstanceNumber"),
        container_id=text(metadata, "ContainerIdentifier"),
        specimen_ids=_specimens(metadata),
        attributes=attributes.of_instance(metadata),
        **fields,
    )


def _specimens(metadata: Json) -> list[str]:
    items = metadata.get("00400560", {}).get("Value") or []
    return [name for item in items if (name := text(item, "SpecimenIdentifier"))]
