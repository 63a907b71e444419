"""The de-identified copy of a stored object, made where its parser can do no harm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from webapp.deidentification.files import Profile, deidentify_file

COPY = "deidentified.dcm"


def deidentify(
    folder: Path, source: str, secret: str, moves_dates: bool, looked_at: bool
) -> dict[str, Any]:
    """Write the copy to `deidentified.dcm`; `deidentify_file` says what is returned.

    Args:
        secret: in hexadecimal digits.
    """
    profile = Profile(bytes.fromhex(secret), moves_dates, looked_at)
    return deidentify_file(Path(source), folder / COPY, profile)
