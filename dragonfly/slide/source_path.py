"""Whether a path may be opened at all, before any byte of it is interpreted."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from dragonfly.errors import SlideError
from dragonfly.slide.limits import Limits


def checked_path(path: str | os.PathLike[str]) -> Path:
    """The path, if it is a readable file with content or a readable folder.

    Raises:
        SlideError: `FILE_MISSING`, `FILE_EMPTY`, `FILE_NO_PERMISSION`, `PATH_OUTSIDE`
            (a link that leaves its folder) or `FORMAT_UNKNOWN` (a device or pipe).
    """
    source = Path(path)
    try:
        status = source.stat()
        refuse_outside_link(source)
    except PermissionError:
        raise _no_permission() from None
    except (OSError, ValueError, RuntimeError):
        raise SlideError(
            "FILE_MISSING", f"There is no file or folder named {source.name!r} here."
        ) from None
    if stat.S_ISREG(status.st_mode) and status.st_size == 0:
        raise SlideError(
            "FILE_EMPTY", "The file is empty. Copy or export the slide again."
        )
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        raise SlideError("FORMAT_UNKNOWN", "This is not a file but a device or pipe.")
    if not os.access(source, os.R_OK):
        raise _no_permission()
    return source


def refuse_outside_link(path: Path) -> None:
    """Refuse a symbolic link that leads out of the folder it lies in.

    Slides arrive as folders and archives from elsewhere: a link in them must not open
    other files of this machine.

    Raises:
        SlideError: `PATH_OUTSIDE`.
    """
    if path.is_symlink():
        _refuse_outside(path, path.parent.resolve())


def files_below(folder: Path) -> tuple[Path, ...]:
    """Every regular file below `folder`, sorted, without following links to folders.

    Raises:
        SlideError: `PATH_OUTSIDE`, one of them is a link out of `folder`;
            `FILE_NO_PERMISSION`.
    """
    root = folder.resolve()
    return tuple(sorted(p for p in _walk(folder, root) if p.is_file()))


def refuse_oversize(files: tuple[Path, ...], limits: Limits) -> None:
    """Refuse slides of more bytes than the limit.

    Raises:
        SlideError: `IMAGE_TOO_LARGE`.
    """
    total = sum(path.stat().st_size for path in files)
    if total > limits.max_file_bytes:
        raise SlideError(
            "IMAGE_TOO_LARGE",
            f"The slide has {total / 2**30:.1f} GiB and the limit is "
            f"{limits.max_file_bytes / 2**30:.1f} GiB.",
        )


def _walk(folder: Path, root: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except PermissionError:
        raise _no_permission() from None
    for entry in entries:
        if entry.is_symlink():
            _refuse_outside(entry, root)
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry, root)
        else:
            yield entry


def _refuse_outside(link: Path, root: Path) -> None:
    if not link.resolve().is_relative_to(root):
        raise SlideError(
            "PATH_OUTSIDE",
            f"{link.name!r} is a link to somewhere else. Open the file it points to, "
            "or put the file itself in its place.",
        )


def _no_permission() -> SlideError:
    return SlideError(
        "FILE_NO_PERMISSION", "This file or folder may not be read by this program."
    )
