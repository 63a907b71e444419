"""One DICOM picture, or one frame of several, that is not a tiled slide."""

from pydicom.dataset import Dataset

from dragonfly.errors import SlideError
from dragonfly.geometry import Size
from dragonfly.slide import pixel_size
from dragonfly.slide.array_reader import ArrayReader
from dragonfly.slide.dicom_file import DicomFile
from dragonfly.slide.dicom_groups import flattened
from dragonfly.slide.dicom_presentation import Presentation
from dragonfly.slide.limits import Limits
from dragonfly.slide.pixel_size import PixelSize
from dragonfly.slide.reader import Facts, Level

# Technical only: never a name, a date or an identifier.
SAFE_PROPERTIES = (
    "Modality",
    "Manufacturer",
    "PhotometricInterpretation",
    "BitsStored",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "ImageType",
)


def open_dicom_image(file: DicomFile, limits: Limits, frame: int) -> ArrayReader:
    """Decode frame `frame` as a viewer would show it.

    Raises:
        SlideError: `IMAGE_TOO_LARGE`, `FRAME_OUTSIDE`, `FORMAT_CORRUPT`.
    """
    _refuse_large(file.size, limits)
    if not 0 <= frame < file.frame_count:
        raise SlideError(
            "FRAME_OUTSIDE",
            f"The file has {file.frame_count} frames, numbered from 0; there is no "
            f"frame {frame}.",
        )
    values, photometric = file.frame(frame)
    shown = Presentation.of(file.header, frame, values, photometric)
    pixels = shown.to_rgb(values, photometric)
    facts = Facts(
        vendor=str(file.header.get("Manufacturer") or "unknown"),
        format="DICOM image",
        levels=(Level(file.size, 1.0),),
        pixel_size=spacing(file.header, frame),
        properties=safe_properties(file.header),
        icc_profile=icc_profile(file.header),
        notes=shown.notes,
        files=(file.path,),
        frame_count=file.frame_count,
        frame=frame,
    )
    return ArrayReader(pixels, facts)


def spacing(header: Dataset, frame: int) -> PixelSize:
    """Pixel spacing, which DICOM states as row then column distance in millimetres."""
    stated = flattened(header, frame)
    for name in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        value = stated.get(name)
        if value is not None and not isinstance(value, str) and len(value) == 2:
            y, x = (float(part) * 1000 for part in value)
            slide = header.get("Modality") in ("SM", "GM")
            return pixel_size.measured(x, y, "file", microscope=slide)
    return pixel_size.unknown()


def safe_properties(header: Dataset) -> dict[str, str]:
    """The header's technical attributes as text."""
    return {
        f"dicom.{name}": str(header.get(name))
        for name in SAFE_PROPERTIES
        if header.get(name) is not None
    }


def icc_profile(header: Dataset) -> bytes | None:
    """The profile at the top, or of the first optical path of a slide."""
    paths = header.get("OpticalPathSequence") or []
    for source in (header, *paths[:1]):
        profile = source.get("ICCProfile")
        if profile:
            return bytes(profile)
    return None


def _refuse_large(size: Size, limits: Limits) -> None:
    if size.area > limits.max_image_pixels:
        raise SlideError(
            "IMAGE_TOO_LARGE",
            f"A DICOM picture of {size.width:,} x {size.height:,} pixels is too large "
            f"to be decoded as a whole; the limit is "
            f"{limits.max_image_pixels / 1e6:,.0f} megapixels.",
        )
