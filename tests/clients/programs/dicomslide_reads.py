"""dicomslide, which applies the colour profile."""

# mypy: disable-error-code="import-not-found,import-untyped"
from __future__ import annotations

from dicomslide import find_slides

from tests.clients.programs.asked import Asked, tell


def main() -> None:
    asked = Asked.read()
    (slide,) = find_slides(asked.client(), study_instance_uid=asked.study)
    left, top, width, height = asked.region
    pixels = slide.get_image_region(offset=(top, left), level=0, size=(height, width))
    sizes = slide.total_pixel_matrix_dimensions
    tell([(int(columns), int(rows)) for rows, columns in sizes], pixels)


if __name__ == "__main__":
    main()
