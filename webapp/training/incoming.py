"""`models/incoming` on the disk: where models from outside lie until they are checked.

Nothing here opens what the files hold; a worker does that, in a process of its own.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from pathlib import Path, PurePosixPath

from django.conf import settings

from dragonfly.errors import DragonflyError
from webapp.training.models import ModelImport

TAKEN = (".safetensors", ".json", ".md", ".txt", ".jinja", ".model")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MOST_FILES = 200
UPLOADED = "upload-"
"""How the folders begin that belong to an upload."""


def incoming_folder() -> Path:
    """Made if need be; administrators copy models into it."""
    folder = Path(settings.DATA_FOLDER) / "models" / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def folders() -> list[str]:
    """Names of what lies there to be brought in."""
    found = (entry for entry in os.scandir(incoming_folder()) if entry.is_dir())
    return sorted(entry.name for entry in found if not entry.name.startswith(UPLOADED))


def checked_folder(name: str) -> str:
    """The name of a folder that is there, as the worker is told it.

    Raises:
        DragonflyError: PATH_OUTSIDE or CHECKPOINT_MISSING.
    """
    path = PurePosixPath(name)
    is_inside = bool(path.parts) and not path.is_absolute() and ".." not in path.parts
    if not is_inside or "\0" in name or path.parts[0].startswith(UPLOADED):
        raise DragonflyError(
            "PATH_OUTSIDE", "Name a folder that lies in models/incoming."
        )
    if not (incoming_folder() / path).is_dir():
        raise DragonflyError(
            "CHECKPOINT_MISSING",
            "There is no such folder in models/incoming. Copy the model there first.",
        )
    return str(path)


def folder_of(model_import: ModelImport) -> Path:
    """Where its files lie."""
    return incoming_folder() / model_import.folder


def files_of(model_import: ModelImport) -> dict[str, int]:
    """Bytes that have arrived of each file of an upload, by name."""
    folder = folder_of(model_import)
    if not model_import.is_upload or not folder.is_dir():
        return {}
    found = sorted(os.scandir(folder), key=lambda entry: entry.name)
    return {e.name: e.stat(follow_symlinks=False).st_size for e in found}


def append(model_import: ModelImport, name: str, offset: int, piece: bytes) -> int:
    """Write the next piece of one file; returns how much of it is here now.

    Raises:
        DragonflyError: FILE_NAME, CHECKPOINT_UNSAFE, UPLOAD_OFFSET, UPLOAD_TOO_LARGE,
            UPLOAD_LOCKED or DISK_FULL.
    """
    refuse_name(name)
    here = files_of(model_import)
    if name not in here and len(here) >= MOST_FILES:
        raise DragonflyError(
            "FILE_NAME", f"A model has {MOST_FILES} files at most. Pack it again."
        )
    if sum(here.values()) + len(piece) > settings.UPLOAD_MAX_BYTES:
        raise DragonflyError(
            "UPLOAD_TOO_LARGE",
            f"A model may have {settings.UPLOAD_MAX_BYTES / 2**30:.1f} GiB. Ask "
            "whoever runs the site to copy it into models/incoming.",
        )
    folder = folder_of(model_import)
    folder.mkdir(exist_ok=True)
    if shutil.disk_usage(folder).free - len(piece) < settings.TRAINING_MIN_FREE_BYTES:
        raise disk_full()
    try:
        return _write(folder / name, offset, piece)
    except BlockingIOError:
        raise DragonflyError(
            "UPLOAD_LOCKED",
            "Another connection is sending this file just now. Try again in a moment.",
        ) from None
    except OSError:
        raise disk_full() from None


def _write(file: Path, offset: int, piece: bytes) -> int:
    with file.open("ab") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        length = opened.seek(0, os.SEEK_END)
        if length != offset:
            raise DragonflyError(
                "UPLOAD_OFFSET",
                f"{length} bytes of {file.name} are here. Go on from there.",
            )
        opened.write(piece)
        opened.flush()
        os.fsync(opened.fileno())
        return length + len(piece)


def refuse_name(name: str) -> None:
    """Only names that a model has; what can run code is not even received.

    Raises:
        DragonflyError: FILE_NAME or CHECKPOINT_UNSAFE.
    """
    if not NAME.fullmatch(name):
        raise DragonflyError(
            "FILE_NAME", "A file's name has letters, digits, dots and dashes alone."
        )
    if not name.lower().endswith(TAKEN):
        raise DragonflyError(
            "CHECKPOINT_UNSAFE",
            f"{name} is not taken. A model has safetensors and plain text files; "
            "pickled weights can run code, so convert them first.",
        )


def remove_uploaded(model_import: ModelImport) -> None:
    """Let an upload's own folder go; a folder that a person filled stays."""
    if model_import.is_upload:
        shutil.rmtree(folder_of(model_import), ignore_errors=True)


def disk_full() -> DragonflyError:
    """There is no room for it."""
    return DragonflyError(
        "DISK_FULL", "The disk is full. Remove old models or slides first."
    )
