"""Which transfer syntax is sent for which wish (PS3.18 section 8.7.3)."""

from __future__ import annotations

from pydicom import uid

PLAIN = str(uid.ExplicitVRLittleEndian)
NEVER_SENT = {str(uid.ImplicitVRLittleEndian), str(uid.ExplicitVRBigEndian)}
LOSSY = {
    str(each)
    for each in (
        uid.JPEGBaseline8Bit,
        uid.JPEGExtended12Bit,
        uid.JPEGLSNearLossless,
        uid.JPEG2000,
        uid.HTJ2K,
    )
}
MEDIA = {
    str(uid.RLELossless): "image/dicom-rle",
    str(uid.JPEGLSLossless): "image/jls",
    str(uid.JPEGLSNearLossless): "image/jls",
    str(uid.JPEG2000Lossless): "image/jp2",
    str(uid.JPEG2000): "image/jp2",
    str(uid.HTJ2KLossless): "image/jphc",
    str(uid.HTJ2KLosslessRPCL): "image/jphc",
    str(uid.HTJ2K): "image/jphc",
    **dict.fromkeys(
        map(
            str,
            (
                uid.JPEGBaseline8Bit,
                uid.JPEGExtended12Bit,
                uid.JPEGLossless,
                uid.JPEGLosslessSV1,
            ),
        ),
        "image/jpeg",
    ),
}
"""Media type of a compressed frame (PS3.18 tables 8.7.3-4 and 5)."""
RAW = "application/octet-stream"
IMAGES = ("image/jpeg", "image/png", "image/gif")
TEXTS = ("text/html", "text/plain")
PDF = "application/pdf"
"""Media types of rendered objects (PS3.18 section 8.7.4)."""


def sent_syntax(stored: str, wished: str) -> str | None:
    """The syntax in which an object goes out, or None if the wish cannot be met."""
    kept = None if stored in NEVER_SENT else stored
    if wished == "*":
        return kept or PLAIN
    if not wished:
        return stored if stored in LOSSY else PLAIN
    if wished == kept:
        return kept
    return PLAIN if wished == PLAIN else None
