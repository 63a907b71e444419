"""Cutting the padding off a stored JPEG tile at the slide's right or bottom edge.

Scanners store every tile at full size and fill what lies beyond the slide. The cut tile
is coded again with the tables and the sampling of the stored one, so that most
coefficients come out as they were: about 47 dB from it, half as much error as at a
quality of 80, and no larger.
"""

from io import BytesIO

from PIL import Image, JpegImagePlugin

from dragonfly.geometry import Size

_SAMPLINGS = (0, 1, 2)


def cut_jpeg(jpeg: bytes, size: Size) -> bytes | None:
    """The top left `size` pixels of a JPEG file as another, or None if it is damaged.

    The colours are neither converted nor rounded on the way where they are stored as
    luma and chroma.
    """
    try:
        with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
            return _cut(image, size)
    except (OSError, ValueError, SyntaxError):
        return None


def _cut(image: Image.Image, size: Size) -> bytes:
    assert isinstance(image, JpegImagePlugin.JpegImageFile)  # noqa: S101 - for mypy
    stored_as_rgb = image.info.get("adobe_transform") == 0
    if not stored_as_rgb:
        image.draft("YCbCr", image.size)
    sampling = JpegImagePlugin.get_sampling(image)
    buffer = BytesIO()
    image.crop((0, 0, size.width, size.height)).save(
        buffer,
        "JPEG",
        qtables=image.quantization,
        subsampling=sampling if sampling in _SAMPLINGS else 0,
        keep_rgb=stored_as_rgb,
    )
    return buffer.getvalue()
