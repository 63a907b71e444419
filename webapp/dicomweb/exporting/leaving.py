"""What goes to a destination: the object, or its de-identified copy."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from webapp.deidentification import services
from webapp.deidentification.models import Profile
from webapp.dicomweb.exporting.copying import Copy, copied
from webapp.dicomweb.models import Instance, Series, Study
from webapp.dicomweb.sandbox.refusal import NOT_AUTHORIZED, Refusal


@contextmanager
def leaving(instance: Instance) -> Iterator[Instance]:
    """The instance as it may leave by its owner's profile.

    A de-identified one is no row: it has its own UIDs and a file that goes at the end.

    Raises:
        Refusal: 0124, it is withheld; or it cannot be read.
    """
    profile = services.profile_of(instance.owner)
    if profile is None or not profile.on_delivery:
        yield instance
        return
    with copied(instance, profile.order()) as copy:
        services.note(
            instance.owner, profile, Profile.Way.DELIVERY, copy.study, copy.told
        )
        if copy.why:
            raise Refusal(NOT_AUTHORIZED, f"It is withheld. {copy.why}")
        stand_in = _stand_in(instance, copy)
        stand_in.folder.mkdir()
        try:
            os.replace(copy.path, stand_in.path)
            yield stand_in
        finally:
            shutil.rmtree(stand_in.folder, ignore_errors=True)


def _stand_in(instance: Instance, copy: Copy) -> Instance:
    return Instance(
        id=uuid.uuid4(),
        owner=instance.owner,
        uid=copy.instance,
        sop_class=instance.sop_class,
        transfer_syntax=instance.transfer_syntax,
        series=Series(uid=copy.series, study=Study(uid=copy.study)),
    )
