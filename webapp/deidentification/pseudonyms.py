"""`Pseudonyms`: one secret, and with it always the same stand-in for the same value.

So references between objects hold across files, days and sources that share a profile,
and whoever lacks the secret can neither undo nor repeat it.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydicom.uid import UID

MOST_DAYS = 3650
LENGTH = 16
"""Of a name: what the shortest of DICOM's texts, SH, holds."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Derives stand-ins by HMAC-SHA256."""

    secret: bytes

    def uid(self, uid: str) -> str:
        """Below 2.25 (PS3.5 annex B.2); what DICOM itself has registered is kept."""
        if not uid or UID(uid).name != uid:
            return uid
        value = bytearray(self._digest("uid", uid.strip("\0 "))[:16])
        value[6] = value[6] & 0x0F | 0x80
        value[8] = value[8] & 0x3F | 0x80
        return f"2.25.{uuid.UUID(bytes=bytes(value)).int}"

    def name(self, text: str) -> str:
        """Sixteen characters for a patient or a thing; "" stays ""."""
        if not text:
            return ""
        return "ANON" + self._digest("name", text).hex()[: LENGTH - 4].upper()

    def shift(self, patient: str) -> timedelta:
        """By how much all dates of this patient are moved: 1 to 3650 days back."""
        number = int.from_bytes(self._digest("days", patient)[:8])
        return -timedelta(days=1 + number % MOST_DAYS)

    def _digest(self, purpose: str, text: str) -> bytes:
        return hmac.digest(self.secret, f"{purpose}:{text}".encode(), "sha256")


def moved(text: str, by: timedelta) -> str:
    """A DICOM date or date-time, moved by whole days; "" if it makes no sense.

    What follows the day (time, fraction, zone) is kept. A year or month alone would say
    when it was too exactly or not at all, and is dropped.
    """
    day, rest = text.strip()[:8], text.strip()[8:]
    if len(day) < 8:
        return ""
    try:
        known = datetime.strptime(day, "%Y%m%d").date()
        shifted: date = known + by
    except (ValueError, OverflowError):
        return ""
    return f"{shifted:%Y%m%d}".rjust(8, "0") + rest
