"""Plain pictures: PNG, JPEG and TIFF of one level, decoded by Pillow as a whole."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from dragonfly.errors import SlideError
from dragonfly.geometry import Size
from dragonfly.slide import pixel_size
from dragonfly.slide.array_reader import ArrayReader
from dragonfly.slide.grey_scale import WINDOW_DERIVED, derived_window, spread
from dragonfly.slide.limits import Limits
from dragonfly.slide.note import Note
from dragonfly.slide.pixel_size import PixelSize
from dragonfly.slide.pixels import Pixels, over_white
from dragonfly.slide.quiet import quiet
from dragonfly.slide.reader import Facts, Level

FORMATS = ("PNG", "JPEG", "TIFF")
_WIDE_MODES = ("I;16", "I;16B", "I;16L", "I", "F")


def open_image(path: Path, limits: Limits) -> ArrayReader:
    """Decode a plain picture.

    Raises:
        SlideError: `FORMAT_UNKNOWN`, `FORMAT_CORRUPT`, `IMAGE_TOO_LARGE`, or
            `SLIDE_NOT_PYRAMIDAL` for a large TIFF.
    """
    with quiet():
        try:
            with Image.open(path, formats=FORMATS) as image:
                _refuse_large(image, limits)
                return _decoded(image, path)
        except UnidentifiedImageError:
            raise _unknown() from None
        except Image.DecompressionBombError:
            raise _too_large("picture", limits) from None
        except SlideError:
            raise
        except MemoryError:
            raise
        # Pillow's decoders raise errors of many kinds on damaged files.
        except Exception as error:
            raise SlideError(
                "FORMAT_CORRUPT",
                "The picture is damaged or ends too early. Export or copy it again.",
            ) from error


def _decoded(image: Image.Image, path: Path) -> ArrayReader:
    name = str(image.format)
    profile = image.info.get("icc_profile")
    size = _pixel_size(image)
    upright = ImageOps.exif_transpose(image)
    pixels, notes = _rgb(upright)
    facts = Facts(
        vendor="none",
        format=f"{name} picture",
        levels=(Level(Size(upright.width, upright.height), 1.0),),
        pixel_size=size,
        icc_profile=profile if isinstance(profile, bytes) else None,
        notes=notes,
        files=(path,),
    )
    return ArrayReader(pixels, facts)


def _rgb(image: Image.Image) -> tuple[Pixels, tuple[Note, ...]]:
    if image.mode in _WIDE_MODES:
        values = np.asarray(image)
        window = derived_window(values)
        strips = [
            spread(values[y : y + 64], *window) for y in range(0, len(values), 64)
        ]
        return np.concatenate(strips), (WINDOW_DERIVED,)
    if image.has_transparency_data:
        return over_white(np.asarray(image.convert("RGBA"))), ()
    return np.array(image.convert("RGB")), ()


def _pixel_size(image: Image.Image) -> PixelSize:
    """From a TIFF's resolution tag; a PNG or JPEG states print densities only."""
    dpi = image.info.get("dpi")
    if image.format != "TIFF" or not dpi or min(float(d) for d in dpi) <= 0:
        return pixel_size.unknown()
    x, y = 25400 / float(dpi[0]), 25400 / float(dpi[1])
    return pixel_size.measured(x, y, "resolution tag", microscope=True)


def _refuse_large(image: Image.Image, limits: Limits) -> None:
    if image.width * image.height <= limits.max_image_pixels:
        return
    if image.format == "TIFF":
        raise not_pyramidal(Size(image.width, image.height))
    raise _too_large(f"picture of {image.width} x {image.height}", limits)


def not_pyramidal(size: Size) -> SlideError:
    """The refusal of a large slide that stores no smaller levels."""
    return SlideError(
        "SLIDE_NOT_PYRAMIDAL",
        f"This image has {size.width:,} x {size.height:,} pixels and no smaller "
        "levels, so no overview of it can be shown in reasonable time. Convert it to a "
        "tiled pyramid, for example with: vips tiffsave in.tif out.tif --tile "
        "--pyramid --compression jpeg --bigtiff",
    )


def _too_large(what: str, limits: Limits) -> SlideError:
    return SlideError(
        "IMAGE_TOO_LARGE",
        f"A {what} is too large to be decoded as a whole; the limit is "
        f"{limits.max_image_pixels / 1e6:,.0f} megapixels. Save it as a tiled "
        "pyramidal TIFF instead.",
    )


def _unknown() -> SlideError:
    return SlideError(
        "FORMAT_UNKNOWN",
        "This is not a slide or picture that can be read. Supported are SVS, NDPI, "
        "MRXS, SCN, BIF, VMS, TIFF, DICOM, PNG and JPEG.",
    )
