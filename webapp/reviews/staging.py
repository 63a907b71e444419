"""A file between its preview and its import: one for each person, the newest."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from django.conf import settings

from dragonfly.errors import DragonflyError
from webapp.accounts.models import User

MOST_BYTES = 64 * 2**20


def keep_file(user: User, content: bytes) -> str:
    """Keep it in place of the one before; returns its digest.

    Raises:
        DragonflyError: IMPORT_TOO_LONG.
    """
    if len(content) > MOST_BYTES:
        raise DragonflyError(
            "IMPORT_TOO_LONG",
            f"The file has more than {MOST_BYTES // 2**20} MiB. Split it.",
        )
    file = place(user)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.partial")
    draft.write_bytes(content)
    os.replace(draft, file)
    return digest_of(content)


def kept_file(user: User, digest: str) -> bytes:
    """What was previewed.

    Raises:
        DragonflyError: IMPORT_GONE, another file has been previewed since.
    """
    try:
        content = place(user).read_bytes()
    except OSError:
        content = b""
    if digest_of(content) != digest:
        raise DragonflyError(
            "IMPORT_GONE",
            "Another file has been chosen since, or this one was added. Choose it "
            "again.",
        )
    return content


def forget_file(user: User) -> None:
    """After the import."""
    place(user).unlink(missing_ok=True)


def place(user: User) -> Path:
    """Named by the server alone."""
    return Path(settings.DATA_FOLDER) / "imports" / str(user.pk)


def digest_of(content: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
