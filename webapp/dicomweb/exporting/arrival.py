"""What a source sends is de-identified before it is kept, where its profile says so."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from webapp.accounts.models import User
from webapp.deidentification import services
from webapp.deidentification.models import Profile
from webapp.dicomweb.exporting.copying import make_copy
from webapp.dicomweb.sandbox.refusal import NOT_AUTHORIZED, Refusal


def replace_arrived(owner: User, folder: Path, path: Path) -> bool:
    """Put the de-identified copy in the place of the file; False: the file stays.

    Whatever else was made of the file lies in `folder` and goes, as it tells as much.

    Raises:
        Refusal: 0124, it is withheld; or it cannot be read.
    """
    profile = services.profile_of(owner)
    if profile is None or not profile.on_arrival:
        return False
    copy = make_copy(path, folder, profile.order())
    services.note(owner, profile, Profile.Way.ARRIVAL, copy.study, copy.told)
    if copy.why:
        raise Refusal(NOT_AUTHORIZED, f"It is withheld. {copy.why}")
    for made in folder.iterdir():
        if made.is_dir():
            shutil.rmtree(made)
        elif made != copy.path:
            made.unlink()
    os.replace(copy.path, path)
    return True
