"""`store_file`: one DICOM file from wherever it came becomes one instance.

STOW-RS, DIMSE and the upload page all end here or in `keep_object` below it, so that
the same object is one object whichever way it arrives.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.sandbox.refusal import PROCESSING_FAILURE, Refusal
from webapp.dicomweb.store.keeping import Arriving, Kept, keep_object
from webapp.dicomweb.store.room import Room


def store_file(path: Path, user: User, source: str, *, moves: bool = False) -> Kept:
    """Check a DICOM Part 10 file in the sandbox and index it for `user`.

    Args:
        path: the file; it is copied, or with `moves` taken away if it is on the same
            disk. Its name is of no importance.
        user: whose study it joins.
        source: for the audit, such as "dimse:SCANNER" or "upload"; no patient data.

    Raises:
        Refusal: not stored. `reason` is the failure reason of PS3.18 annex I.2.2, which
            is also a C-STORE status of PS3.4 table B.2-1: A700, A900, C000, C122, 0110,
            0111 (another object has the UID), 0122; `why` is a sentence.
    """
    Room(user).take(path.stat().st_size)
    arriving = Arriving.begin()
    try:
        (os.replace if moves else shutil.copyfile)(path, arriving.path)
    except OSError:
        arriving.discard()
        raise Refusal(PROCESSING_FAILURE, "It could not be copied.") from None
    kept = keep_object(user, arriving)
    AuditEvent.record(
        "dicom.store",
        actor=user,
        on=kept.instance,
        source=source,
        stored=int(kept.is_new),
        studies=[kept.instance.series.study.uid],
    )
    return kept
