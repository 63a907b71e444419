"""large-image, by its DICOMweb source."""

# mypy: disable-error-code="import-not-found,import-untyped"
from __future__ import annotations

import large_image_source_dicom

from tests.clients.programs.asked import Asked, tell


def main() -> None:
    asked = Asked.read()
    source = large_image_source_dicom.open(
        {
            **{"url": asked.url, "study_uid": asked.study, "series_uid": asked.series},
            "session": asked.client()._session,
        }
    )
    left, top, width, height = asked.region
    region = {"left": left, "top": top, "width": width, "height": height}
    pixels, _ = source.getRegion(region=region, format="numpy")
    told = source.getMetadata()
    tell([(told["sizeX"], told["sizeY"])], pixels)


if __name__ == "__main__":
    main()
