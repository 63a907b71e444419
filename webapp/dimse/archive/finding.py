"""`find_studies`: C-FIND at the level of studies (PS3.4 annex C.4.1, Study Root)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from pydicom.dataset import Dataset
from pynetdicom.presentation import build_context

from dragonfly.errors import DragonflyError
from webapp.delivery.models import Destination
from webapp.delivery.sending.dimse import associated, why_not
from webapp.delivery.sending.sender import UNREADABLE

FIND = "1.2.840.10008.5.1.4.1.2.2.1"
MOST_STUDIES = 200
"""Of one search; beyond, the archive is asked to stop."""
ASKED = (
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ModalitiesInStudy",
    "StudyDescription",
    "PatientName",
    "PatientID",
    "StudyInstanceUID",
    "NumberOfStudyRelatedInstances",
)
PENDING = (0xFF00, 0xFF01)


@dataclass(frozen=True)
class FoundStudy:
    """What an archive says of one of its studies, each value as text."""

    study: str
    date: str
    time: str
    accession_number: str
    patient_id: str
    patient_name: str
    description: str
    modalities: list[str]
    instance_count: int | None


def failed(reason: str) -> DragonflyError:
    """The one failure of asking an archive."""
    return DragonflyError("ARCHIVE_FAILED", reason)


def find_studies(archive: Destination, **wanted: str) -> list[FoundStudy]:
    """The studies that match; 200 at most.

    Args:
        wanted: PatientID, AccessionNumber, StudyInstanceUID, StudyDate as DICOM matches
            them (PS3.4 C.2.2.2).

    Raises:
        DragonflyError: ARCHIVE_FAILED, or of its address or certificate.
    """
    try:
        with associated(archive, [build_context(FIND)]) as association:
            if refused := why_not(association, FIND):
                raise failed(refused.reason)
            return list(_found(association, _query(wanted)))
    except InvalidToken:
        raise failed(UNREADABLE) from None


def _query(wanted: dict[str, str]) -> Dataset:
    query = Dataset()
    query.SpecificCharacterSet = "ISO_IR 192"
    query.QueryRetrieveLevel = "STUDY"
    for keyword in ASKED:
        setattr(query, keyword, wanted.get(keyword, ""))
    return query


def _found(association: Any, query: Dataset) -> Iterator[FoundStudy]:
    count = 0
    for status, identifier in association.send_c_find(query, FIND, msg_id=1):
        code = status.get("Status")
        if code is None:
            raise failed("The archive broke off in the middle of its answer.")
        if code in PENDING and identifier is not None:
            count += 1
            if count > MOST_STUDIES:
                association.abort()
                return
            yield study_of(identifier)
        elif code != 0x0000 and code not in PENDING:
            raise failed(f"The archive could not search ({code:04X}).")


def study_of(identifier: Dataset) -> FoundStudy:
    """The answer in texts; an archive leaves out what it does not know."""

    def text(keyword: str) -> str:
        value = identifier.get(keyword)
        return "" if value is None else str(value)

    modalities = identifier.get("ModalitiesInStudy") or []
    count = text("NumberOfStudyRelatedInstances")
    return FoundStudy(
        study=text("StudyInstanceUID"),
        date=text("StudyDate"),
        time=text("StudyTime"),
        accession_number=text("AccessionNumber"),
        patient_id=text("PatientID"),
        patient_name=text("PatientName"),
        description=text("StudyDescription"),
        modalities=[modalities] if isinstance(modalities, str) else list(modalities),
        instance_count=int(count) if count.isdigit() else None,
    )
