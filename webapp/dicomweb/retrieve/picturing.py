"""Pictures of stored objects, made in the sandbox."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.gate import run_sandboxed
from webapp.dicomweb.sandbox.refusal import OUT_OF_RESOURCES, Refusal

MOST_BYTES = 64 * 2**20
"""Of all pictures of one answer, which is held in memory."""
HIDDEN = {"LABEL", "OVERVIEW"}


def pictures_of(
    instance: Instance, frames: list[int], look: dict[str, Any]
) -> list[bytes]:
    """A picture of each frame; frame 0 is the object as a whole.

    Raises:
        Refused: 400, the part asked for is empty or too much to decode; 406, the pixels
            cannot be decoded; 413.
    """
    folder = Path(settings.DICOM_FOLDER) / "arriving" / str(uuid.uuid4())
    folder.mkdir(parents=True)
    try:
        run_sandboxed(
            "render",
            folder,
            MOST_BYTES,
            source=str(instance.path),
            kin=_kin(instance),
            frames=frames,
            look=look,
        )
        return _read([folder / f"{number}.image" for number in frames])
    except Refusal as refusal:
        if refusal.reason == OUT_OF_RESOURCES:
            raise Refused(
                400, "This is too much to render. Ask for a viewport or for frames."
            ) from None
        raise Refused(406, f"It cannot be rendered: {refusal.why}") from None
    except OSError:
        raise Refused(406, "It cannot be rendered.") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read(files: list[Path]) -> list[bytes]:
    if sum(file.stat().st_size for file in files) > MOST_BYTES:
        raise Refused(413, "The pictures are too large together. Ask for fewer.")
    return [file.read_bytes() for file in files]


def flavor(instance: Instance) -> str:
    """VOLUME, LABEL, OVERVIEW, THUMBNAIL, or what else Image Type value 3 says."""
    values = instance.attributes.get("00080008", {}).get("Value") or []
    return str(values[2]) if len(values) > 2 else ""


def is_whole_slide(instance: Instance) -> bool:
    """A level of a slide, made of tiles."""
    return "00480006" in instance.attributes


def _kin(instance: Instance) -> list[str]:
    """The other levels of the same slide."""
    if not is_whole_slide(instance) or flavor(instance) in HIDDEN:
        return []
    others = instance.series.instances.exclude(pk=instance.pk)
    levels = [each for each in others if is_whole_slide(each)]
    return [
        str(each.path)
        for each in levels
        if flavor(each) not in (*HIDDEN, "THUMBNAIL") and each.frame_count
    ]
