"""ez-wsi-dicomweb, with a token of the site."""

# mypy: disable-error-code="import-not-found,import-untyped"
from __future__ import annotations

from ez_wsi_dicomweb import credential_factory, dicom_slide, dicom_web_interface
from ez_wsi_dicomweb.ml_toolkit import dicom_path

from tests.clients.programs.asked import Asked, tell


def main() -> None:
    asked = Asked.read()
    token = credential_factory.TokenPassthroughCredentialFactory(asked.token)
    archive = dicom_web_interface.DicomWebInterface(token)
    where = f"{asked.url}/studies/{asked.study}/series/{asked.series}"
    slide = dicom_slide.DicomSlide(archive, dicom_path.FromString(where))
    patch = slide.get_patch(slide.get_level_by_index(1), *asked.region)
    levels = [(level.width, level.height) for level in slide.levels]
    tell(levels, patch.image_bytes())


if __name__ == "__main__":
    main()
