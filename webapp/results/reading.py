"""The document inside an encapsulated PDF that this site made itself."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from pydicom import dcmread


def read_document(path: Path) -> BytesIO:
    """The PDF, without the byte that makes its length even (PS3.3 section C.24.2)."""
    dataset = dcmread(path, specific_tags=["EncapsulatedDocument"])
    document: bytes = dataset.EncapsulatedDocument
    end = document.rfind(b"%%EOF")
    return BytesIO(document[: end + len(b"%%EOF\n")])
