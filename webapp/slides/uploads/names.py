"""Names that clients give to files: what is shown, and what may become a path."""

from __future__ import annotations

import re
import unicodedata

from dragonfly.errors import DragonflyError

MAX_DEPTH = 8
MAX_PART_BYTES = 200
_SHOWN = 255


def shown_name(name: str) -> str:
    """A file's own name without folders and control characters; never a path."""
    last = re.split(r"[/\\]", name.strip())[-1]
    plain = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", plain)[:_SHOWN] or "unnamed"


def safe_path(path: str) -> str:
    """A relative path of plain names with slashes, as given but for "." and "//".

    Raises:
        DragonflyError: `UPLOAD_PATH`; it leaves its folder or names no file.
    """
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".")]
    is_absolute = path[:1] in ("/", "\\") or re.match(r"[A-Za-z]:", path) is not None
    if (
        is_absolute
        or not parts
        or len(parts) > MAX_DEPTH
        or not all(map(_plain, parts))
    ):
        raise DragonflyError(
            "UPLOAD_PATH",
            "A file's place in the folder is not a plain path below it. Rename the "
            "folder or file and try again.",
        )
    return unicodedata.normalize("NFC", "/".join(parts))


def _plain(part: str) -> bool:
    is_long = len(part.encode(errors="replace")) > MAX_PART_BYTES
    unfit = any(unicodedata.category(c) in ("Cc", "Cs") for c in part)
    return part != ".." and not is_long and not unfit
