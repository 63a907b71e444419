"""Frames and slides as pictures that a browser shows (PS3.18 section 8.3.5.1).

What a stranger's pixels can do to a decoder or to a colour engine they do in here.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageCms, ImageOps
from pydicom.dataset import Dataset

from dragonfly.errors import SlideError
from dragonfly.geometry import Region, Size
from dragonfly.slide import Limits
from dragonfly.slide.dicom_file import DicomFile
from dragonfly.slide.dicom_groups import flattened
from dragonfly.slide.dicom_image import icc_profile
from dragonfly.slide.dicom_presentation import Presentation
from dragonfly.slide.dicom_series import image_flavor
from dragonfly.slide.dicom_wsi import DicomWsiReader
from dragonfly.slide.slide import Slide
from webapp.dicomweb.sandbox.refusal import NOT_UNDERSTOOD, OUT_OF_RESOURCES, Refusal

MOST_SIDE = 4096
"""Of a picture whose size was not asked for."""
LIMITS = Limits(max_source_pixels=2**28, max_cache_bytes=16 * 2**20)
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF"}


class Look(NamedTuple):
    """How a picture is to look.

    `viewport` is width, height and, of the source, left, top, width and height with 0
    for "the rest"; `window` is center, width and function; `profile` is "no", "yes" or
    "srgb".
    """

    media: str
    quality: int
    viewport: tuple[float, ...] | None
    window: tuple[float, float, str] | None
    profile: str


def render(
    folder: Path,
    source: str,
    kin: list[str],
    frames: list[int],
    look: dict[str, Any],
) -> dict[str, Any]:
    """Write `<n>.image` for each frame, counted from 1; 0 is the object as a whole.

    Args:
        kin: other files of the same slide, from which coarser levels may be read.

    Raises:
        Refusal: A700, too much would have to be decoded; C000, the viewport is outside.
    """
    wish = Look(**look)
    file = DicomFile(Path(source))
    for number in frames:
        try:
            picture = _picture(file, kin, number, wish)
        except SlideError as error:
            large = error.code in ("REGION_TOO_LARGE", "IMAGE_TOO_LARGE")
            reason = OUT_OF_RESOURCES if large else NOT_UNDERSTOOD
            raise Refusal(reason, error.message) from None
        (folder / f"{number}.image").write_bytes(
            _encoded(picture, wish, icc_profile(file.header))
        )
    return {}


def _picture(file: DicomFile, kin: list[str], number: int, wish: Look) -> Image.Image:
    if number:
        return _of_frame(file, number - 1, wish)
    if file.is_slide and image_flavor(file) not in ("LABEL", "OVERVIEW"):
        return _of_slide(file, kin, wish)
    chosen = int(file.header.get("RepresentativeFrameNumber") or 1)
    return _of_frame(file, min(max(chosen, 1), file.frame_count) - 1, wish)


def _of_frame(file: DicomFile, index: int, wish: Look) -> Image.Image:
    if file.size.area > LIMITS.max_image_pixels:
        raise Refusal(OUT_OF_RESOURCES, "The frame is too large to be rendered.")
    values, photometric = file.frame(index)
    shown = Presentation.of(file.header, index, values, photometric)
    if wish.window and photometric.startswith("MONOCHROME"):
        shown = Presentation(_windowed(file.header, index, wish.window), None, ())
    picture = Image.fromarray(shown.to_rgb(values, photometric))
    part = _source(Size(*picture.size), wish.viewport)
    size = _target(part, wish.viewport)
    box = (part.x, part.y, part.right, part.bottom)
    scaled = picture.resize(
        (size.width, size.height), Image.Resampling.BICUBIC, box, reducing_gap=3.0
    )
    return _flipped(scaled, wish.viewport)


def _windowed(header: Dataset, index: int, window: tuple[float, float, str]) -> Dataset:
    """The attributes of this frame with the window that was asked for."""
    attributes = flattened(header, index)
    center, width, function = window
    if "VOILUTSequence" in attributes:
        del attributes.VOILUTSequence
    attributes.WindowCenter, attributes.WindowWidth = str(center)[:16], str(width)[:16]
    attributes.VOILUTFunction = function.upper().replace("-", "_")
    return attributes


def _of_slide(file: DicomFile, kin: list[str], wish: Look) -> Image.Image:
    """The whole matrix or a part of it, read from the nearest stored level."""
    others = [DicomFile(Path(path)) for path in kin]
    reader = DicomWsiReader([file, *others], LIMITS)
    own = Size(
        int(file.header.TotalPixelMatrixColumns), int(file.header.TotalPixelMatrixRows)
    )
    with Slide(file.path, reader, LIMITS) as slide:
        part = _source(own, wish.viewport)
        across, down = slide.size.width / own.width, slide.size.height / own.height
        region = part.scaled(across, down).clipped_to(slide.size)
        if region is None:
            raise Refusal(NOT_UNDERSTOOD, "The viewport shows nothing of the image.")
        pixels = slide.read_region(region, _target(part, wish.viewport))
    return _flipped(Image.fromarray(pixels), wish.viewport)


def _source(whole: Size, viewport: tuple[float, ...] | None) -> Region:
    """The part of the picture that is asked for."""
    if viewport is None or len(viewport) < 6:
        return Region.of(whole)
    left, top, width, height = viewport[2:]
    right = left + (abs(width) or whole.width)
    bottom = top + (abs(height) or whole.height)
    try:
        wanted = Region.from_bounds(
            round(left), round(top), round(right), round(bottom)
        )
    except ValueError:
        wanted = None
    part = wanted.clipped_to(whole) if wanted else None
    if part is None:
        raise Refusal(NOT_UNDERSTOOD, "The viewport shows nothing of the image.")
    return part


def _target(part: Region, viewport: tuple[float, ...] | None) -> Size:
    """As large as fits, with the shape of the source."""
    if viewport is None:
        return part.size.fitted_into(Size(MOST_SIDE, MOST_SIDE))
    factor = min(viewport[0] / part.width, viewport[1] / part.height)
    return part.size.scaled(factor)


def _flipped(picture: Image.Image, viewport: tuple[float, ...] | None) -> Image.Image:
    """A negative width or height of the source mirrors it."""
    if viewport is None or len(viewport) < 6:
        return picture
    if viewport[4] < 0:
        picture = ImageOps.mirror(picture)
    return ImageOps.flip(picture) if viewport[5] < 0 else picture


def _encoded(picture: Image.Image, wish: Look, profile: bytes | None) -> bytes:
    options: dict[str, Any] = {}
    if wish.profile == "srgb":
        picture, profile = _in_srgb(picture, profile)
    if profile and wish.profile != "no" and wish.media != "image/gif":
        options["icc_profile"] = profile
    if wish.media == "image/jpeg":
        options |= {"quality": wish.quality, "subsampling": 0}
    with BytesIO() as file:
        picture.save(file, _FORMATS[wish.media], **options)
        return file.getvalue()


def _in_srgb(
    picture: Image.Image, profile: bytes | None
) -> tuple[Image.Image, bytes | None]:
    """Without a profile the values are taken for sRGB already (PS3.3 C.11.15)."""
    standard = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    if profile is not None:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        changed = ImageCms.profileToProfile(picture, own, standard)
        picture = changed if changed is not None else picture
    return picture, standard.tobytes()
