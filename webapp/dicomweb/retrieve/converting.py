"""Forms of an object that are not stored; made in the sandbox, kept for the next."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from django.conf import settings

from webapp.dicomweb.answers import Refused
from webapp.dicomweb.models import Instance
from webapp.dicomweb.sandbox.gate import run_sandboxed
from webapp.dicomweb.sandbox.refusal import Refusal

MOST_BYTES = 2**30


def plain_file(instance: Instance) -> Path:
    """The object as Explicit VR Little Endian, pixels decoded.

    Raises:
        Refused: 406, that cannot be made of it.
    """
    made = instance.folder / "explicit.dcm"
    if not made.is_file():
        _make(instance, "explicit", {made.name: made})
    return made


def decoded_frames(instance: Instance, numbers: list[int]) -> list[Path]:
    """The pixels of these frames, counted from 1, a file each.

    Raises:
        Refused: 406, they cannot be decoded.
    """
    folder = instance.folder / "decoded"
    files = {f"{number}.raw": folder / f"{number}.raw" for number in numbers}
    missing = [n for n in numbers if not files[f"{n}.raw"].is_file()]
    if missing:
        folder.mkdir(exist_ok=True)
        wanted = {f"{n}.raw": files[f"{n}.raw"] for n in missing}
        _make(instance, "decode", wanted, frames=missing)
    return list(files.values())


def _make(instance: Instance, work: str, files: dict[str, Path], **job: object) -> None:
    folder = Path(settings.DICOM_FOLDER) / "arriving" / str(uuid.uuid4())
    folder.mkdir(parents=True)
    try:
        run_sandboxed(work, folder, MOST_BYTES, source=str(instance.path), **job)
        for name, target in files.items():
            os.replace(folder / name, target)
    except (Refusal, OSError):
        raise Refused(
            406, "The object cannot be had in this form; ask for transfer-syntax=*."
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
