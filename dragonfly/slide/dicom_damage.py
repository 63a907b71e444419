"""One refusal for all the ways in which damaged DICOM fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from dragonfly.errors import SlideError
from dragonfly.slide.quiet import quiet


@contextmanager
def refusing_damage() -> Iterator[None]:
    """Within it, any failure of a parser or decoder becomes `FORMAT_CORRUPT`.

    pydicom converts attributes only when they are looked at, so damage shows at any
    line, and as any exception. What is refused in words already stays as it is.

    Raises:
        SlideError: `FORMAT_CORRUPT`.
    """
    with quiet():
        try:
            yield
        except (SlideError, MemoryError, PermissionError):
            raise
        except Exception as error:
            raise SlideError(
                "FORMAT_CORRUPT",
                "The DICOM file is damaged or ends too early. Export or send it again.",
            ) from error
