"""The fingerprint of a slide's bytes, which binds an answer to what was looked at."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

_CHUNK = 1 << 20


def digest_file(path: Path) -> str:
    """SHA-256 of one file as hexadecimal digits, read in small pieces.

    Remembered by this process until the file's size, time of change or place on the
    disk is another: a slide of gigabytes is read once, not once a question.
    """
    now = path.stat()
    return _digest_as_of(path, now.st_size, now.st_mtime_ns, now.st_ino)


@lru_cache(maxsize=1024)
def _digest_as_of(path: Path, size: int, changed_ns: int, place: int) -> str:
    summed = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            summed.update(chunk)
    return summed.hexdigest()


def digest_files(files: Sequence[Path], folder: Path) -> str:
    """SHA-256 of the sorted lines "name, NUL, sha256 of the file, newline".

    Names are relative to `folder` with forward slashes. One file alone gives the
    SHA-256 of its bytes, whatever it is called.
    """
    if len(files) == 1:
        return digest_file(files[0])
    lines = sorted(
        f"{path.relative_to(folder).as_posix()}\0{digest_file(path)}\n"
        for path in files
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()
