"""One object's de-identified copy, in a folder of its own that goes with it."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from webapp.deidentification.files import Profile as Order
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.deidentify import COPY
from webapp.dicomweb.sandbox.gate import run_sandboxed

EXTRA_BYTES = 2**20
"""What a header may grow by: the words that say what was done."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Its new UIDs and what was done.

    With `why` it is withheld, and no file is there.
    """

    path: Path
    study: str
    series: str
    instance: str
    done: dict[str, int]
    why: str

    @property
    def told(self) -> dict[str, Any]:
        """As `services.add_to` counts it."""
        return {"instance": self.instance, "done": self.done, "why": self.why}


@contextmanager
def copied(instance: Instance, order: Order) -> Iterator[Copy]:
    """The copy, which is gone at the end.

    Raises:
        Refusal: the object cannot be read.
    """
    folder = Path(settings.DICOM_FOLDER) / "arriving" / str(uuid.uuid4())
    folder.mkdir(parents=True)
    try:
        yield make_copy(instance.path, folder, order)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_copy(source: Path, folder: Path, order: Order) -> Copy:
    """Write the copy into `folder`.

    Raises:
        Refusal: the object cannot be read.
    """
    answer = run_sandboxed(
        "deidentify",
        folder,
        source.stat().st_size + EXTRA_BYTES,
        source=str(source),
        secret=order.secret.hex(),
        moves_dates=order.moves_dates,
        looked_at=order.looked_at,
    )
    return Copy(folder / COPY, **answer)
