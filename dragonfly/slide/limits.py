"""How much one slide and one read may cost, before any pixel is decoded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one bad or huge file from taking the machine down.

    The defaults let every slide of routine work through and hold a process that reads
    one slide well below 1 GiB.
    """

    max_file_bytes: int = 64 * 2**30
    """All files of one slide together; the largest scanners write about 20 GiB."""

    max_image_pixels: int = 100_000_000
    """One image that must be decoded as a whole: a PNG, a JPEG, a DICOM frame."""

    max_coarsest_pixels: int = 2**28
    """The smallest stored level of a tiled slide: an overview reads all of it."""

    max_source_pixels: int = 2**30
    """Stored pixels that one read may decode."""

    max_output_pixels: int = 2**26
    """Pixels that one read may return."""

    max_cache_bytes: int = 64 * 2**20
    """Decoded tiles that each reader of a slide keeps for the next read."""
