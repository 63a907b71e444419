"""`move_study`: C-MOVE of a study to our own receiving end (PS3.4 annex C.4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from pydicom.dataset import Dataset
from pynetdicom.presentation import build_context

from webapp.delivery.models import Destination
from webapp.delivery.sending.dimse import associated, why_not
from webapp.delivery.sending.sender import UNREADABLE
from webapp.dimse.archive.finding import failed

MOVE = "1.2.840.10008.5.1.4.1.2.2.2"
SILENCE_SECONDS = 600
"""Between two words of the archive; it may have to fetch from a tape."""
WORDS = {
    0xA701: "The archive has no room to search.",
    0xA702: "The archive has no room to send.",
    0xA801: "The archive does not know us as a place to send to: name our AE title, "
    "host and port there.",
    0xFE00: "The archive was asked to stop.",
}


@dataclass(frozen=True)
class Moved:
    """How many objects the archive says it sent, and why some are missing."""

    completed: int
    failed: int
    reason: str
    """"" when it says that all went well."""


def move_study(archive: Destination, study: str, series: str = "") -> Moved:
    """Ask for a study, or for one series of it, and wait for the archive's last word.

    The objects come over an association of its own to `python -m webapp.dimse`, which
    has to know the archive as a sender.

    Raises:
        DragonflyError: ARCHIVE_FAILED, or of its address or certificate.
    """
    try:
        with associated(archive, [build_context(MOVE)]) as association:
            if refused := why_not(association, MOVE):
                raise failed(refused.reason)
            association.dimse_timeout = SILENCE_SECONDS
            return _moved(association, _identifier(study, series))
    except InvalidToken:
        raise failed(UNREADABLE) from None


def _identifier(study: str, series: str) -> Dataset:
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "SERIES" if series else "STUDY"
    wanted.StudyInstanceUID = study
    if series:
        wanted.SeriesInstanceUID = series
    return wanted


def _moved(association: Any, wanted: Dataset) -> Moved:
    last = Dataset()
    for status, _ in association.send_c_move(wanted, settings.DIMSE_AE_TITLE, MOVE):
        last = status
    code = last.get("Status")
    if code is None:
        raise failed("The archive broke off before its last word.")
    return Moved(
        completed=int(last.get("NumberOfCompletedSuboperations") or 0)
        + int(last.get("NumberOfWarningSuboperations") or 0),
        failed=int(last.get("NumberOfFailedSuboperations") or 0),
        reason=_reason(code),
    )


def _reason(code: int) -> str:
    if code == 0x0000:
        return ""
    if code == 0xB000:
        return "Some of the objects could not be sent."
    return WORDS.get(code) or f"The archive refused ({code:04X})."
