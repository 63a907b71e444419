"""Application entity titles, by which ends of a DIMSE association are named."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

TITLE = re.compile(r"(?! )[ -\[\]-~]{1,16}(?<! )")
"""PS3.5 table 6.2-1, AE: no backslash, no control characters, no spaces around it."""


def check_title(text: str) -> None:
    """An application entity title as DICOM writes them."""
    if not TITLE.fullmatch(text):
        raise ValidationError(
            "A title has 1 to 16 plain characters, no backslash and no spaces around."
        )
