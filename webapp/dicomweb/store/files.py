"""`store_file`: one DICOM file from wherever it came becomes one instance.

STOW-RS, DIMSE and the upload page all end here or in `keep_object` below it, so that
the same object is one object whichever way it arrives.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from webapp.accounts.models import User
from webapp.audit.models import AuditEvent
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.refusal import PROCESSING_FAILURE, Refusal
from webapp.dicomweb.store.keeping import Arriving, keep_object
from webapp.slides.uploads.quota import refuse_over_quota


class Stored(NamedTuple):
    """What became of a file that is acceptable."""

    instance: Instance
    is_new: bool
    """False if the same object was here before; nothing was changed then."""


def store_file(path: Path, user: User, source: str, *, moves: bool = False) -> Stored:
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
        DragonflyError: the user's room is used up.
    """
    refuse_over_quota(user, path.stat().st_size)
    arriving = Arriving.begin()
    try:
        (os.replace if moves else shutil.copyfile)(path, arriving.path)
    except OSError:
        arriving.discard()
        raise Refusal(PROCESSING_FAILURE, "It could not be copied.") from None
    instance = keep_object(user, arriving)
    is_new = instance.pk == arriving.id
    AuditEvent.record(
        "dicom.store",
        actor=user,
        on=instance,
        source=source,
        stored=int(is_new),
        studies=[instance.series.study.uid],
    )
    return Stored(instance, is_new)
